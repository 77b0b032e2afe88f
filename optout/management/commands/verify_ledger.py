"""Command `manage.py verify_ledger [--team SLUG]`: verifies the consent ledger and lists what is broken."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts import scope_lookups
from kernel.sql import fetch
from kernel.tenancy import scope
from optout import ledger_verification
from optout.ledger_verification import MAX_FAULTS, LedgerVerification


class Command(BaseCommand):
    help = "Recompute the hash chains of the consent ledger, and compare them with the feed. Exits with 1 at a fault."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--team", metavar="SLUG", help="only this team")

    def handle(self, *args: Any, team: str | None = None, **options: Any) -> None:
        teams = scope_lookups.team_ids_by_slug()
        if team and team not in teams:
            raise CommandError(f"There is no team {team!r}.")
        entries = numbers = faults = 0
        listed: list[str] = []
        for slug, team_id in teams.items() if not team else [(team, teams[team])]:
            verification = _verify(team_id)
            entries, numbers = entries + verification.entries, numbers + verification.numbers
            faults += verification.faults.count
            listed += [f"team {slug}, {fault}" for fault in verification.faults.listed]
            del listed[MAX_FAULTS:]
        if faults:
            more = f" {faults - len(listed)} more faults." if faults > len(listed) else ""
            raise CommandError("\n".join(listed) + f"{more} ({entries} lines read.)")
        self.stdout.write(f"The ledger is whole: {entries} lines about {numbers} numbers.")


def _verify(team_id: int) -> LedgerVerification:
    """Verify one snapshot: otherwise a concurrent change would look like a fault."""
    with scope(team_id):
        fetch("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        return ledger_verification.verify(team_id)
