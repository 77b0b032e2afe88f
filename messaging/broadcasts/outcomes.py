"""Outcomes of a broadcast: what became of each person, in one word that pages, exports and figures share. Pure."""

from django.db.models import TextChoices

from messaging.broadcasts.models import BroadcastStatus, RecipientState
from messaging.models import MessageStatus


class RecipientOutcome(TextChoices):
    """What became of one person. Each person of the audience has exactly one, so the counts add up to the audience."""

    DELIVERED = "delivered", "Delivered"
    SENT = "sent", "Sent, no report yet"
    UNKNOWN = "unknown", "Unknown: the text may have arrived"
    FAILED = "failed", "Failed"
    REFUSED = "refused", "Not sent, no longer allowed"
    SENDING = "sending", "Being sent"
    WAITING = "waiting", "Waiting"
    HELD = "held", "Waits for the sending hours"
    NOT_SENT = "not_sent", "Not sent, the broadcast was cancelled"
    LEFT_OUT = "left_out", "Left out"


# The statuses of the text of each outcome that has one.
STATUSES = {
    RecipientOutcome.DELIVERED: (MessageStatus.DELIVERED,),
    RecipientOutcome.SENT: (MessageStatus.SENT,),
    RecipientOutcome.UNKNOWN: (MessageStatus.UNKNOWN,),
    RecipientOutcome.FAILED: (MessageStatus.FAILED, MessageStatus.UNDELIVERED),
    RecipientOutcome.REFUSED: (MessageStatus.REFUSED,),
    RecipientOutcome.SENDING: (MessageStatus.QUEUED, MessageStatus.CLAIMED, MessageStatus.SENDING),
}
_OF_STATUS = {status: outcome for outcome, statuses in STATUSES.items() for status in statuses}
# The carrier has them, or may have.
HANDED_OVER = (
    RecipientOutcome.DELIVERED,
    RecipientOutcome.SENT,
    RecipientOutcome.UNKNOWN,
    RecipientOutcome.FAILED,
)


def outcome_of(broadcast_status: str, state: str, message_status: str = "") -> RecipientOutcome:
    """The outcome of a person: from the recipient's row, and the status of the text if there is one."""
    if state == RecipientState.LEFT_OUT:
        return RecipientOutcome.LEFT_OUT
    if message_status:
        return _OF_STATUS[MessageStatus(message_status)]
    if broadcast_status == BroadcastStatus.CANCELLED:
        return RecipientOutcome.NOT_SENT
    return RecipientOutcome.HELD if state == RecipientState.HELD else RecipientOutcome.WAITING
