"""Snoozing of conversations: out of the open folders until a time, or until the person writes, whichever is first.

The row is what a worker looks at; a lost worker only delays. A text wakes its conversation in the statement that stores
it (messaging.conversation_queries).
"""

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone

from accounts.models import Member
from kernel.tenancy import scope
from messaging.inbox import mark_unread
from messaging.models import Conversation
from messaging.scope_lookups import snoozes_ended
from messaging.teamwork.assignment import record_all
from messaging.teamwork.models import Activity, ActivityKind

BATCH = 500


def snooze(conversations: Iterable[Conversation], until: datetime, by: Member) -> list[Conversation]:
    """Snooze the conversations, also closed ones. Returns those that were not snoozed until then already."""
    changed = [found for found in _locked(conversations, by.team_id) if found.snoozed_until != until]
    rows = Conversation.objects.filter(team_id=by.team_id, id__in=[found.id for found in changed])
    rows.update(snoozed_until=until, closed=False)
    record_all(changed, ActivityKind.SNOOZED, by, until=until)
    return changed


def wake(conversations: Iterable[Conversation], by: Member) -> list[Conversation]:
    """End the snooze of the conversations that have one, and return those."""
    changed = [found for found in _locked(conversations, by.team_id) if found.snoozed_until]
    rows = Conversation.objects.filter(team_id=by.team_id, id__in=[found.id for found in changed])
    rows.update(snoozed_until=None)
    record_all(changed, ActivityKind.WOKEN, by)
    return changed


def wake_ended() -> None:
    """Wake the conversations whose time has come, each in a transaction of its own."""
    for ended in snoozes_ended(BATCH):
        wake_at_its_time(ended.team_id, ended.id)


def wake_at_its_time(team_id: int, id: int) -> None:
    """Wake one conversation if its time has come, and mark it unread for the member who snoozed it.

    May be called twice: the row's lock and state decide.
    """
    with scope(team_id):
        rows = Conversation.objects.filter(team_id=team_id, id=id, snoozed_until__lte=timezone.now())
        found = rows.select_for_update(no_key=True).first()
        if found is None:
            return
        rows.update(snoozed_until=None)
        last = Activity.objects.filter(team_id=team_id, conversation_id=id, kind=ActivityKind.SNOOZED)
        snoozed = last.order_by("-at", "-id").first()
        record_all([found], ActivityKind.WOKEN, None)
        by = snoozed.actor_id if snoozed else None
        if by and (member := Member.objects.filter(team_id=team_id, id=by).first()):
            mark_unread(found, member)


def _locked(conversations: Iterable[Conversation], team_id: int) -> list[Conversation]:
    ids = [found.id for found in conversations]
    return list(
        Conversation.objects.filter(team_id=team_id, id__in=ids).order_by("id").select_for_update(no_key=True)
    )
