"""Carrier error codes in plain words: for the thread, the API and the reports. Pure.

Twilio's codes are stored as they are, those of other carriers with a prefix: "TX-40300" is Telnyx's 40300.
"""

from messaging.carriers.bandwidth import codes as bandwidth
from messaging.carriers.code_table import CodeKind, CodeTable
from messaging.carriers.plivo import codes as plivo
from messaging.carriers.sinch import codes as sinch
from messaging.carriers.telnyx import codes as telnyx
from messaging.carriers.vonage import codes as vonage

# Written after Twilio's page of each code, such as https://www.twilio.com/docs/api/errors/30003
CARRIER_CODES = {
    "11200": "The carrier could not reach our webhook",
    "21211": "The number is not valid at the carrier",
    "21212": "The inbox’s number is not valid at the carrier",
    "21214": "The number cannot be reached",
    "21217": "The number does not seem to be a valid number",
    "21219": "The trial account may not text this number",
    "21401": "This is not a phone number",
    "21408": "Texting to this country is not enabled at the carrier",
    "21601": "The inbox’s number cannot send texts",
    "21602": "The text is empty",
    "21603": "The text has no sender",
    "21604": "The text has no recipient",
    "21605": "The text is longer than the 160 characters that this sender may send",
    "21606": "The inbox’s number may not send at the carrier",
    "21608": "A trial account may text verified numbers only",
    "21610": "The person opted out at the carrier",
    "21611": "Too many texts of this inbox are queued at the carrier",
    "21612": "The carrier cannot reach this number from this inbox",
    "21614": "The number is not a mobile number",
    "21617": "The text is too long for the carrier",
    "21619": "The text has neither words nor an attachment",
    "21620": "The attachment’s address is not valid",
    "21655": "The account’s texts must go through a messaging service",
    "30001": "Too many texts were queued at the carrier",
    "30002": "The account is suspended at the carrier",
    "30003": "The phone could not be reached: off, out of reach, or not able to receive texts",
    "30004": "The phone’s network or its owner blocks texts",
    "30005": "Unknown number, or no longer in service",
    "30006": "A landline, or a network that does not accept texts",
    "30007": "Filtered as spam or as a violation of the carrier’s rules",
    "30008": "The network gave no reason",
    "30010": "Costs more than the maximum price per text",
    "30011": "The person’s network does not accept attachments",
    "30017": "The network is congested",
    "30018": "The country or the network does not accept this sender",
    "30019": "Too large for the network",
    "30022": "More texts a second than the network allows this sender",
    "30023": "The sender’s daily limit is reached",
    "30024": "The sender is not set up at this network",
    "30027": "The sender’s daily limit at T-Mobile is reached",
    "30032": "The toll-free number is not verified",
    "30033": "The A2P 10DLC campaign is suspended",
    "30034": "The sender’s number is not registered for US business texting (A2P 10DLC)",
    "30036": "Not delivered within its validity period",
    "30038": "Blocked as a one-time password abuse",
    "30039": "Blocked, because the same texts went back and forth in a loop",
    "30410": "The network did not answer in time",
    "30450": "Blocked for about half an hour, as traffic that looks like fraud (SMS pumping)",
    "30453": "Blocked for some hours, as traffic that looks like fraud (SMS pumping)",
    "30500": "An error inside the carrier",
    "63003": "The channel could not find the number",
    "63016": "WhatsApp: more than 24 hours after the person’s last text, only templates may be sent",
    "63017": "Too many texts of the account at once",
    "63018": "Too many texts for the channel at once",
    "63024": "The channel does not accept this recipient",
    "63038": "The account’s daily limit of texts is reached",
}


# Of the carriers other than Twilio.
TABLES: tuple[CodeTable, ...] = (telnyx.TABLE, bandwidth.TABLE, plivo.TABLE, sinch.TABLE, vonage.TABLE)
_WORDS = CARRIER_CODES | {code: words for table in TABLES for code, words in table.all_words.items()}
_PAGES = {table.prefix: table.page for table in TABLES}


def codes_of(kind: CodeKind) -> frozenset[str]:
    """The codes of this kind, of the carriers other than Twilio."""
    return frozenset(code for table in TABLES for code in table.codes_of(kind))


def carrier_page_url(code: str) -> str:
    """The address of the carrier's page about a known code; empty for other codes."""
    if code in CARRIER_CODES:
        return f"https://www.twilio.com/docs/api/errors/{code}"
    return _PAGES[code.partition("-")[0]] if code in _WORDS else ""


def known_reason(code: str) -> str:
    """A carrier's error code in words; empty for an unknown one."""
    return _WORDS.get(code, "")


def carrier_reason(code: str) -> str:
    """A carrier's error code in words."""
    if not code:
        return "The carrier gave no reason"
    return known_reason(code) or f"The carrier reports error {code}"
