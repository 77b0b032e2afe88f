"""manage.py reencrypt: save every stored secret anew with the first of ENCRYPTION_KEYS, so that the others can go."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts import scope_lookups
from accounts.models import Inbox
from api.models import ApiKey
from kernel.encryption import Undecipherable
from kernel.tenancy import scope
from webhooks.models import Endpoint

SECRETS: tuple[tuple[Any, str], ...] = (
    (Inbox, "auth_tokens"),
    (ApiKey, "signing_secret"),
    (Endpoint, "secrets"),
)


class Command(BaseCommand):
    help = "Encrypt every secret with the first of ENCRYPTION_KEYS; the later ones can be dropped after it."

    def handle(self, **options: Any) -> None:
        lost = [
            name
            for slug, team_id in scope_lookups.team_ids_by_slug().items()
            for name in self._team(slug, team_id)
        ]
        if lost:
            raise CommandError(f"No listed key fits the secrets of: {', '.join(lost)}. Enter them again.")
        self.stdout.write("Every secret is encrypted with the first key now.")

    def _team(self, slug: str, team_id: int) -> list[str]:
        """What of a team has secrets that no key opens; the others are saved anew."""
        lost = []
        with scope(team_id):
            for model, field in SECRETS:
                for row in model.objects.select_for_update().filter(team_id=team_id).order_by("id"):
                    try:
                        setattr(row, field, getattr(row, field))
                    except Undecipherable:
                        lost.append(f"{row.name} ({slug})")
                        continue
                    row.save(update_fields=[field])
        return lost
