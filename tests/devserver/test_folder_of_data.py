"""HEYMARKET_VAR: all data of a clone is in that folder."""

import os
import subprocess
import sys
from pathlib import Path

from devserver.addresses import ROOT

PRINT = """
from django.conf import settings
print(settings.MEDIA_ROOT, settings.MAILERS["default"]["OPTIONS"]["file_path"], settings.DATABASES["default"]["HOST"])
"""
SET_BY_OTHERS = ("DATABASE_URL", "MEDIA_ROOT", "SMTP_URL")


def test_attachments_emails_and_the_database_are_in_the_folder(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name not in SET_BY_OTHERS}
    environment |= {"HEYMARKET_VAR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "heymarket.settings"}
    done = subprocess.run(
        [sys.executable, "-c", PRINT],
        cwd=ROOT,
        env=environment,
        text=True,
        capture_output=True,
        check=True,
        timeout=60,
    )
    folders = done.stdout.split()
    assert len(folders) == 3 and all(Path(each).is_relative_to(tmp_path) for each in folders)
