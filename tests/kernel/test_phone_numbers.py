"""Numbers: all forms of an address, and the same address from people's input and from carriers."""

import random
from collections.abc import Iterator
from itertools import product

import phonenumbers
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kernel import phone_numbers
from kernel.number_patterns import canonical_fast
from kernel.phone_numbers import (
    LONGEST,
    WITHHELD,
    InvalidNumber,
    canonical,
    dialled,
    digits,
    display,
    from_carrier,
    is_number,
)

FRONT_DESK = "+15105553344"

SPELLINGS = [
    "+15105553344",
    "15105553344",
    "5105553344",
    "510-555-3344",
    "(510) 555-3344",
    "510.555.3344",
    "510 555 3344",
    "510/555/3344",
    "1 (510) 555-3344",
    "1-510-555-3344",
    "+1 510 555 3344",
    "+1 (510) 555-3344",
    "(+1) 510 555 3344",
    "+1.510.555.3344",
    "[510] 555 – 3344",
    "510‑555‑3344",  # non-breaking hyphens
    "510\N{MINUS SIGN}555\N{MINUS SIGN}3344",
    "510·555·3344",
    "001 510 555 3344",
    "0015105553344",
    "011 1 510 555 3344",  # dialled abroad from the United States
    "tel:+15105553344",
    "tel:+1-510-555-3344",
    "TEL: 510 555 3344",
    "tel:+1-510-555-3344;isub=12345",
    "rcs:+15105553344",
    "RCS:+15105553344",
    "WhatsApp: +1 510 555 3344",
    "whatsapp:15105553344",
    "ｗｈａｔｓａｐｐ：+15105553344",
    "sms:+15105553344",
    "sms://+15105553344",
    "sms:+15105553344?body=STOP",
    "sms:+15105553344&body=STOP",
    "SMSTO:+15105553344:STOP",
    "mms:+15105553344",
    "mmsto:5105553344",
    "callto:+15105553344",
    "messenger:+15105553344",
    "viber: +1 510 555 3344",
    "  +15105553344\n",
    "\t510 555\xa03344 ",
    "\u202a+1 510 555 3344\u202c",  # copied from an address book with its direction marks
    "\ufeff5105553344",
    "510\u200b555\u200b3344",
    "+1 510 555\0 3344",
    "＋１５１０５５５３３４４",
    "（５１０）５５５－３３４４",
    "٥١٠٥٥٥٣٣٤٤",  # Arabic digits
    "५१०५५५३३४४",  # Devanagari digits
]


@pytest.mark.parametrize("raw", SPELLINGS)
def test_all_spellings_give_the_same_number(raw: str) -> None:
    assert canonical(raw, "US") == FRONT_DESK
    assert from_carrier(raw, "US") == FRONT_DESK


NUMBERS = [
    # raw, country of the team, canonical
    ("+442079460958", "US", "+442079460958"),
    ("+44 (0)20 7946 0958", "US", "+442079460958"),
    ("0044 20 7946 0958", "US", "+442079460958"),
    ("011 44 20 7946 0958", "US", "+442079460958"),
    ("020 7946 0958", "GB", "+442079460958"),
    ("44 20 7946 0958", "GB", "+442079460958"),
    ("00 1 510 555 3344", "GB", FRONT_DESK),
    ("+1 510 555 3344", "DE", FRONT_DESK),
    ("0151 23456789", "DE", "+4915123456789"),
    ("4915123456789", "DE", "+4915123456789"),
    ("46701234567", "SE", "+46701234567"),
    ("628123456789", "ID", "+628123456789"),
    ("416 555 0123", "US", "+14165550123"),  # Canada shares the plan
    ("416 555 0123", "CA", "+14165550123"),
    ("9123 4567", "SG", "+6591234567"),  # eight digits that are a whole number there
    # Mexico: the 1 before mobile numbers is history, yet still written
    ("+525512345678", "MX", "+525512345678"),
    ("+5215512345678", "MX", "+525512345678"),
    ("+52 1 55 1234 5678", "US", "+525512345678"),
    ("00 52 1 55 1234 5678", "US", "+525512345678"),
    ("55 1234 5678", "MX", "+525512345678"),
    ("525512345678", "MX", "+525512345678"),
    # Argentina: the 9 of a mobile number stays, and is distinguished from the 15 that people dial
    ("+5491112345678", "AR", "+5491112345678"),
    ("+54 9 11 1234-5678", "US", "+5491112345678"),
    ("011 15-1234-5678", "AR", "+5491112345678"),
    ("+54 11 15 1234 5678", "US", "+5491112345678"),
    ("+541112345678", "AR", "+541112345678"),
    # Italy: the leading zero of a landline is part of the number
    ("+390612345678", "IT", "+390612345678"),
    ("06 1234 5678", "IT", "+390612345678"),
    ("+39 06 1234 5678", "US", "+390612345678"),
    ("312 345 6789", "IT", "+393123456789"),
    # Brazil: trunk zero and carrier code are removed
    ("+5511912345678", "BR", "+5511912345678"),
    ("(11) 91234-5678", "BR", "+5511912345678"),
    ("0 11 91234-5678", "BR", "+5511912345678"),
    ("0 15 11 91234-5678", "BR", "+5511912345678"),
    ("5511912345678", "BR", "+5511912345678"),
    # numbers of no country, and the carrier's own for tests
    ("+80012345678", "US", "+80012345678"),
    ("+15005550006", "US", "+15005550006"),
    # short codes with their country
    ("US:384387", "US", "US:384387"),
    ("US:384387", "DE", "US:384387"),
    (" US:384387\n", "US", "US:384387"),
    ("GB:12345678", "US", "GB:12345678"),
]


# Three to six digits: a short code from a carrier, and in input only where short codes are asked for.
SHORT_CODES = [
    ("384387", "US", "US:384387"),
    (" ３８４３８７ ", "US", "US:384387"),
    ("٣٨٤٣٨٧", "US", "US:384387"),
    ("72345", "CA", "CA:72345"),
    ("2273", "DE", "DE:2273"),
    ("611", "US", "US:611"),
    ("sms:12345", "US", "US:12345"),
]


@pytest.mark.parametrize(("raw", "country", "number"), SHORT_CODES)
def test_a_few_digits_are_a_short_code_only_where_asked_for(raw: str, country: str, number: str) -> None:
    assert from_carrier(raw, country) == number
    plain = raw.removeprefix("sms:")
    assert canonical(plain, country, short_codes=True) == number
    hint = "Check its digits" if len(number) == 6 else f"write its country too: {number}"
    with pytest.raises(InvalidNumber, match=hint):
        canonical(plain, country)


@pytest.mark.parametrize(
    "raw", ["555-01", "38 43 87", "384-387", "(555) 01", "5.55.01", "+12345", "12", "1-2-3"]
)
@pytest.mark.parametrize("short_codes", [True, False])
def test_the_rest_of_a_number_is_no_short_code(raw: str, short_codes: bool) -> None:
    with pytest.raises(InvalidNumber, match="no such phone number"):
        canonical(raw, "US", short_codes=short_codes)


@pytest.mark.parametrize(("raw", "country", "number"), NUMBERS)
def test_input_and_carriers_give_the_same_number(raw: str, country: str, number: str) -> None:
    assert canonical(raw, country) == number
    assert from_carrier(raw, country) == number
    assert is_number(number)
    for anywhere in ("US", "MX", "AR", "IT", "BR", "SG"):
        assert canonical(number, anywhere) == number
        assert from_carrier(number, anywhere) == number


BLANK = "Enter a phone number"
LETTERS = "digits only"
EXTENSION = "extension"
NO_SUCH = "no such phone number"
TOO_LONG = "too long"

REFUSED = [
    # raw, what the message tells, and what a carrier's From of that kind becomes
    ("", BLANK, WITHHELD),
    (" \t\n", BLANK, WITHHELD),
    ("\0", BLANK, WITHHELD),
    ("\u200b\u202e", BLANK, WITHHELD),
    ("\ud83d", BLANK, WITHHELD),
    ("ACME", LETTERS, "ACME"),
    ("  Café  Bleu ", LETTERS, "Café Bleu"),
    ("Cafe\u0301", LETTERS, "Café"),
    ("ＡＣＭＥ", LETTERS, "ACME"),
    ("AC\0ME\x1b", LETTERS, "ACME"),
    ("A\ud800B", LETTERS, "AB"),
    ("A\nB\u2028C", LETTERS, "A B C"),
    ("GR8DEALS", LETTERS, "GR8DEALS"),
    ("8005553344DEALS", LETTERS, "8005553344DEALS"),
    ("1-800-FLOWERS", LETTERS, "1-800-FLOWERS"),
    ("510 555 3344 Bob", LETTERS, "510 555 3344 Bob"),
    ("us:384387", LETTERS, "us:384387"),
    ("US:", LETTERS, "US:"),
    ("US:123456789", LETTERS, "US:123456789"),
    ("USA:12345", LETTERS, "USA:12345"),
    ("bob@example.com", LETTERS, "bob@example.com"),
    ("anonymous", LETTERS, "anonymous"),
    ("+", LETTERS, "+"),
    ("tel:", LETTERS, "tel:"),
    ("sms:?body=STOP", LETTERS, "sms:?body=STOP"),
    ("tel:3344;phone-context=example.com", LETTERS, "tel:3344;phone-context=example.com"),
    ("rcs:acme_agent", LETTERS, "rcs:acme_agent"),
    ("messenger:12065550103", LETTERS, "messenger:12065550103"),  # a profile, which is no phone number
    ("whatsapp:whatsapp:", LETTERS, "whatsapp:whatsapp:"),
    ("()", LETTERS, "()"),
    ("1+5105553344", LETTERS, "1+5105553344"),
    ("++15105553344", LETTERS, "++15105553344"),
    ("+1510+5553344", LETTERS, "+1510+5553344"),
    ("510 555 3344, 510 555 3345", LETTERS, "510 555 3344, 510 555 3345"),
    ("*67 510 555 3344", LETTERS, "*67 510 555 3344"),
    ("510 555 3344 x5", EXTENSION, "510 555 3344 x5"),
    ("510-555-3344 ext. 12", EXTENSION, "510-555-3344 ext. 12"),
    ("510-555-3344 Extension 12", EXTENSION, "510-555-3344 Extension 12"),
    ("510-555-3344#5", EXTENSION, "510-555-3344#5"),
    ("tel:+15105553344;ext=5", EXTENSION, "tel:+15105553344;ext=5"),
    ("1", NO_SUCH, "US:1"),
    ("12", NO_SUCH, "US:12"),
    ("555 1234", NO_SUCH, "US:5551234"),
    ("12345678", NO_SUCH, "US:12345678"),
    ("000000000", NO_SUCH, "+000000000"),
    ("123456789", NO_SUCH, "+123456789"),
    ("012 345 6789", NO_SUCH, "+10123456789"),
    ("15551234567", NO_SUCH, "+15551234567"),  # 555 is not an area code, but simulators use it
    ("+1 555 123 4567", NO_SUCH, "+15551234567"),
    ("555 123 4567", NO_SUCH, "+15551234567"),
    ("447911123456", NO_SUCH, "+447911123456"),  # numbers of other countries need "+"
    ("41555526711", NO_SUCH, "+41555526711"),  # 415 555 2671 with an additional digit: would be Swiss
    ("510555334", NO_SUCH, "+510555334"),
    ("+384387", NO_SUCH, "+384387"),
    ("+1", NO_SUCH, "+1"),
    ("+0015105553344", NO_SUCH, "+0015105553344"),
    ("+999123456789", NO_SUCH, "+999123456789"),
    ("999123456789", NO_SUCH, "+999123456789"),
    ("+266696687", NO_SUCH, "+266696687"),  # Twilio's spelling of a withheld number
    ("+ (999) 12-34", NO_SUCH, "+9991234"),
    (
        "+551191234567",
        NO_SUCH,
        "+551191234567",
    ),  # a Brazilian mobile number from before 2012, without the ninth digit
    ("+52155123456789", NO_SUCH, "+52155123456789"),
    ("+" + "7" * 63, NO_SUCH, "+" + "7" * 63),
    ("9" * 64, NO_SUCH, "+" + "9" * 63),
    ("9" * 65, TOO_LONG, "+" + "9" * 63),
    ("A" * 65, TOO_LONG, "A" * 64),
    ("A" * 63 + " BC", TOO_LONG, "A" * 63),
    ("\ufdfa" * 64, TOO_LONG, ("صلى الله عليه وسلم" * 4)[:64]),
    (" " * 300 + "5105553344", BLANK, WITHHELD),
    ("5105553344" + " " * 300, TOO_LONG, FRONT_DESK),
    ("+1510555334" + "-" * 60 + "4", TOO_LONG, "+1510555334"),
]


@pytest.mark.parametrize(("raw", "message", "sender"), REFUSED)
def test_invalid_input_is_refused_but_accepted_from_carriers(raw: str, message: str, sender: str) -> None:
    with pytest.raises(InvalidNumber, match=message):
        canonical(raw, "US")
    assert from_carrier(raw, "US") == sender
    for anywhere in ("US", "DE", "SG"):
        assert from_carrier(sender, anywhere) == sender


def test_invalid_number_is_a_value_error_with_a_sentence() -> None:
    with pytest.raises(ValueError, match=r"^[A-Z].*\.$"):
        canonical("ACME", "US")


@pytest.mark.parametrize("country", ["", "us", "USA", "United States", "U\0", "É1"])
def test_carrier_with_an_unknown_country_is_accepted(country: str) -> None:
    assert from_carrier("384387", country) == "ZZ:384387"
    assert from_carrier("ZZ:384387", country) == "ZZ:384387"
    assert from_carrier("+442079460958", country) == "+442079460958"
    assert from_carrier("5105553344", country) == "+5105553344"


@pytest.mark.parametrize(
    ("number", "country", "shown", "in_api", "at_carrier", "textable"),
    [
        (FRONT_DESK, "US", "(510) 555-3344", "15105553344", FRONT_DESK, True),
        (FRONT_DESK, "CA", "(510) 555-3344", "15105553344", FRONT_DESK, True),
        (FRONT_DESK, "GB", "+1 510-555-3344", "15105553344", FRONT_DESK, True),
        (FRONT_DESK, "", "+1 510-555-3344", "15105553344", FRONT_DESK, True),
        ("+14165550123", "US", "(416) 555-0123", "14165550123", "+14165550123", True),
        ("+15551234567", "US", "(555) 123-4567", "15551234567", "+15551234567", True),
        ("+442079460958", "US", "+44 20 7946 0958", "442079460958", "+442079460958", True),
        ("+442079460958", "GB", "020 7946 0958", "442079460958", "+442079460958", True),
        ("+390612345678", "IT", "06 1234 5678", "390612345678", "+390612345678", True),
        ("+525512345678", "US", "+52 55 1234 5678", "525512345678", "+525512345678", True),
        ("+999123456789", "US", "+999123456789", "999123456789", "+999123456789", True),
        ("+1", "US", "+1", "1", "+1", True),
        ("+" + "7" * 63, "US", "+" + "7" * 63, "7" * 63, "+" + "7" * 63, True),
        ("US:384387", "US", "384387", "US:384387", "384387", True),
        ("US:384387", "DE", "384387", "US:384387", "384387", True),
        ("ZZ:1", "US", "1", "ZZ:1", "1", True),
        ("ACME", "US", "ACME", "ACME", "ACME", False),
        ("GR8 DEALS", "US", "GR8 DEALS", "GR8 DEALS", "GR8 DEALS", False),
        ("US:123456789", "US", "US:123456789", "US:123456789", "US:123456789", False),
        ("us:384387", "US", "us:384387", "us:384387", "us:384387", False),
        ("1+5105553344", "US", "1+5105553344", "1+5105553344", "1+5105553344", False),
        (WITHHELD, "US", WITHHELD, WITHHELD, WITHHELD, False),
        ("", "US", "", "", "", False),
    ],
)
def test_forms_of_an_address(
    number: str, country: str, shown: str, in_api: str, at_carrier: str, textable: bool
) -> None:
    assert display(number, country) == shown
    assert digits(number) == in_api
    assert dialled(number) == at_carrier
    assert is_number(number) is textable


def test_default_country_of_display_is_the_united_states() -> None:
    assert display(FRONT_DESK) == "(510) 555-3344"


@pytest.mark.parametrize(
    ("sender", "channel"),
    [
        ("whatsapp:+15105553344", "whatsapp"), ("WhatsApp : +15105553344", "whatsapp"), (" RCS:agent", "rcs"),
        ("messenger:1206", "messenger"), ("sms:+15105553344", ""), ("tel:+15105553344", ""), (FRONT_DESK, ""),
        ("US:384387", ""), ("rcs", ""), ("whatsapp +1", ""), ("", ""),
    ],
)  # fmt: skip
def test_channel_of_an_address(sender: str, channel: str) -> None:
    assert phone_numbers.channel_of(sender) == channel


REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)
FORMS = [
    phonenumbers.PhoneNumberFormat.E164,
    phonenumbers.PhoneNumberFormat.INTERNATIONAL,
    phonenumbers.PhoneNumberFormat.NATIONAL,
    phonenumbers.PhoneNumberFormat.RFC3966,
]


def test_mobile_and_landline_numbers_of_all_countries() -> None:
    kinds = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE)
    for region, kind in product(REGIONS, kinds):
        number = phonenumbers.example_number_for_type(region, kind)
        if number is None:
            continue
        e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        assert canonical(digits(e164), region) == from_carrier(digits(e164), region) == e164
        for raw in [phonenumbers.format_number(number, form) for form in FORMS]:
            only = "".join(char for char in raw if char.isdigit() or char == "+")
            if len(only) <= 6:
                assert from_carrier(raw, region) == f"{region}:{only}", raw
                with pytest.raises(InvalidNumber):
                    canonical(raw, region)
            else:
                assert canonical(raw, region) == from_carrier(raw, region) == e164, raw
        for country in ("US", "DE"):
            assert canonical(e164, country) == from_carrier(e164, country) == e164


def parsed_or_none(raw: str, country: str) -> str | None:
    try:
        return phone_numbers._canonical_full(raw, country, False)
    except InvalidNumber:
        return None


def sample_numbers(code: int, chance: random.Random) -> Iterator[str]:
    """Numbers near the examples of a country's plan, and random numbers."""
    yield from (f"+{code}{chance.randrange(10**9, 10**10)}" for _ in range(10))
    for region in phonenumbers.COUNTRY_CODE_TO_REGION_CODE[code]:
        for kind in phonenumbers.PhoneNumberType.values():
            if example := phonenumbers.example_number_for_type(region, kind):
                raw = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
                at = chance.randrange(len(str(code)) + 1, len(raw))
                yield from (
                    raw,
                    raw[:-1],
                    f"{raw[:at]}0{raw[at:]}",
                    f"{raw[:at]}{chance.randrange(10)}{raw[at + 1 :]}",
                )


def test_fast_path_agrees_with_parsing() -> None:
    chance = random.Random(1)
    raws = [raw for code in phonenumbers.COUNTRY_CODE_TO_REGION_CODE for raw in sample_numbers(code, chance)]
    raws += [
        f"{start}{chance.randrange(2 * 10**9, 10**10)}" for start in ("", "1", "+1") for _ in range(1000)
    ]
    assert [raw for raw in raws if canonical_fast(raw, "US") not in (None, parsed_or_none(raw, "US"))] == []


def test_fast_path_handles_the_usual_spellings() -> None:
    for region in phonenumbers.COUNTRY_CODE_TO_REGION_CODE[1]:
        for raw in ("+15105553344", "(510) 555-3344", "1-510-555-3344", "510.555.3344", "15105553344"):
            assert (
                canonical_fast(raw, region) == FRONT_DESK == phone_numbers._canonical_full(raw, region, False)
            )


ANY_TEXT = st.text(st.characters())  # surrogates, NUL and unassigned characters among them
LIKELY_TEXT = st.text(st.sampled_from("0123456789+ -().:US\u200b１٣xé"), max_size=24)
COUNTRY_CODES = st.sampled_from(sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE)).map(str)
ASCII_DIGITS = st.text("0123456789", max_size=14)
NEARLY_NUMBERS = st.builds(
    "".join,
    st.tuples(st.sampled_from(["+", "", "00", "011", "+1"]), COUNTRY_CODES | st.just(""), ASCII_DIGITS),
)
RAW = ANY_TEXT | LIKELY_TEXT | NEARLY_NUMBERS
COUNTRY = st.sampled_from(REGIONS)


def canonical_or_none(raw: str, country: str) -> str | None:
    try:
        return canonical(raw, country)
    except InvalidNumber:
        return None


@settings(max_examples=500)
@given(RAW, COUNTRY, COUNTRY)
@example("+115105553344", "US", "DE")
@example("00345591557", "AU", "US")  # its first result, +610345591557, could be parsed again
@example("+4900301234567", "DE", "US")
@example("5105553344" + "-" * 54 + "x", "US", "US")
@example("+" + "1" * 64 + "x", "US", "US")
def test_canonical_and_from_carrier_agree_and_are_idempotent(raw: str, country: str, elsewhere: str) -> None:
    number, sender = canonical_or_none(raw, country), from_carrier(raw, country)
    assert number in (None, sender)
    assert 0 < len(sender) <= LONGEST
    assert sender.isprintable()
    for anywhere in (country, elsewhere):
        assert from_carrier(sender, anywhere) == sender
        assert number is None or canonical_or_none(number, anywhere) == number


@given(RAW, ANY_TEXT)
def test_from_carrier_never_fails(raw: str, country: str) -> None:
    sender = from_carrier(raw, country)
    assert sender
    assert from_carrier(sender, country) == sender


@given(RAW, ANY_TEXT | COUNTRY)
def test_all_addresses_have_all_forms(raw: str, country: str) -> None:
    sender = from_carrier(raw, country)
    assert display(sender, country)
    assert dialled(sender)
    assert digits(sender)
    assert is_number(sender) in (True, False)


@settings(max_examples=300)
@given(st.integers(2_000_000_000, 9_999_999_999))
def test_north_american_numbers_are_unchanged(national: int) -> None:
    parsed = phonenumbers.parse(f"+1{national}")
    assert from_carrier(f"+1{national}", "US") == phonenumbers.format_number(
        parsed, phonenumbers.PhoneNumberFormat.E164
    )
