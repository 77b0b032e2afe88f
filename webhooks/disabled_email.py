"""Email to a team's owners and admins when an endpoint was turned off because it failed."""

from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import timezone

from kernel.mail import compose_email, send_email
from kernel.tenancy import scope
from webhooks.models import DeliveryState, Endpoint

RETRY_INTERVAL = timedelta(minutes=10)  # after the mail server refused the email


def send_due_email(team_id: int, endpoint_id: int) -> None:
    """Send the email about an endpoint if it is due; outside any transaction, since it calls a mail server."""
    with scope(team_id):
        now = timezone.now()
        endpoint = Endpoint.objects.filter(team_id=team_id, id=endpoint_id).select_related("team").first()
        due_at = endpoint.disabled_email_due_at if endpoint else None
        if endpoint is None or due_at is None or due_at > now:
            return
        # Postponed first, so that only one of two workers sends it, and a failed email is sent later.
        unclaimed = Endpoint.objects.filter(team_id=team_id, id=endpoint_id, disabled_email_due_at=due_at)
        if not unclaimed.update(disabled_email_due_at=now + RETRY_INTERVAL):
            return
        email = _email(endpoint)
    if not send_email(email.send, f"disabled endpoint {endpoint_id} of team {team_id}"):
        return
    with scope(team_id):
        Endpoint.objects.filter(team_id=team_id, id=endpoint_id).update(disabled_email_due_at=None)


def _email(endpoint: Endpoint) -> EmailMessage:
    team = endpoint.team
    managers = team.members.filter(role__in=("owner", "admin")).select_related("user").order_by("id")
    waiting = endpoint.deliveries.filter(
        team_id=team.id, state__in=(DeliveryState.WAITING, DeliveryState.FAILED)
    )
    context = {
        "endpoint": endpoint,
        "team": team,
        "waiting": waiting.count(),
        "link": settings.PUBLIC_URL + reverse("endpoint", args=[team.slug, endpoint.id]),
    }
    subject = f"Webhooks to {endpoint.name} are off ({team.name})"
    to = [member.user.email for member in managers]
    return compose_email(subject, "webhooks/disabled_email.txt", context, to, team.name)
