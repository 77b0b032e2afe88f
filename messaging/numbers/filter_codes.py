"""Carrier codes that say that the sender is not allowed or its texts are filtered, with what to do. Pure.

Written after Twilio's page of each code, such as https://www.twilio.com/docs/api/errors/30034; the codes' words are in
messaging.carriers.error_codes.
"""

from accounts.number_types import NumberType

ADVICE = {
    "21612": "Use a number of the recipient’s country. A sender’s name does not reach the United States and Canada.",
    "30004": "Text the person from another inbox only with their consent. Some networks block all business texts.",
    "30007": "Say who you are, write only to people who agreed, avoid public link shorteners such as bit.ly, and write "
    "as in the campaign’s samples. If the texts are as agreed, send their IDs to the carrier’s support.",
    "30018": "Register the sender’s name for the recipient’s country at the carrier, or use a number.",
    "30022": "Lower the inbox’s rate on the page Broadcasts.",
    "30023": "Wait until the next day, or raise the brand’s trust score by vetting it at the carrier.",
    "30024": "A new registration takes a day or two to reach all networks. Then ask the carrier’s support.",
    "30027": "Wait until the next day, or raise the brand’s trust score by vetting it at the carrier.",
    "30032": "Have the toll-free number verified at the carrier. Until it is, send from another inbox.",
    "30033": "The carrier’s email says why. Correct that and have the campaign reinstated. A new one does not help.",
    "30034": "Register a brand and a campaign at the carrier, and add this number to the campaign’s service there.",
}
_MAY_BE_STOP = "The person may have texted STOP, which the network of toll-free numbers answers itself. "


def advice_for(code: str, number_type: NumberType) -> str:
    """What to do about a code of ADVICE."""
    hint = _MAY_BE_STOP if code == "30004" and number_type == NumberType.TOLL_FREE else ""
    return hint + ADVICE[code]
