"""Command `manage.py fill_filter_values`: makes custom fields from before an upgrade filterable."""

from typing import Any

from django.core.management.base import BaseCommand

from accounts.scope_lookups import team_ids_by_slug
from contacts.custom_fields.filter_values import fill_filter_values


class Command(BaseCommand):
    help = "Copy the values of custom fields to where filters read them. Stops no text; may be repeated."

    def handle(self, *args: Any, **options: Any) -> None:
        count = sum(sum(fill_filter_values(team_id)) for team_id in team_ids_by_slug().values())
        self.stdout.write(f"{count:,} contact{'s' * (count != 1)} copied.")
