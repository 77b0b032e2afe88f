"""Reasons why a text is refused: a Refusal of consent, or one of these."""

from optout.consent_types import Refusal

CARRIER_OPTED_OUT = "carrier_opted_out"
INBOX_CLOSED = "inbox_closed"
BROADCAST_CANCELLED = "broadcast_cancelled"
_SENTENCES = {
    CARRIER_OPTED_OUT: "The carrier reports that this person opted out.",
    INBOX_CLOSED: "This inbox is closed.",
    BROADCAST_CANCELLED: "Its broadcast was cancelled.",
}


def refusal_sentence(reason: str) -> str:
    """A reason in a sentence."""
    return _SENTENCES.get(reason) or str(Refusal(reason).label)
