"""Owners and admins are told by mail that an endpoint was switched off."""

import logging
from datetime import timedelta
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from kernel.tenancy import scope
from webhooks.models import DeliveryState, Endpoint

log = logging.getLogger(__name__)

# A mail server that did not take it is asked again after this.
RETRY_AFTER = timedelta(minutes=10)


def send_due_email(team_id: int, endpoint_id: int) -> None:
    """Send the letter about an endpoint, if one is due; outside any transaction, since it talks to a mail server."""
    with scope(team_id):
        endpoint = Endpoint.objects.filter(team_id=team_id, id=endpoint_id).select_related("team").first()
        if (
            endpoint is None
            or endpoint.disabled_email_due_at is None
            or endpoint.disabled_email_due_at > timezone.now()
        ):
            return
        # Put off first: of two workers one sends it, and after a failure it is sent later.
        mine = Endpoint.objects.filter(
            team_id=team_id, id=endpoint_id, disabled_email_due_at=endpoint.disabled_email_due_at
        )
        if not mine.update(disabled_email_due_at=timezone.now() + RETRY_AFTER):
            return
        letter = _letter(endpoint)
    try:
        letter.send()
    except (OSError, SMTPException):
        log.exception("the letter about endpoint %s of team %s could not be sent", endpoint_id, team_id)
        return
    with scope(team_id):
        Endpoint.objects.filter(team_id=team_id, id=endpoint_id).update(disabled_email_due_at=None)


def _letter(endpoint: Endpoint) -> EmailMessage:
    team = endpoint.team
    managers = team.members.filter(role__in=("owner", "admin")).select_related("user").order_by("id")
    waiting = endpoint.deliveries.filter(
        team_id=team.id, state__in=(DeliveryState.WAITING, DeliveryState.FAILED)
    ).count()
    link = settings.PUBLIC_URL + reverse("endpoint", args=[team.slug, endpoint.id])
    body = render_to_string(
        "webhooks/disabled_email.txt", {"endpoint": endpoint, "team": team, "waiting": waiting, "link": link}
    )
    subject = " ".join(f"{endpoint.name} of {team.name} is no longer told by Heymarket".split())
    return EmailMessage(subject, body, to=[member.user.email for member in managers])
