"""`manage.py verify_ledger [--team SLUG]`: follow every chain of consent and name the first broken line."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from accounts import doors
from accounts.tenancy import scope
from optout import ledger
from optout.ledger import Verdict


class Command(BaseCommand):
    help = "Recompute the hash chains of the consent ledger; exits with 1 and names the first broken line."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--team", metavar="SLUG", help="this team only")

    def handle(self, *args: Any, team: str | None = None, **options: Any) -> None:
        teams = doors.teams()
        if team and team not in teams:
            raise CommandError(f"There is no team {team!r}.")
        lines = numbers = 0
        for slug, team_id in teams.items() if not team else [(team, teams[team])]:
            verdict = _verify(team_id)
            lines, numbers = lines + verdict.lines, numbers + verdict.numbers
            if fault := verdict.fault:
                raise CommandError(
                    f"team {slug}, number {fault.number}, position {fault.position}: {fault.wrong}. "
                    f"({lines} lines read.)"
                )
        self.stdout.write(f"The ledger is whole: {lines} lines about {numbers} numbers.")


def _verify(team_id: int) -> Verdict:
    """Over one snapshot: without it a change made meanwhile would look like a fault."""
    with scope(team_id):
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        return ledger.verify(team_id)
