"""Reasons why texts did not arrive: carrier error codes and refusals in words. Pure."""

from messaging.models import CARRIER_OPTED_OUT
from optout.consent_types import Refusal

# Written after Twilio's page of each code, such as https://www.twilio.com/docs/api/errors/30003
CARRIER_CODES = {
    "11200": "The carrier could not reach our webhook",
    "21211": "The number cannot receive texts",
    "21408": "Texting to this country is not enabled at the carrier",
    "21606": "The inbox’s number may not send at the carrier",
    "21610": "The person opted out at the carrier",
    "21611": "Too many texts of this inbox are queued at the carrier",
    "21612": "The carrier cannot reach this number from this inbox",
    "21614": "The number is not a mobile number",
    "21617": "The text is too long for the carrier",
    "21620": "The attachment’s address is not valid",
    "30001": "Too many texts were queued at the carrier",
    "30002": "The account is suspended at the carrier",
    "30003": "The phone could not be reached: off, out of reach, or not able to receive texts",
    "30004": "The phone’s network or its owner blocks texts",
    "30005": "Unknown number, or no longer in service",
    "30006": "A landline, or a network that does not accept texts",
    "30007": "Filtered as spam or as a violation of the carrier’s rules",
    "30008": "The network gave no reason",
    "30010": "Costs more than the maximum price per text",
    "30019": "Too large for the network",
    "30022": "More texts a second than the network allows this sender",
    "30023": "The sender’s daily limit is reached",
    "30024": "The sender is not set up at this network",
    "30032": "The toll-free number is not verified",
    "30034": "The sender’s number is not registered for US business texting (A2P 10DLC)",
    "30036": "Not delivered within its validity period",
    "30410": "The network did not answer in time",
    "30450": "The carrier blocked the text as unwanted",
    "30500": "An error inside the carrier",
}


def carrier_page_url(code: str) -> str:
    """The address of the carrier's page about a known code; empty for other codes."""
    return f"https://www.twilio.com/docs/api/errors/{code}" if code in CARRIER_CODES else ""


def carrier_reason(code: str) -> str:
    """A carrier's error code in words."""
    if not code:
        return "The carrier gave no reason"
    return CARRIER_CODES.get(code, "Other carrier error")


def refusal_reason(reason: str) -> str:
    """The reason of a refusal in words."""
    if reason == CARRIER_OPTED_OUT:
        return "The carrier reports that the person opted out"
    if reason in Refusal:
        return str(Refusal(reason).label).removesuffix(".")
    return reason.replace("_", " ").capitalize() or "Other reason"
