"""Status reports: a carrier's callback about an outbound text moves it forward, or opts its number out."""

from accounts.models import Inbox
from kernel import change_tokens
from messaging.carriers.base import StatusReport
from messaging.models import Message, MessageStatus
from messaging.refusal_reasons import CARRIER_OPTED_OUT
from messaging.status_changes import (
    add_reason,
    advance_status,
    apply_carrier_refusal,
    error_to_keep,
    lock_message,
)


def apply_status_report(inbox: Inbox, message_id: int | None, report: StatusReport) -> bool:
    """Apply a status callback, in the scope of the team. False if it is not about a text of this inbox."""
    texts = Message.objects.filter(team_id=inbox.team_id, inbox_id=inbox.id, outbound=True)
    texts = texts.filter(id=message_id) if message_id else texts.filter(carrier_id=report.carrier_id)
    message = texts.first()
    if message is None:
        return False
    status, reason = report.status, ""
    if report.opted_out and message.claimed_at:
        # The number's lock comes before the row's. Only the carrier still knows the number of an erased text.
        number = message.number or report.number
        if number:
            apply_carrier_refusal(inbox, number, message.claimed_at, message.id, report.error)
        status, reason = MessageStatus.REFUSED, CARRIER_OPTED_OUT
    message = lock_message(inbox.team_id, message.id)
    message.inbox = inbox
    changes = {
        "error_code": report.error_code,
        "error": error_to_keep(message, report.error),
        "reason": reason,
        "carrier_id": message.carrier_id or report.carrier_id,
    }
    if status and (advance_status(message, status, **changes) or add_reason(message, status, **changes)):
        change_tokens.renew_on_commit(inbox.team_id)
    return True
