"""Reasons in words: carrier codes and refusals."""

import pytest

from messaging.carriers import error_codes
from optout.consent_types import Refusal
from reports import reasons


@pytest.mark.parametrize(("code", "words"), [
    ("30003", "The phone could not be reached"), ("30005", "Unknown number"), ("30006", "A landline"),
    ("30007", "Filtered"), ("21610", "The person opted out"), ("30034", "not registered"),
    ("", "The carrier gave no reason"), ("4711", "The carrier reports error 4711"),
])  # fmt: skip
def test_carrier_codes_have_words(code: str, words: str) -> None:
    assert words in error_codes.carrier_reason(code)


def test_known_codes_link_to_the_carriers_page() -> None:
    assert error_codes.carrier_page_url("30003") == "https://www.twilio.com/docs/api/errors/30003"
    assert error_codes.carrier_page_url("4711") == "" and error_codes.carrier_page_url("") == ""
    assert all(
        code.isdecimal() and len(code) == 5 and not words.endswith(".")
        for code, words in error_codes.CARRIER_CODES.items()
    )
    assert len(set(error_codes.CARRIER_CODES.values())) == len(error_codes.CARRIER_CODES)


@pytest.mark.parametrize("reason", [*Refusal, "carrier_opted_out"])
def test_every_refusal_has_words(reason: str) -> None:
    assert " " in reasons.refusal_reason(reason) and "_" not in reasons.refusal_reason(reason)


def test_an_unknown_refusal_is_shown() -> None:
    assert (
        reasons.refusal_reason("sending_stopped") == "Sending stopped"
        and reasons.refusal_reason("") == "Other reason"
    )
