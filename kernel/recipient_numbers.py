"""Recipients: which numbers are never texted, and which only if a team asks for them. Pure.

No text goes to an emergency number, a service of the phone network or a premium-rate number, and no page, import or API
call makes a contact of one. Whoever texts from such a number is received all the same, and its opt-outs count.

Sources: emergency numbers are libphonenumber's (ShortNumberMetadata), and 112 and 911 on any phone (3GPP TS 22.101,
10.1). Three digits are services of the network in North America (NANPA: N11 codes; FCC: 988). Premium rates are
libphonenumber's; pay-per-call numbers in North America are the area code 900 and the exchange 976 (47 CFR 64.1501 and
following; nanpa.com). ITU-T E.164 leaves the rest to the national plans.
"""

import re

import phonenumbers
from phonenumbers.shortnumberinfo import is_emergency_number

from kernel.number_patterns import may_be_premium
from kernel.phone_numbers import SHORT_CODE, display, is_number

PREMIUM_RATE = "is a premium-rate number. It is never texted from here. Check the number."
SHORT = (
    "is a short code, and your team does not text short codes."
    " Check the number, or let an admin allow short codes in Settings > Team."
)

_EMERGENCY_ANYWHERE = ("112", "911")
PAY_PER_CALL = r"\+1(?:900[2-9]\d{6}|[2-9]\d\d976\d{4})"
_PAY_PER_CALL = re.compile(PAY_PER_CALL)


def is_emergency(number: str) -> bool:
    """Whether a canonical address is an emergency number of its country, or of any phone."""
    if not SHORT_CODE.fullmatch(number):
        return False
    country, _, digits = number.partition(":")
    return digits in _EMERGENCY_ANYWHERE or is_emergency_number(digits, country)


def is_network_service(number: str) -> bool:
    """Whether a canonical address is a service of North America's network, like 211 or 988: short codes are longer."""
    country, colon, digits = number.partition(":")
    return bool(colon) and len(digits) <= 3 and phonenumbers.country_code_for_region(country) == 1


def is_premium(number: str) -> bool:
    """Whether who texts a canonical address pays more than for a text."""
    if number.startswith("+1"):  # a million rows of a file are
        return bool(_PAY_PER_CALL.fullmatch(number))
    if not may_be_premium(number):
        return False
    kind = phonenumbers.number_type(phonenumbers.parse(number))
    return kind == phonenumbers.PhoneNumberType.PREMIUM_RATE


def is_never_texted(number: str) -> bool:
    """Whether nobody may text a canonical address, whatever the team allows."""
    return is_emergency(number) or is_network_service(number) or is_premium(number)


def is_textable(number: str) -> bool:
    """Whether texts may be sent to a canonical address: not to a sender's name, and not to what is never texted."""
    return is_number(number) and not is_never_texted(number)


def recipient_fault(number: str, *, short_codes: bool) -> str:
    """Why a canonical address is no recipient, and what to do, in sentences; empty if it is one.

    `short_codes`: whether the team allows them. Its members and programs still have to ask for one by its country
    (see phone_numbers.canonical).
    """
    sentence = _fault(number, short_codes)
    return f"{display(number)} {sentence}" if sentence else ""


def _fault(number: str, short_codes: bool) -> str:
    if number[:1] == "+":
        return PREMIUM_RATE if is_premium(number) else ""
    if not is_number(number):
        return "is a sender name, not a phone number. You can't reply to it."
    if is_emergency(number):
        return "is an emergency number. It is never texted from here."
    if is_network_service(number):
        return "is a service of the phone network. It is never texted from here."
    return "" if short_codes else SHORT
