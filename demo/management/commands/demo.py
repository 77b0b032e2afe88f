"""Command "demo": seeds the demo once and prints how to sign in."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import Team
from accounts.scope_lookups import team_ids_by_slug
from demo import story
from demo.attached_files import attach_files
from demo.report_history import has_snapshots, schedule_weekly_report, write_snapshots
from demo.seeding import seed_teams
from kernel.sql import fetch
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
    with _alone():
        seed_teams()
        ids = team_ids_by_slug()
        for slug in story.SLUGS:
            if slug in ids:  # a demo of an earlier version has fewer teams
                _write_report_history(ids[slug])


@contextmanager
def _alone() -> Iterator[None]:
    """Let a second command wait, so that no two write the demo. The lock ends with the connection at the latest."""
    fetch("SELECT pg_advisory_lock(hashtext('heymarket demo'))")
    try:
        yield
    finally:
        fetch("SELECT pg_advisory_unlock(hashtext('heymarket demo'))")


def _write_report_history(team_id: int) -> None:
    """What is made of a team's texts, in one transaction, unless it is there."""
    with scope(team_id):
        team = Team.objects.get(id=team_id)
        if has_snapshots(team):
            return
        write_snapshots(team)
        schedule_weekly_report(team)
        if team.slug == story.SLUG:
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
