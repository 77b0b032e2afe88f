"""Reasons of refusals in words. Pure."""

from messaging.refusal_reasons import CARRIER_OPTED_OUT, INBOX_CLOSED
from optout.consent_types import Refusal


def refusal_reason(reason: str) -> str:
    """The reason of a refusal in words."""
    if reason == CARRIER_OPTED_OUT:
        return "The carrier reports that the person opted out"
    if reason == INBOX_CLOSED:
        return "The inbox is closed"
    if reason in Refusal:
        return str(Refusal(reason).label).removesuffix(".")
    return reason.replace("_", " ").capitalize() or "Other reason"
