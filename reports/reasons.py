"""Why texts did not arrive, in words: the carrier's codes, and our own refusals. Pure."""

from messaging.models import CARRIER_OPTED_OUT
from optout.consent_types import Refusal

# In our words, after Twilio's page of each: https://www.twilio.com/docs/api/errors/30003 and so on.
CARRIER_CODES = {
    "11200": "The carrier could not reach an address of ours",
    "21211": "The number is not one that can be texted",
    "21408": "Texting to this country is not switched on at the carrier",
    "21606": "The inbox’s number may not send at the carrier",
    "21610": "The person opted out at the carrier",
    "21611": "Too many texts of this inbox wait at the carrier",
    "21612": "The carrier has no way from this inbox to the number",
    "21614": "The number is no mobile number",
    "21617": "The text is too long for the carrier",
    "21620": "The picture’s address cannot be used",
    "30001": "Too many texts waited at the carrier",
    "30002": "The account is suspended at the carrier",
    "30003": "The phone could not be reached: off, out of reach, or not able to receive texts",
    "30004": "The phone’s network or its owner blocks texts",
    "30005": "Unknown number, or no longer in service",
    "30006": "A landline, or a network that takes no texts",
    "30007": "Filtered as spam or as against the carrier’s rules",
    "30008": "The network gave no reason",
    "30010": "Dearer than the most that may be paid for one text",
    "30019": "Too large for the network",
    "30022": "More texts a second than the network allows this sender",
    "30023": "The sender’s limit for one day is reached",
    "30024": "The sender is not set up at this network",
    "30032": "The toll-free number is not verified",
    "30034": "The sender’s number is not registered for US business texting (A2P 10DLC)",
    "30036": "It could not be delivered in the time that it was valid",
    "30410": "The network did not answer in time",
    "30450": "The carrier blocked it as unwanted",
    "30500": "An error inside the carrier",
}


def carrier_page_url(code: str) -> str:
    """Where the carrier explains a code that we have words for."""
    return f"https://www.twilio.com/docs/api/errors/{code}" if code in CARRIER_CODES else ""


def carrier_reason(code: str) -> str:
    """A carrier's code in words."""
    if not code:
        return "The carrier gave no reason"
    return CARRIER_CODES.get(code, "Another reason of the carrier")


def refusal_reason(reason: str) -> str:
    """Why a text was not sent by us."""
    if reason == CARRIER_OPTED_OUT:
        return "The carrier reports that the person opted out"
    if reason in Refusal:
        return str(Refusal(reason).label).removesuffix(".")
    return reason.replace("_", " ").capitalize() or "For another reason"
