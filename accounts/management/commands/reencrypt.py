"""manage.py reencrypt: save every stored secret anew with the first of ENCRYPTION_KEYS, so that the others can go."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts import doors
from accounts.encryption import Undecipherable
from accounts.models import Inbox
from accounts.tenancy import scope


class Command(BaseCommand):
    help = "Encrypt carrier credentials with the first of ENCRYPTION_KEYS; the later ones can be dropped after it."

    def handle(self, **options: Any) -> None:
        lost = [name for slug, team_id in doors.teams().items() for name in self._team(slug, team_id)]
        if lost:
            raise CommandError(f"No listed key fits the credentials of: {', '.join(lost)}. Enter them again.")
        self.stdout.write("Every secret is encrypted with the first key now.")

    def _team(self, slug: str, team_id: int) -> list[str]:
        """The inboxes of a team whose secrets no key opens; the others are saved anew."""
        lost = []
        with scope(team_id):
            for inbox in Inbox.objects.select_for_update().filter(team_id=team_id).order_by("id"):
                try:
                    inbox.auth_tokens = inbox.auth_tokens
                except Undecipherable:
                    lost.append(f"{inbox.name} ({slug})")
                    continue
                inbox.save(update_fields=["auth_tokens"])
        return lost
