"""Backup of a cluster: it is refused in a sentence, and leaves nothing behind."""

from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from psycopg.conninfo import make_conninfo

from devserver.backup import RestoreFailed, back_up
from tests.cast import Cast


def test_a_cluster_is_not_dumped(cast: Cast, tmp_path: Path) -> None:
    source = make_conninfo(settings.DATABASE_OWNER_URL, dbname=connection.settings_dict["NAME"])
    with pytest.raises(RestoreFailed, match="back up each node"):
        back_up(source, tmp_path / "media", tmp_path)
    assert list(tmp_path.iterdir()) == []
