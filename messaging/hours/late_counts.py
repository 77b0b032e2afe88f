"""Counts of the conversations whose person has waited past the goal."""

from collections.abc import Sequence

from django.db.models import Q
from django.utils import timezone

from accounts.models import Inbox, Team
from kernel.loading import Loader
from messaging.hours.waiting import late_since
from messaging.models import Conversation


def late_loader(team: Team, inboxes: Sequence[Inbox], most: int) -> Loader[int]:
    """The conversations of these inboxes whose person has waited past the goal, at most `most`."""
    now, late = timezone.now(), Q()
    for inbox in inboxes:
        inbox.team = team
        if since := late_since(inbox, now):
            late |= Q(inbox_id=inbox.id, awaiting_since__lte=since)
    if not late:
        return 0
    waiting = Conversation.objects.filter(
        team_id=team.id, closed=False, snoozed_until=None, awaiting_since__isnull=False
    )
    (found,) = yield [waiting.filter(late).exclude(number="").values_list("id")[:most]]
    return len(found)
