"""Command `manage.py import_team FILE.zip [--owner-email ADDRESS]`: a team from another installation."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portability.importing.archive_reader import GIGABYTE, MOST_BYTES
from portability.importing.emails import email_members
from portability.importing.operation import NotImported, import_team


class Command(BaseCommand):
    help = "Import everything of a team from a file of `export_team`. Stores all of it, or nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.zip")
        parser.add_argument("--owner-email", default="", metavar="ADDRESS", help="becomes an owner, too")
        parser.add_argument("--no-emails", action="store_true", help="do not write to the members")
        parser.add_argument(
            "--max-gigabytes", type=int, default=MOST_BYTES // GIGABYTE, metavar="N",
            help="refuse a file that is larger once it is uncompressed (default: %(default)s)",
        )  # fmt: skip

    def handle(self, *args: Any, file: Path, owner_email: str, max_gigabytes: int, **options: Any) -> None:
        try:
            team = import_team(file, owner_email=owner_email, most_bytes=max_gigabytes * GIGABYTE)
        except NotImported as problem:
            raise CommandError(f"Nothing was imported. {problem}") from problem
        self.stdout.write(
            f"Team {team.slug}: {team.rows} rows, {team.files} files. Its ledger of {team.entries} entries is whole."
        )
        self.stdout.write(
            "Its inboxes send nothing until an owner enters their credentials (Settings > Inboxes)."
        )
        if not options["no_emails"]:
            self.stdout.write(f"{email_members(team.team_id)} members got an email.")
