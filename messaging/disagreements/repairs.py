"""Carriers' own opt-out lists: how a number gets off them other than by START. Pure."""

from accounts.models import Carrier, Inbox
from accounts.number_types import NumberType

TOLL_FREE = "Toll-free: the network keeps the list, and nothing else takes the number off it."
# twilio.com/docs/messaging/features/consent-api: an opt-in there overrides a STOP, except at US toll-free numbers.
TWILIO = "With fresh consent on record, Twilio takes the number off: by its Consent Management API, or its support."
OTHER = "With fresh consent on record, the carrier’s support may take the number off its list."


def carrier_list(inbox: Inbox) -> str:
    """Who takes a number off the list of the inbox's carrier, in a sentence."""
    if inbox.number_type is NumberType.TOLL_FREE:
        return TOLL_FREE
    return TWILIO if inbox.carrier == Carrier.TWILIO else OTHER
