"""Numbers that no broadcast goes to: short codes with emergency numbers among them, premium rates, and names. Pure."""

import phonenumbers

from kernel.phone_numbers import is_short_code
from kernel.recipient_numbers import is_textable

# Who pays for a text to such a number, or that nobody reads it (ITU-T E.164 leaves it to the national plans).
_NOT_FOR_TEXTS = {
    phonenumbers.PhoneNumberType.PREMIUM_RATE,
    phonenumbers.PhoneNumberType.SHARED_COST,
    phonenumbers.PhoneNumberType.PAGER,
    phonenumbers.PhoneNumberType.VOICEMAIL,
    phonenumbers.PhoneNumberType.UAN,
}


def takes_broadcasts(number: str) -> bool:
    """Whether a canonical number may be a person's phone. 911 and 112 are short codes, such as "US:911"."""
    if is_short_code(number) or not is_textable(number):
        return False
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_valid_number(parsed) and phonenumbers.number_type(parsed) not in _NOT_FOR_TEXTS
