"""Consent headers: every column that may state an opt-out is known or asked about, and no other."""

import pytest

from contacts.imports.consent_headers import consent_field
from contacts.imports.headers import match_columns, reserved_header, states_persons_word

OPT_OUT = """Opt Out|OPT-OUT|Opt Out (Y/N)|Opt Out?|opt_out_yn|SMS Opt-Out|SMSOptOut|smsoptout|Opted Out of SMS
has_opted_out|Is Opted Out|HasOptedOutOfSMS|HASOPTEDOUT|IsMessagingOptedOut|opted_out_at|Opt Out Date|OptOutType
Do Not Text|do_not_sms|Do Not Contact|Don't text|DNC|Unsubscribed|unsubscribed_at|is_unsubscribed|isunsubscribed
Unsubscribe Date|Suppressed|Unsubscribed from SMS|Consent revoked|customerOptOut|Abgemeldet|Abmeldung"""
OPT_IN = """Subscribed|Accepts SMS Marketing|SMS Consent|Marketing Consent|Opt In|opt-in|Opted In|Subscription Status
Accepts Marketing"""
ASKED = """Texting OK?|Texts allowed?|SMS preference|Marketing permission
Status|SMS Status|Contact Status|Email Opt Out|Unsubscribed from all email|Newsletter subscribed
Opt out reason|Consent source|Stop|Bus stop|Do Not Call|Subscription plan|Blocked|Stopped by|Blacklist"""
OTHER = """Name|Last Name|Contact|Date|Created At|Text|Mobile phone|Phone Number|Notes|Tags|List|Reason|Line|Option
Optician|Marketing|Type|Acceptance|Shoe size|State|Adopted|"""


def _titles(text: str) -> list[str]:
    return text.replace("\n", "|").split("|")


@pytest.mark.parametrize(
    ("field", "title"),
    [
        (field, title)
        for field, titles in {"opt_out": OPT_OUT, "opt_in": OPT_IN, "?": ASKED, "": OTHER}.items()
        for title in _titles(titles)
    ],
)
def test_a_header_is_known_or_asked_about(field: str, title: str) -> None:
    assert consent_field(title) == field


@pytest.mark.parametrize(
    ("title", "samples", "field"),
    [
        ("Status", ["Active", "Unsubscribed"], "opt_out"),
        ("Status", ["Lead", "Subscribed"], "opt_out"),
        ("Status", ["Lead", "Customer"], "?"),
        ("Status", ["yes", "no"], "?"),
        ("Status", ["", ""], "?"),
        ("Stop", ["STOP", ""], "opt_out"),
    ],
)
def test_a_status_is_known_by_its_first_cells(title: str, samples: list[str], field: str) -> None:
    assert consent_field(title, samples) == field


@pytest.mark.parametrize(
    ("header", "columns"),
    [
        (["Phone", "Opt Out", "Do Not Text"], ["number", "opt_out", "opt_out"]),
        (["Phone", "SMS Consent", "unsubscribed_at"], ["number", "opt_in", "opt_out"]),
        (["Work Phone", "Name", "Mobile"], ["other_number", "display_name", "number"]),
        (["Home Phone", "Work Phone"], ["number", "other_number"]),
        (["Phone 1", "Phone 2", "Phone Type"], ["number", "other_number", ""]),
    ],
)
def test_several_columns_count(header: list[str], columns: list[str]) -> None:
    assert match_columns(header) == columns


def test_an_export_of_contacts_needs_no_answer() -> None:
    own = [
        "First Name",
        "Last Name",
        "Display Name",
        "Phone Number",
        "Email",
        "Opt Out",
        "List",
        "Tags",
        "Note",
    ]
    assert match_columns([*own, "Status"])[-1] == ""
    assert match_columns([*own, "SMS Consent"])[-1] == "opt_in"


def test_names_of_opt_out_columns_are_reserved() -> None:
    assert reserved_header("Do not SMS") == "Opt Out"
    assert reserved_header("Accepts SMS") == "Opt In"
    assert reserved_header("Bus stop") == ""


def test_opt_outs_of_other_systems_are_the_persons_word() -> None:
    for header, told in {
        "Opt Out": False,
        "OPT-OUT": False,
        "Unsubscribed": True,
        "SMS Consent": True,
    }.items():
        assert states_persons_word([header], match_columns([header])) is told
