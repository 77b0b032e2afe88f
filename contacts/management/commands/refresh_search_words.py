"""Command `manage.py refresh_search_words`: writes search words again after an upgrade."""

from typing import Any

from django.core.management.base import BaseCommand

from accounts.scope_lookups import team_ids_by_slug
from contacts.search.refresh import refresh_search_words


class Command(BaseCommand):
    help = "Write the search words of contacts with letters such as Ł or ß again. Stops no text; may be repeated."

    def handle(self, *args: Any, **options: Any) -> None:
        count = sum(sum(refresh_search_words(team_id)) for team_id in team_ids_by_slug().values())
        self.stdout.write(f"{count:,} contact{'s' * (count != 1)} refreshed.")
