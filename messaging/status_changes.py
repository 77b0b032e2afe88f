"""Status changes of outbound texts: saved together with their webhook event, and only ever forward."""

from datetime import datetime
from typing import Any

from accounts.models import Inbox
from messaging import webhook_events
from messaging.metrics import count_changes_on_commit
from messaging.models import STATUS_ORDER, Message, MessageStatus
from messaging.scheduling.models import ScheduledText, ScheduleOutcome
from optout import consent


def lock_message(team_id: int, message_id: int) -> Message:
    return Message.objects.select_for_update(no_key=True).get(team_id=team_id, id=message_id)


def save_changes(message: Message, **changes: Any) -> None:
    """Save these columns. A change of status is also an event for the team's endpoints."""
    before = message.status
    for name, value in changes.items():
        setattr(message, name, value)
    message.save(update_fields=list(changes))
    count_changes_on_commit(message, before, changes)
    if message.status != before:
        webhook_events.record_outcome(message, before)
        if message.status == MessageStatus.REFUSED and message.within_hours:
            _refuse_scheduled(message)


def _refuse_scheduled(message: Message) -> None:
    """Let its author be told that a scheduled text was refused after its time, once it was a text in the queue."""
    for text in ScheduledText.objects.filter(
        team_id=message.team_id, conversation_id=message.conversation_id, message_id=message.id
    ):
        text.end(ScheduleOutcome.REFUSED, message.reason)


def advance_status(message: Message, status: str, **changes: Any) -> bool:
    """Move a text forward and save these columns. False for a late or repeated report, which changes nothing."""
    if message.status not in STATUS_ORDER:
        return False
    if status in STATUS_ORDER and STATUS_ORDER.index(MessageStatus(status)) <= STATUS_ORDER.index(
        MessageStatus(message.status)
    ):
        return False
    save_changes(message, **{"status": status, "due_at": None, "error": "", "error_code": "", **changes})
    return True


def add_reason(message: Message, status: str, *, error_code: str, error: str, **_: Any) -> bool:
    """Save the code or the words of a failure that was reported without them before. False if there are none to add."""
    new = error_code or (error and not message.error)
    if message.status != status or message.error_code or message.reason or not new:
        return False
    save_changes(message, error_code=error_code, error=error or message.error)
    return True


def error_to_keep(message: Message, error: str) -> str:
    """The carrier's error, but nothing for an erased text: carriers often name the number in it."""
    return error if message.number else ""


def apply_carrier_refusal(
    inbox: Inbox, number: str, claimed_at: datetime, message_id: int, error: str
) -> None:
    """Record the opt-out that a carrier reports (error 21610). Takes the number's lock: before any row is locked."""
    consent.apply_carrier_refusal(
        inbox, number, claimed_at=claimed_at, message_id=message_id, reason=error[:200]
    )
