"""Command `manage.py verify_restore [--email ADDRESS]`: whether a restored database can be used, and how new it is."""

import os
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from messaging import restore_checks


class Command(BaseCommand):
    help = "Verify a restored installation: isolation of teams, ledger, files, a sign-in. Exits with 1 at a fault."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--email", default="", help="sign in as this user; the password is in VERIFY_PASSWORD"
        )

    def handle(self, *args: Any, email: str = "", **options: Any) -> None:
        found = list(restore_checks.faults(email, os.environ.get("VERIFY_PASSWORD", "")))
        if found:
            raise CommandError("\n".join(found))
        held = restore_checks.contents()
        self.stdout.write(
            f"Restored: {held.teams} teams, {held.contacts} contacts, {held.texts} texts, "
            f"{held.ledger_entries} ledger entries; all files of attachments."
        )
        if held.newest:
            age = (timezone.now() - held.newest).total_seconds()
            self.stdout.write(
                f"Newest text or ledger entry: {held.newest:%Y-%m-%d %H:%M:%S} UTC, {age:.0f} seconds ago."
            )
        self.stdout.write(
            "Teams are isolated, the ledger is whole" + (f", and {email} can sign in." if email else ".")
        )
