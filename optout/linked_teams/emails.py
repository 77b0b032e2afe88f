"""Email to the owner who was asked to link teams. The request itself is on the page of the owner's team."""

from datetime import timedelta

from django.conf import settings
from django.urls import reverse

from accounts.addresses import account_of
from accounts.models import Role, Team
from accounts.scope_lookups import TeamChoice, teams_of_user
from kernel.mail import compose_email, send_email
from optout.linked_teams.models import LinkRequest

ONCE_IN = timedelta(days=1)  # for a request to one address, however often it is withdrawn and sent again


def was_told_lately(asked: LinkRequest) -> bool:
    """Whether this team had sent another request to the address in the last day. In the scope of the team."""
    earlier = LinkRequest.objects.filter(
        team_id=asked.team_id, email=asked.email, created_at__gt=asked.created_at - ONCE_IN
    )
    return earlier.exclude(id=asked.id).exists()


def tell_asked_owner(team: Team, asked: LinkRequest) -> None:
    """Tell whoever owns another team with this address. Whether anybody does is not told. Call it outside of scopes."""
    owned = _teams_of_owner(asked.email, other_than=team)
    if not owned:
        return
    link = settings.PUBLIC_URL + reverse("linked_teams", args=[owned[0].slug])
    context = {"team": team, "asked_by": asked.asked_by, "owned": [one.name for one in owned], "link": link}
    subject = f"{team.name} asks to link teams"
    email = compose_email(subject, "optout/link_request_email.txt", context, [asked.email], team.name)
    send_email(email.send, f"request of team {team.id} to link teams")


def _teams_of_owner(email: str, *, other_than: Team) -> list[TeamChoice]:
    user = account_of(email)
    teams = teams_of_user(user.pk) if user else []
    return [one for one in teams if one.role == Role.OWNER and one.id != other_than.id]
