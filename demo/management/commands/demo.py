"""Command "demo": seeds the demo once and prints how to sign in."""

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from accounts.models import Team
from accounts.scope_lookups import team_ids_by_slug
from demo import story
from demo.attached_files import attach_files
from demo.report_history import schedule_weekly_report, write_snapshots
from demo.seeding import seed_teams
from kernel.tenancy import scope


class Command(BaseCommand):
    help = "Seed the demo unless it exists, and print how to sign in. Development only."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print URLs and credentials for scripts")

    def handle(self, **options: Any) -> None:
        if not settings.DEVELOPMENT:
            raise CommandError("The demo uses publicly known passwords and runs in development only.")
        _seed()
        facts = _facts()
        if options["json"]:
            self.stdout.write(json.dumps(facts, indent=2))
            return
        self.stdout.write(f"{facts['team']['name']}: {facts['base_url']}")
        for member in facts["members"]:
            self.stdout.write(f"  {member['role']:7} {member['email']}  {member['password']}")


def _seed() -> None:
    with transaction.atomic():
        if seed_teams():
            for slug in story.SLUGS:
                with scope(team_ids_by_slug()[slug]):
                    team = Team.objects.get(slug=slug)
                    write_snapshots(team)
                    schedule_weekly_report(team)
                    if slug == story.SLUG:
                        attach_files(team)


def _facts() -> dict[str, Any]:
    """The facts that a script needs to sign in, to sign a webhook and to read the database."""
    with scope(team_ids_by_slug()[story.SLUG]):
        team = Team.objects.get(slug=story.SLUG)
        members = team.members.select_related("user").order_by("id")
        inboxes = team.inboxes.order_by("id")
        host = "127.0.0.1" if settings.HOST == "0.0.0.0" else settings.HOST
        return {
            "base_url": f"http://{host}:{settings.PORT}",
            "public_url": settings.PUBLIC_URL,
            "database_url": settings.DATABASE_URL,
            "team": {"slug": team.slug, "name": team.name},
            "members": [
                {"email": member.user.email, "password": story.PASSWORD, "role": member.role}
                for member in members
                if member.user.email in {email for _, email, _, _ in story.PEOPLE.values()}
            ],
            "inboxes": [
                {
                    "id": inbox.id,
                    "name": inbox.name,
                    "number": inbox.number,
                    "account_id": inbox.account_id,
                    "auth_token": next(iter(inbox.auth_tokens), None),
                }
                for inbox in inboxes
            ],
            "api_key": story.API_KEY,
            "api_signing": {"secret_id": story.SECRET_ID, "secret_key": story.SECRET_KEY},
        }
