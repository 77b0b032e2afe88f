"""Confirmation of the address for roots: its owner follows a link before any root is sent there."""

from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.urls import reverse

from accounts.models import Team
from kernel.mail import compose_email, send_email
from kernel.tenancy import scope

LIFETIME = timedelta(days=14)
_SALT = "root address"


class InvalidConfirmation(Exception):
    """The link is incomplete, too old, or for an address that the team does not name any more."""


def ask_to_confirm(team: Team) -> None:
    """Send the link to the address that the team names, unless it is confirmed. Call it outside of scopes."""
    if not team.root_email or team.root_email == team.root_email_confirmed:
        return
    token = signing.dumps([team.id, team.root_email], salt=_SALT)
    link = settings.PUBLIC_URL + reverse("root_email_confirmation", args=[token])
    email = compose_email(
        f"Confirm your address for the daily root of {team.name}", "evidence/root_address_email.txt",
        {"team": team, "link": link}, [team.root_email], team.name,
    )  # fmt: skip
    send_email(email.send, f"confirmation of the root address of team {team.id}")


def read_confirmation(token: str) -> Team:
    """The team whose address a link confirms. Raises InvalidConfirmation."""
    try:
        team_id, address = signing.loads(token, salt=_SALT, max_age=LIFETIME)
    except (signing.BadSignature, ValueError, TypeError):
        raise InvalidConfirmation from None
    with scope(team_id):
        team = Team.objects.filter(id=team_id, root_email=address).first()
    if team is None:
        raise InvalidConfirmation
    return team


def confirm(team: Team) -> None:
    """Send roots to the team's address from now on, unless it names another one meanwhile."""
    with scope(team.id):
        rows = Team.objects.filter(id=team.id, root_email=team.root_email)
        rows.update(root_email_confirmed=team.root_email)
