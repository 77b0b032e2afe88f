"""Email to the members of an imported team: where it is now, and how they sign in."""

from django.conf import settings
from django.urls import reverse

from accounts.models import Member, Team
from kernel.mail import compose_email, send_email
from kernel.tenancy import scope


def email_members(team_id: int) -> int:
    """Write to each member, outside of scopes. Returns how many emails the mail server accepted."""
    with scope(team_id):
        team = Team.objects.get(id=team_id)
        members = Member.objects.filter(team_id=team_id).select_related("user").order_by("id")
        addresses = [member.user.email for member in members]
    link = settings.PUBLIC_URL + reverse("account_reset_password")
    subject = f"{team.name} has moved"
    emails = [
        compose_email(
            subject, "portability/moved_email.txt", {"team": team, "link": link}, [address], team.name
        )
        for address in addresses
    ]
    return sum(send_email(email.send, f"moved team {team_id}") for email in emails)
