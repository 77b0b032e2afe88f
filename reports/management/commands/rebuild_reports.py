"""Command rebuild_reports: counts all rollups again from texts and ledger, for one team or for all."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts import scope_lookups
from accounts.models import Team
from kernel.tenancy import scope
from reports import rollup


class Command(BaseCommand):
    help = (
        "Count the figures of all reports again from the beginning. Pages show the old ones until it is done."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "team", nargs="?", help="the team's name in addresses, as in /t/NAME/; without it, all"
        )

    def handle(self, **options: Any) -> None:
        teams = scope_lookups.team_ids_by_slug()
        if (slug := options["team"]) and slug not in teams:
            raise CommandError(f"There is no team “{slug}”. There are: {', '.join(teams) or 'none'}.")
        for name in [slug] if slug else teams:
            with scope(teams[name]):
                rollup.rebuild(Team.objects.get(id=teams[name]))
            self.stdout.write(f"{name}: counted again.")
