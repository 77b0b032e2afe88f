"""Makes the canonical address of the other side, by which contacts, locks and suppressions are keyed.

It has three forms that never meet: E.164 ("+15105553344"), a short code with its country ("US:384387"), and
an alphanumeric sender ("ACME"). `canonical` and `from_carrier` agree on every number that both take, and both
give back unchanged what either has made.
"""

import re
import unicodedata
from functools import cache, lru_cache

import phonenumbers

LONGEST = 64  # characters of a canonical address; E.164 itself allows 15 digits
WITHHELD = "unknown"  # the sender of a text whose From shows nothing

_NOWHERE = "ZZ"  # CLDR's code for an unknown region, where a carrier does not name the country
_SHORT_CODE = re.compile(r"[A-Z]{2}:[0-9]{1,8}")
_E164_SHAPE = re.compile(r"\+[0-9]+")
_NORTH_AMERICAN = re.compile(r"\+1[2-9][0-9]{9}")
_BETWEEN = " ./·•\N{MINUS SIGN}"  # and every kind of dash and bracket
_EXTENSION = re.compile(r"[0-9][\s,;]*(?:ext\.?|extension|x|#)[\s.:=]*[0-9]+$", re.IGNORECASE)

# Mexico dropped the 1 before mobile numbers on 3 August 2019 (IFT, national numbering plan), but carriers and
# address books still write it: the person is one, so the number must be.
_OLD_MEXICAN_MOBILE = re.compile(r"\A\+521([0-9]{10})\Z")


class InvalidNumber(ValueError):
    """The input is no number that can be texted; the message tells a person what to do."""


def canonical(raw: str, country: str) -> str:
    """The address that a person, a file or a program gave us, in any spelling; raises InvalidNumber.

    `country` (ISO 3166 alpha-2) is the home of numbers without "+", whether they begin with its country code
    ("15105553344") or not; another country's need "+" or 00, since one digit too many makes a Swiss number of
    many a Californian one. Three to six digits are a short code, also where a whole number is that short.
    """
    return _quickly(raw, country) or _thoroughly(raw, country)


def _thoroughly(raw: str, country: str) -> str:
    text = _tidy(raw)
    if not text:
        raise InvalidNumber("Enter a phone number.")
    if len(raw) > 4 * LONGEST or len(text) > LONGEST:
        raise InvalidNumber("This is too long for a phone number. Enter one number, like +1 510 555 3344.")
    if _SHORT_CODE.fullmatch(text):
        return text
    keyed = _keyed(text)
    if keyed is None:
        raise InvalidNumber(
            "A text cannot go to an extension. Enter the number without it."
            if _EXTENSION.search(text)
            else "A phone number has digits only. Write it like +1 510 555 3344."
        )
    number = _known(keyed, country)
    if number is None:
        raise InvalidNumber(
            "There is no such phone number. Check its digits, and write a number of another country"
            " with + and its country code, like +44 20 7946 0958."
        )
    return number


def from_carrier(raw: str, country: str) -> str:
    """The address in a carrier's signed webhook: never raises, never empty.

    Where `canonical` takes it, the same. Else up to eight digits are a short code of `country`, more are a
    number that our tables do not know, kept with "+"; and the rest is an alphanumeric sender.
    """
    if _NORTH_AMERICAN.fullmatch(raw):
        return raw  # canonical as it is; spares the parsing of nearly every webhook
    text = _tidy(raw)[:LONGEST].rstrip()
    if _SHORT_CODE.fullmatch(text):
        return text
    keyed = _keyed(text)
    if keyed is None:
        return text or WITHHELD
    return _known(keyed, country) or _unknown(keyed, country)


def display(number: str, country: str = "US") -> str:
    """A canonical address as a person reads it; a number of the home country's plan without country code."""
    parsed = _parse(number, None) if _E164_SHAPE.fullmatch(number) else None
    if parsed is None:
        return dialled(number)
    at_home = parsed.country_code == phonenumbers.country_code_for_region(country)
    form = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(parsed, form.NATIONAL if at_home else form.INTERNATIONAL)


def digits(number: str) -> str:
    """The form of the v1 API: E.164 without its "+", other addresses as they are."""
    return number[1:] if _E164_SHAPE.fullmatch(number) else number


def dialled(number: str) -> str:
    """The form that carriers take: a short code without its country, other addresses as they are."""
    return number.partition(":")[2] if _SHORT_CODE.fullmatch(number) else number


def is_textable(number: str) -> bool:
    """Whether a text can be sent there at all: an alphanumeric sender takes none."""
    return bool(_E164_SHAPE.fullmatch(number) or _SHORT_CODE.fullmatch(number))


# -- the short cut of nearly every number in a file: ten times as fast, and never another answer ---------------------

_CODES = frozenset(map(str, phonenumbers.COUNTRY_CODE_TO_REGION_CODE))
_SIGNS = str.maketrans("", "", " ./-()[]\t\xa0")


def _quickly(raw: str, country: str) -> str | None:
    """What `_thoroughly` would answer to a whole number in plain digits; None where that takes a closer look."""
    keyed = raw.translate(_SIGNS)
    if len(raw) > LONGEST or not keyed.isascii():
        return None
    if keyed[:1] == "+" and keyed[1:].isdigit():
        code = _country_code(keyed[1:4])
        return keyed if code and _national(code).fullmatch(keyed, len(code) + 1) else None
    if not keyed.isdigit() or _code_of(country) != 1:
        return None
    national = keyed[1:] if len(keyed) == 11 and keyed[0] == "1" else keyed
    return f"+1{national}" if len(national) == 10 and _national("1").fullmatch(national) else None


@lru_cache(maxsize=512)
def _code_of(country: str) -> int:
    return phonenumbers.country_code_for_region(country)


@lru_cache(maxsize=1000)
def _country_code(start: str) -> str | None:
    """The country code that these three digits begin with."""
    codes = (start[:length] for length in (1, 2, 3))
    return next((code for code in codes if code in _CODES), None)


@cache
def _national(code: str) -> re.Pattern[str]:
    """Every assigned number behind this country code that parsing leaves as it is, in phonenumbers' own patterns.

    As is_valid_number goes about it: the first region whose leading digits fit decides; one without them, if it has
    assigned the number.
    """
    regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE[int(code)]
    known = phonenumbers.PhoneMetadata.metadata_for_region_or_calling_code
    plans = [plan for region in regions if (plan := known(int(code), region))]
    choices, taken = [], ""
    for plan in plans:
        fits = f"(?={plan.leading_digits})" if plan.leading_digits else ""
        choices.append(f"{taken}{fits}{_assigned_by(plan)}")
        taken += f"(?!{plan.leading_digits})" if plan.leading_digits else ""
    trunk = plans[0].national_prefix_for_parsing
    return re.compile((f"(?!{trunk})" if trunk else "") + f"(?:{'|'.join(choices)})")


def _assigned_by(plan: phonenumbers.PhoneMetadata) -> str:
    kinds = (
        plan.fixed_line, plan.mobile, plan.premium_rate, plan.toll_free, plan.shared_cost,
        plan.voip, plan.personal_number, plan.pager, plan.uan, plan.voicemail,
    )  # fmt: skip
    patterns = dict.fromkeys(_of_kind(kind) for kind in kinds if kind and kind.national_number_pattern)
    overall = _of_kind(plan.general_desc) if plan.general_desc else ""
    return f"(?={overall}\\Z)(?:{'|'.join(patterns)})"


def _of_kind(kind: phonenumbers.PhoneNumberDesc) -> str:
    lengths = "|".join(f"[0-9]{{{length}}}" for length in kind.possible_length)
    return (f"(?=(?:{lengths})\\Z)" if lengths else "") + f"(?:{kind.national_number_pattern})"


# -- how an address is read ------------------------------------------------------------------------------------------


def _tidy(raw: str) -> str:
    """In compatibility form (full-width and the like), single blanks, nothing invisible or undisplayable."""
    start = raw[: 4 * LONGEST]
    shown = "".join(char for char in start if char.isspace() or unicodedata.category(char)[0] != "C")
    return " ".join(unicodedata.normalize("NFKC", shown).split())


def _keyed(text: str) -> str | None:
    """The digits, after "+" if there is one, without what people write between them; None for anything else.

    Letters are not read as digits ("1-800-FLOWERS"): alphanumeric senders look the same.
    """
    if text[:4].lower() == "tel:":
        text = text[4:]
    kept = []
    for char in text:
        if char.isdecimal():
            kept.append(str(unicodedata.decimal(char)))
        elif char == "+":
            kept.append(char)
        elif char not in _BETWEEN and unicodedata.category(char) not in {"Pd", "Ps", "Pe"}:
            return None
    number = "".join(kept)
    return number if re.fullmatch(r"\+?[0-9]+", number) else None


def _known(keyed: str, country: str) -> str | None:
    """A short code, or the E.164 of a number that is assigned; None when it is neither.

    Short codes come first: phonenumbers.parse("384387", "US") answers +1384387. So does the country code:
    phonenumbers.parse("4915123456789", "DE") answers +494915123456789, a number in East Frisia.
    """
    if 3 <= len(keyed) <= 6 and keyed[0] != "+":
        return _short_code(keyed, country)
    if keyed[0] == "+":
        return _assigned(keyed, None)
    code = str(phonenumbers.country_code_for_region(country))
    if keyed.startswith(code) and (number := _assigned("+" + keyed, None)):
        return number
    if number := _assigned(keyed, country):
        return number
    return _assigned("+" + keyed[2:], None) if keyed.startswith("00") else None


def _unknown(keyed: str, country: str) -> str:
    """What to call digits from a carrier that are no assigned number."""
    if keyed[0] == "+":
        return keyed
    if len(keyed) <= 8:
        return _short_code(keyed, country)
    parsed = _parse(keyed, country)
    if parsed and phonenumbers.is_possible_number(parsed):
        return from_carrier(_e164(parsed), country)
    return from_carrier("+" + keyed, country)


def _short_code(keyed: str, country: str) -> str:
    known = re.fullmatch(r"[A-Z]{2}", country)
    return f"{country if known else _NOWHERE}:{keyed}"


def _assigned(keyed: str, country: str | None) -> str | None:
    parsed = _parse(_OLD_MEXICAN_MOBILE.sub(r"+52\1", keyed), country)
    return _e164(parsed) if parsed and phonenumbers.is_valid_number(parsed) else None


def _parse(keyed: str, country: str | None) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(keyed, country)
    except phonenumbers.NumberParseException:
        return None


def _e164(number: phonenumbers.PhoneNumber) -> str:
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
