"""Command `manage.py record_carrier_opt_outs`: carriers' opt-outs, from a ledger of before an upgrade."""

from typing import Any

from django.core.management.base import BaseCommand

from accounts.scope_lookups import team_ids_by_slug
from kernel.tenancy import scope
from optout.carrier_opt_outs.recording import record_from_ledger


class Command(BaseCommand):
    help = "Record refusals after which the person texted no START to that inbox. May be repeated."

    def handle(self, *args: Any, **options: Any) -> None:
        count = 0
        for team_id in team_ids_by_slug().values():
            with scope(team_id):
                count += record_from_ledger(team_id)
        self.stdout.write(f"{count:,} recorded.")
