"""Rates of broadcasts: how many segments a minute an inbox sends, by the kind of its number; how long that takes."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

import phonenumbers

from accounts.models import Inbox
from kernel.phone_numbers import is_short_code

FASTEST = 60_000  # a minute


class NumberKind(StrEnum):
    """The kinds of an inbox's number that carriers limit differently."""

    LOCAL = "10DLC or local number"
    TOLL_FREE = "toll-free number"
    SHORT_CODE = "short code"


# Segments a minute. Twilio's own limits are one segment a second for a local number, three for a toll-free number and a
# hundred for a short code (help.twilio.com/articles/115002943027, "Twilio Rate Limits and Message Queues"). A
# registered 10DLC campaign may send more, as its trust score says (twilio.com/docs/messaging/compliance/a2p-10dlc).
DEFAULT_RATES = {NumberKind.LOCAL: 60, NumberKind.TOLL_FREE: 180, NumberKind.SHORT_CODE: 6_000}


def kind_of(number: str) -> NumberKind:
    """The kind of an inbox's number."""
    if is_short_code(number):
        return NumberKind.SHORT_CODE
    try:
        kind = phonenumbers.number_type(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return NumberKind.LOCAL
    is_toll_free = kind == phonenumbers.PhoneNumberType.TOLL_FREE
    return NumberKind.TOLL_FREE if is_toll_free else NumberKind.LOCAL


def rate_of(inbox: Inbox) -> int:
    """Segments a minute that the broadcasts of this inbox send together."""
    return inbox.broadcast_rate or DEFAULT_RATES[kind_of(inbox.number)]


@dataclass(frozen=True)
class SendingTime:
    """How long so many segments take at a rate."""

    segments: int
    rate: int  # segments a minute

    @property
    def duration(self) -> timedelta:
        return timedelta(minutes=self.segments / self.rate)
