"""Transfer of a conversation to another inbox: the team goes on with the person from there.

Texts and notes stay where they were written, with the number that sent or received them. What an opt-out stops is
decided in the inbox that sends, so a transfer lifts nothing.
"""

from django.utils import timezone

from accounts.models import Inbox
from messaging.models import Conversation
from messaging.teamwork.assignment import assignable_members, assignee_of
from messaging.teamwork.models import Activity, ActivityKind, Assignment
from messaging.teamwork.webhook_events import record_transferred


def transfer(conversation: Conversation, inbox: Inbox, *, by_id: int | None, by_name: str) -> Conversation:
    """Close the conversation, and open that of the same number in the other inbox, which it returns.

    Who takes care of it goes along if they see the other inbox, and so does since when the person waits for an answer.
    """
    if conversation.inbox_id == inbox.id:
        return conversation
    now, rows = timezone.now(), Conversation.objects.filter(team_id=conversation.team_id)
    opened, _ = rows.get_or_create(
        team_id=inbox.team_id,
        inbox=inbox,
        number=conversation.number,
        defaults={"last_message_at": conversation.last_message_at},
    )
    locked = rows.filter(id__in=[conversation.id, opened.id]).select_for_update(no_key=True).order_by("id")
    states = {row.id: row for row in locked}
    closed, opened = states[conversation.id], states[opened.id]
    waits = [row.awaiting_since for row in states.values() if row.awaiting_since and not row.closed]
    rows.filter(id=closed.id).update(closed=True, snoozed_until=None, awaiting_since=None)
    newest = max(closed.last_message_at, opened.last_message_at)
    rows.filter(id=opened.id).update(
        closed=False, snoozed_until=None, awaiting_since=min(waits, default=None), last_message_at=newest
    )
    _move_assignment(closed, opened, inbox)
    Activity.objects.bulk_create(
        Activity(
            team_id=inbox.team_id, conversation=row, kind=ActivityKind.TRANSFERRED, whereto=whereto[:100],
            actor_id=by_id, actor_name=by_name, at=now,
        )
        for row, whereto in ((closed, f"to {inbox}"), (opened, f"here from {conversation.inbox}"))
    )  # fmt: skip
    record_transferred(closed, opened, by_id, by_name, now)
    return opened


def _move_assignment(closed: Conversation, opened: Conversation, inbox: Inbox) -> None:
    assignee = assignee_of(closed)
    Assignment.objects.filter(team_id=inbox.team_id, conversation_id=closed.id).delete()
    if assignee and assignee in assignable_members(inbox) and assignee_of(opened) is None:
        Assignment.objects.create(
            team_id=inbox.team_id, conversation=opened, member=assignee, at=timezone.now()
        )
