"""Scheduling of texts: schedule, cancel, and send what is due. The rows are the queue; a lost worker only delays."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Inbox, Member
from kernel import change_tokens
from kernel.sql import InsertStatement, fetch
from kernel.tenancy import scope
from messaging.authors import find_author, may_still_text
from messaging.compose import compose_text
from messaging.models import Conversation, MessageStatus
from messaging.scheduling.models import AUTHOR_MAY_NOT, ScheduledText, ScheduleOutcome
from messaging.scope_lookups import scheduled_texts_due
from messaging.sending_hours.holding import HoldQuestion, add_to_record, hold_of
from messaging.teamwork.webhook_events import record_scheduled
from optout.models import ConsentEvent
from optout.number_locks import lock_key

FURTHEST = timedelta(days=366)
BATCH = 500
# Once per STOP.
_CANCEL = """
    UPDATE messaging_scheduledtext SET outcome = 'cancelled', event_id = {event}, ended_at = $3,
        tell_at = CASE WHEN reason = '' THEN $3 ELSE tell_at END  -- of a stopped one they were told
    WHERE team_id = $1 AND number = $2 AND outcome = 'scheduled'
        AND ($4::bigint IS NULL OR inbox_id = $4) RETURNING id
"""
_CANCEL_BY_ENTRY, _CANCEL_WITH_ENTRY = (
    _CANCEL.format(event=event) for event in ("$5", "(SELECT id FROM event)")
)


def schedule(
    conversation: Conversation,
    body: str,
    send_at: datetime,
    author: Member | None,
    *,
    unless_answered: bool,
    author_name: str = "",
) -> ScheduledText:
    """Schedule a text of a member, or of a program with this name. `send_at` is in the future; at most a year ahead."""
    change_tokens.renew_on_commit(conversation.team_id)
    created: ScheduledText = ScheduledText.objects.create(
        team_id=conversation.team_id,
        conversation=conversation,
        inbox=conversation.inbox,
        number=conversation.number,
        body=body,
        send_at=send_at,
        unless_answered=unless_answered,
        seen_inbound=conversation.inbound_count,
        author_id=author.id if author else None,
        author_name=author_name or str(author),
        created_at=timezone.now(),
    )
    record_scheduled(created, conversation)
    return created


def cancel(conversation: Conversation, id: int) -> bool:
    """Cancel a text that waits. False if it is sent, refused or cancelled already."""
    waiting = _waiting(conversation.team_id).filter(conversation_id=conversation.id, id=id)
    change_tokens.renew_on_commit(conversation.team_id)
    return waiting.update(outcome=ScheduleOutcome.CANCELLED, ended_at=timezone.now(), tell_at=None) > 0


def take_over(conversation: Conversation, id: int, member: Member) -> bool:
    """Let a stopped text be sent in this member's name, at once if its time has passed. False if it is not stopped."""
    stopped = _waiting(conversation.team_id).filter(
        conversation_id=conversation.id, id=id, reason=AUTHOR_MAY_NOT
    )
    change_tokens.renew_on_commit(conversation.team_id)
    values = {"author_id": member.id, "author_name": str(member), "reason": "", "tell_at": None}
    return stopped.update(**values, seen_inbound=conversation.inbound_count) > 0


def cancel_for_opt_out(event: ConsentEvent) -> int:
    """Cancel what waits for the number of an opt-out, in its inboxes. Returns how many texts that stopped."""
    return len(fetch(_CANCEL_BY_ENTRY, *_cancelled_texts(event), event.id))


def cancel_statement(event: ConsentEvent) -> InsertStatement:
    """`cancel_for_opt_out`, to be run together with the INSERT of the entry, which is named "event"."""
    return InsertStatement(_CANCEL_WITH_ENTRY, _cancelled_texts(event))


def cancelled_by(event: ConsentEvent) -> int:
    """How many texts an opt-out stopped."""
    texts = ScheduledText.objects.filter(team_id=event.team_id, number=event.number)
    return texts.filter(event_id=event.id).count()


def _cancelled_texts(event: ConsentEvent) -> tuple[Any, ...]:
    return event.team_id, event.number, event.recorded_at, event.inbox_id if event.only_in_inbox else None


def send_due() -> None:
    """Send the scheduled texts whose time has come, each in a transaction of its own."""
    for due in scheduled_texts_due(BATCH):
        send(due.team_id, due.id)


def send(team_id: int, id: int) -> None:
    """Send one scheduled text if it still waits. May be called twice: the row's lock and state decide."""
    with scope(team_id):
        found = ScheduledText.objects.filter(team_id=team_id, id=id).first()
    if found is None:
        return
    with scope(team_id, lock=lock_key(team_id, found.number)):
        text = _waiting(team_id).filter(id=id).select_for_update(no_key=True).first()
        if text is None:
            return
        change_tokens.renew_on_commit(team_id)
        inbox = Inbox.objects.select_related("team").get(team_id=team_id, id=text.inbox_id)
        author = find_author(team_id, text.author_id)
        if _is_overtaken(text):
            text.end(ScheduleOutcome.ANSWERED)
        elif text.author_id and not may_still_text(author, inbox):
            _stop(text)
        elif not _hold(text, inbox):
            _send(text, inbox, author)


def _is_overtaken(text: ScheduledText) -> bool:
    """Whether the person wrote, and the text was to be sent only without that."""
    conversation = Conversation.objects.get(team_id=text.team_id, id=text.conversation_id)
    return text.unless_answered and conversation.inbound_count > text.seen_inbound


def _hold(text: ScheduledText, inbox: Inbox) -> bool:
    """Let the text wait if its person's sending hours do not allow it now. A closed inbox refuses it instead."""
    now = timezone.now()
    hold = hold_of(HoldQuestion(inbox.team, text.number, answers_in=inbox.id), now) if inbox.is_open else None
    if hold:
        text.held_until, text.held = hold.until, add_to_record(text.held, hold, now)
        text.save(update_fields=["held_until", "held"])
    return hold is not None


def _stop(text: ScheduledText) -> None:
    text.reason, text.held_until, text.tell_at = AUTHOR_MAY_NOT, None, timezone.now()
    text.save(update_fields=["reason", "held_until", "tell_at"])


def _send(text: ScheduledText, inbox: Inbox, author: Member | None) -> None:
    message = compose_text(
        inbox, text.number, text.body, author=author, author_name="" if author else text.author_name,
        within_hours=True, held=text.held,
    )  # fmt: skip
    text.message_id = message.id
    refused = message.status == MessageStatus.REFUSED
    text.end(ScheduleOutcome.REFUSED if refused else ScheduleOutcome.SENT, message.reason)


def _waiting(team_id: int) -> QuerySet[ScheduledText]:
    return ScheduledText.objects.filter(team_id=team_id, outcome=ScheduleOutcome.SCHEDULED)
