"""Numbers: the canonical address of the other party, which is the key of contacts, locks and suppressions.

It has three distinct forms: E.164 ("+15105553344"), a short code with its country ("US:384387"), and an alphanumeric
sender ("ACME"). `canonical` and `from_carrier` return the same address for each number that both accept, and leave a
canonical address unchanged.
"""

import re
import unicodedata
from functools import lru_cache

import phonenumbers

from kernel.number_patterns import canonical_fast

LONGEST = 64  # characters of a canonical address; E.164 itself allows 15 digits
WITHHELD = "unknown"  # the sender of a text whose From is empty

_UNKNOWN_REGION = "ZZ"  # CLDR's code, used when a carrier does not name the country
SHORT_CODE = re.compile(r"[A-Z]{2}:[0-9]{1,8}")
_E164_SHAPE = re.compile(r"\+[0-9]+")
_NORTH_AMERICAN = re.compile(r"\+1[2-9][0-9]{9}")
_SEPARATORS = " ./·•\N{MINUS SIGN}"  # besides all dashes and brackets
_EXTENSION = re.compile(r"[0-9][\s,;]*(?:ext\.?|extension|x|#)[\s.:=]*[0-9]+$", re.IGNORECASE)

# How carriers and links name the channel before a number: twilio.com/docs/messaging/channels; RFC 3966, 5724. Any other
# word is a channel only before a complete number: "messenger:12065550103" is a profile at Facebook, and no number.
_PREFIX = re.compile(
    r"\s*(?:(?:rcs|whatsapp|smsto|sms|mmsto|mms|tel|callto)\s*:[\s/]*(?=[+(0-9])|[a-z][a-z0-9_-]*\s*:[\s/]*(?=\+))",
    re.IGNORECASE,
)
# What such a link says after the number: a body, or parameters. An extension is part of the number.
_LINK_END = re.compile(r"(?:[?&]|;(?!\s*(?:ext|phone-context))|(?<=[0-9]):).*", re.IGNORECASE | re.DOTALL)
# Channels other than an ordinary text, and how pages name them.
CHANNELS = {"rcs": "RCS", "whatsapp": "WhatsApp", "messenger": "Messenger"}

# How Twilio writes an RCS sender: twilio.com/docs/rcs/send-an-rcs-message.
_AGENT = re.compile(r"rcs:(?![0-9]+$)[a-z0-9][a-z0-9_.-]*")

# Mexico dropped the 1 before mobile numbers on 3 August 2019 (IFT, national numbering plan), but carriers and
# address books still write it. Both spellings are the same person, so they must give the same number.
_OLD_MEXICAN_MOBILE = re.compile(r"\A\+521([0-9]{10})\Z")


class InvalidNumber(ValueError):
    """The input is not a number that can be texted; the message says what to do."""


def canonical(raw: str, country: str, *, short_codes: bool = False) -> str:
    """The canonical address of a number that a person, a file or a program gave in any spelling. Raises InvalidNumber.

    `country` (ISO 3166 alpha-2) is the country of numbers without "+", with or without its country code
    ("15105553344"). Numbers of other countries need "+" or 00: with one digit too many, a Californian number can
    be a Swiss number. A short code is written with its country ("US:384387"). Three to six digits alone are one only
    with `short_codes`, even in countries where complete numbers are that short: a slip must not text a short code.
    """
    return canonical_fast(raw, country) or _canonical_full(raw, country, short_codes)


def _canonical_full(raw: str, country: str, short_codes: bool) -> str:
    text = _normalized(raw)
    if not text:
        raise InvalidNumber("Enter a phone number.")
    if len(raw) > 4 * LONGEST or len(text) > LONGEST:
        raise InvalidNumber("This is too long for a phone number. Enter one number, like +1 510 555 3344.")
    if SHORT_CODE.fullmatch(text):
        return text
    typed = _dialled_digits(text)
    if typed is None:
        raise InvalidNumber(
            "A text cannot go to an extension. Enter the number without it."
            if _EXTENSION.search(text)
            else "A phone number has digits only. Write it like +1 510 555 3344."
        )
    if 3 <= len(typed) <= 6 and all(char.isdecimal() for char in text):
        if short_codes:
            return _short_code(typed, country)
        raise InvalidNumber(f"This is too short for a phone number. {_what_to_write(typed, country)}")
    number = _assigned_number(typed, country)
    if number is None:
        raise InvalidNumber(
            "There is no such phone number. Check its digits, and write a number of another country"
            " with + and its country code, like +44 20 7946 0958."
        )
    return number


def without_extension(raw: str) -> str:
    """A number as it was given, without its extension."""
    return _EXTENSION.sub(lambda found: found.group()[0], _normalized(raw))


def _what_to_write(typed: str, country: str) -> str:
    if (
        len(typed) == 3
    ):  # 911, 112, 211: emergency numbers and services of the network, which are never texted
        return "Check its digits."
    return f"For a short code, write its country too: {_short_code(typed, country)}."


def from_carrier(raw: str, country: str) -> str:
    """The canonical address of a number in a carrier's signed webhook. Never raises, never empty.

    A person is the same on all channels: "whatsapp:+15105553344" is the number without the channel.
    The same as `canonical` for a number that it accepts. Otherwise up to eight digits are a short code of `country`,
    more digits are a number that our tables do not know, kept with "+", and anything else is an alphanumeric sender.
    """
    if _NORTH_AMERICAN.fullmatch(raw):
        return raw  # already canonical, as in nearly every webhook: no parsing needed
    text = _normalized(raw)[:LONGEST].rstrip()
    if SHORT_CODE.fullmatch(text):
        return text
    typed = _dialled_digits(text)
    if typed is None:
        return text or WITHHELD
    if 3 <= len(typed) <= 6 and typed[0] != "+":
        return _short_code(typed, country)
    return _assigned_number(typed, country) or _unassigned(typed, country)


def channel_of(raw: str) -> str:
    """The channel that a carrier names before an address, a key of CHANNELS; empty for an ordinary text."""
    if ":" not in raw and raw.isascii():  # as in nearly every webhook
        return ""
    channel, colon, _ = _normalized(raw).partition(":")
    return channel.strip().lower() if colon and channel.strip().lower() in CHANNELS else ""


def names_channel(number: str) -> bool:
    """Whether a channel is written before a number, as in "rcs:+15105553344"; no canonical address is."""
    return bool(_PREFIX.match(number))


def display(number: str, country: str = "US") -> str:
    """A canonical address for people to read; numbers of the given country's plan without country code."""
    parsed = _parse(number, None) if _E164_SHAPE.fullmatch(number) else None
    if parsed is None:
        return dialled(number)
    is_national = parsed.country_code == phonenumbers.country_code_for_region(country)
    form = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(parsed, form.NATIONAL if is_national else form.INTERNATIONAL)


def digits(number: str) -> str:
    """The form for the v1 API: E.164 without its "+", other addresses as they are."""
    return number[1:] if _E164_SHAPE.fullmatch(number) else number


def dialled(number: str) -> str:
    """The form for carriers: a short code without its country, other addresses as they are."""
    return number.partition(":")[2] if SHORT_CODE.fullmatch(number) else number


def national_digits(number: str) -> str:
    """The digits of a canonical address as they end in every spelling, without country code and trunk zero.

    The name of an alphanumeric sender as it is.
    """
    parsed = _parse(number, None) if _E164_SHAPE.fullmatch(number) else None
    return str(parsed.national_number) if parsed else dialled(number).lstrip("+")


def is_number(number: str) -> bool:
    """Whether a canonical address is a number or a short code, and not a sender's name."""
    return bool(_E164_SHAPE.fullmatch(number) or SHORT_CODE.fullmatch(number))


def is_short_code(number: str) -> bool:
    return bool(SHORT_CODE.fullmatch(number))


@lru_cache(maxsize=1024)  # asked of our own numbers, for each request of a text
def is_toll_free(number: str) -> bool:
    """Whether a canonical address is a toll-free number of North America. Those of other countries carry no texts."""
    parsed = _parse(number, None) if _NORTH_AMERICAN.fullmatch(number) else None
    return parsed is not None and phonenumbers.number_type(parsed) == phonenumbers.PhoneNumberType.TOLL_FREE


def is_agent(number: str) -> bool:
    """Whether an address is an RCS agent, such as "rcs:northside_agent"."""
    return bool(_AGENT.fullmatch(number))


def is_canadian(number: str) -> bool:
    """Whether a canonical address belongs to Canada: by its area code, or by the country of its short code."""
    return country_of(number) == "CA"


def country_of(number: str) -> str:
    """The ISO 3166 code of an address's country; empty if it has none, such as a sender's name."""
    if match := SHORT_CODE.fullmatch(number):
        return match.group().partition(":")[0]
    parsed = _parse(number, None) if _E164_SHAPE.fullmatch(number) else None
    return (parsed and phonenumbers.region_code_for_number(parsed)) or ""


# -- parsing ---------------------------------------------------------------------------------------------------


def _normalized(raw: str) -> str:
    """The text in compatibility form (no full-width characters), with single spaces, without invisible characters."""
    start = raw[: 4 * LONGEST]
    visible = "".join(char for char in start if char.isspace() or unicodedata.category(char)[0] != "C")
    return " ".join(unicodedata.normalize("NFKC", visible).split())


def _dialled_digits(text: str) -> str | None:
    """The digits, with a leading "+" if there is one and without separators; None for other text.

    Letters are not read as digits ("1-800-FLOWERS"): alphanumeric senders look the same.
    """
    if prefix := _PREFIX.match(text):
        text = _LINK_END.sub("", text[prefix.end() :])
    characters = []
    for char in text:
        if char.isdecimal():
            characters.append(str(unicodedata.decimal(char)))
        elif char == "+":
            characters.append(char)
        elif char not in _SEPARATORS and unicodedata.category(char) not in {"Pd", "Ps", "Pe"}:
            return None
    number = "".join(characters)
    return number if re.fullmatch(r"\+?[0-9]+", number) else None


def _assigned_number(typed: str, country: str) -> str | None:
    """The E.164 of an assigned number; None for other digits.

    The country code comes first, since phonenumbers.parse("4915123456789", "DE") returns +494915123456789, a number in
    East Frisia. Three to six digits are none: phonenumbers.parse("384387", "US") returns +1384387.
    """
    if len(typed) <= 6 and typed[0] != "+":
        return None
    if typed[0] == "+":
        return _assigned(typed, None)
    code = str(phonenumbers.country_code_for_region(country))
    if typed.startswith(code) and (number := _assigned("+" + typed, None)):
        return number
    if number := _assigned(typed, country):
        return number
    return _assigned("+" + typed[2:], None) if typed.startswith("00") else None


def _unassigned(typed: str, country: str) -> str:
    """The address for a carrier's digits that are not an assigned number."""
    if typed[0] == "+":
        return typed
    if len(typed) <= 8:
        return _short_code(typed, country)
    parsed = _parse(typed, country)
    if parsed and phonenumbers.is_possible_number(parsed):
        return from_carrier(_e164(parsed), country)
    return from_carrier("+" + typed, country)


def _short_code(typed: str, country: str) -> str:
    is_country = re.fullmatch(r"[A-Z]{2}", country)
    return f"{country if is_country else _UNKNOWN_REGION}:{typed}"


def _assigned(typed: str, country: str | None) -> str | None:
    parsed = _parse(_OLD_MEXICAN_MOBILE.sub(r"+52\1", typed), country)
    return _e164(parsed) if parsed and phonenumbers.is_valid_number(parsed) else None


def _parse(typed: str, country: str | None) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(typed, country)
    except phonenumbers.NumberParseException:
        return None


def _e164(number: phonenumbers.PhoneNumber) -> str:
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
