"""Rates of broadcasts: how many segments a minute an inbox sends, by the type of its number; how long that takes."""

from dataclasses import dataclass
from datetime import timedelta

from accounts.models import Inbox
from accounts.number_types import NumberType

FASTEST = 60_000  # a minute


# Segments a minute. Twilio's own limits are one segment a second for a local number, three for a toll-free number and a
# hundred for a short code (help.twilio.com/articles/115002943027, "Twilio Rate Limits and Message Queues"), and ten for
# a sender's name (article 360057082693). A registered 10DLC campaign may send more, as its trust score says
# (twilio.com/docs/messaging/compliance/a2p-10dlc). For RCS no rate is published; a careful one.
DEFAULT_RATES = {
    NumberType.LONG_CODE: 60,
    NumberType.TOLL_FREE: 180,
    NumberType.SHORT_CODE: 6_000,
    NumberType.ALPHANUMERIC: 600,
    NumberType.RCS_AGENT: 60,
}


def rate_of(inbox: Inbox) -> int:
    """Segments a minute that the broadcasts of this inbox send together."""
    return inbox.broadcast_rate or DEFAULT_RATES[inbox.number_type]


@dataclass(frozen=True)
class SendingTime:
    """How long so many segments take at a rate."""

    segments: int
    rate: int  # segments a minute

    @property
    def duration(self) -> timedelta:
        return timedelta(minutes=self.segments / self.rate)
