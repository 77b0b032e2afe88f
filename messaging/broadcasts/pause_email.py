"""Email about a broadcast that has paused itself: to its author, or to the owners if the author may not send it."""

from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import timezone

from accounts.models import Member
from kernel.mail import compose_email, send_email
from kernel.tenancy import scope
from messaging.authors import find_author, with_owners
from messaging.broadcasts.models import Broadcast, BroadcastStatus
from messaging.broadcasts.senders import author_may_send

RETRY_INTERVAL = timedelta(minutes=10)  # after the mail server refused the email


def send_due_email(team_id: int, broadcast_id: int) -> None:
    """Send the email about a broadcast if it is due; outside any transaction, since it calls a mail server."""
    with scope(team_id):
        now = timezone.now()
        paused = Broadcast.objects.filter(team_id=team_id, id=broadcast_id, status=BroadcastStatus.PAUSED)
        due = paused.filter(due_at__lte=now).select_related("team").first()
        # Postponed first, so that only one of two workers sends it, and a failed email is sent later.
        if due is None or not paused.filter(due_at=due.due_at).update(due_at=now + RETRY_INTERVAL):
            return
        email = _email(due)
    if email.to and not send_email(email.send, f"paused broadcast {broadcast_id} of team {team_id}"):
        return
    with scope(team_id):
        paused.filter(due_at=now + RETRY_INTERVAL).update(due_at=None)


def _email(broadcast: Broadcast) -> EmailMessage:
    team = broadcast.team
    context = {
        "broadcast": broadcast,
        "team": team,
        "link": settings.PUBLIC_URL + reverse("broadcast", args=[team.slug, broadcast.id]),
    }
    to = [member.user.email for member in _concerned(broadcast)]
    subject = f"Broadcast {broadcast} is paused · {team.name}"
    return compose_email(subject, "broadcasts/pause_email.txt", context, to, team.name)


def _concerned(broadcast: Broadcast) -> list[Member]:
    author = find_author(broadcast.team_id, broadcast.author_id)
    if author and author_may_send(broadcast):
        return [author]
    return with_owners(broadcast.team_id, author)
