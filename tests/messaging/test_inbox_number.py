"""An inbox's number: what its type means, its addresses, its 10DLC registration, and what carriers refuse."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.audit.models import AuditEntry
from accounts.models import Inbox, KeywordResponder, Member
from accounts.number_types import NumberType, guess_number_type
from kernel.tenancy import scope
from messaging.carriers.error_codes import CARRIER_CODES
from messaging.models import Conversation, Message, MessageStatus
from messaging.numbers.filter_codes import ADVICE, advice_for
from messaging.numbers.models import Registration, RegistrationState
from messaging.numbers.registration_wording import advice_on
from messaging.numbers.type_rules import needs_registration, rules_of
from tests.api.conftest import create_client
from tests.cast import MARIA, Cast
from tests.messaging.fake_twilio import FakeTwilio

SERVICE, AGENT = "MG" + "a" * 32, "rcs:northside_agent"


@pytest.fixture
def save(cast: Cast) -> Callable[..., None]:
    def change(**columns: Any) -> None:
        with scope(cast.northside.id):
            Inbox.objects.filter(team=cast.northside, id=cast.front_desk.id).update(**columns)

    return change


@pytest.fixture
def stored(cast: Cast) -> Callable[[], Inbox]:
    def read() -> Inbox:
        with scope(cast.northside.id):
            return Inbox.objects.get(team=cast.northside, id=cast.front_desk.id)

    return read


@pytest.fixture
def pages(cast: Cast, as_client: Callable[[Member], Client]) -> Callable[..., Any]:
    """Open or post the front desk's page of this name as an admin."""
    browser = as_client(cast.admin)

    def call(name: str = "inbox_number", form: dict[str, str] | None = None) -> Any:
        url = reverse(name, args=[cast.northside.slug, cast.front_desk.id])
        return browser.get(url) if form is None else browser.post(url, form, follow=True)

    return call


def words_of(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


# -- the rules of the types --------------------------------------------------------------------------------------

WE, CARRIER = KeywordResponder.WE, KeywordResponder.CARRIER
# Number, who replies: what answers STOP, START and HELP, what a first text says, and what limits say.
RULES = {
    ("+15105550100", WE): (r"^Heymarket\.$", r"^Heymarket", r"^Heymarket", r"Reply STOP", r"30034.*30023"),
    ("+15105550100", CARRIER): (r"^Twilio, to its own", r"^Twilio", r"^Twilio", r"Reply STOP", r"30034"),
    ("+447911123456", WE): (r"^Heymarket\.$", r"^Heymarket", r"^Heymarket", r"Reply STOP", r"One segment"),
    ("+18005550199", WE): (
        r"^The network, always",
        r"YES lifts nothing",
        r"^Heymarket",
        r"STOP",
        r"30032.*30004",
    ),
    ("+18005550199", CARRIER): (
        r"^The network.*Twilio",
        r"^The network",
        r"^Twilio",
        r"STOP",
        r"30032.*30004",
    ),
    ("US:384387", WE): (
        r"^Heymarket",
        r"^Heymarket",
        r"also to people who opted out",
        r"Msg & data",
        r"hundred",
    ),
    ("US:384387", CARRIER): (r"^Twilio", r"^Twilio", r"^Twilio.*opted out", r"HELP.*STOP", r"own country"),
    ("ACME", WE): (
        r"^Nobody",
        r"^Nobody",
        r"^Nobody",
        r"without replying",
        r"No replies.*United States.*30018",
    ),
    ("ACME", CARRIER): (r"^Nobody", r"^Nobody", r"^Nobody", r"link", r"No replies"),
    (AGENT, WE): (r"^Heymarket.*SMS, MMS and RCS", r"^Heymarket", r"^Heymarket", r"Reply STOP", r"RCS only"),
    (AGENT, CARRIER): (r"^Twilio.*SMS, MMS and RCS", r"^Twilio", r"^Twilio", r"Reply STOP", r"fallback"),
}


def test_each_type_has_rules_for_each_answering_side() -> None:
    assert {(guess_number_type(number), side) for number, side in RULES} == {
        (kind, side) for kind in NumberType for side in KeywordResponder
    }
    for (number, side), expected in RULES.items():
        rules = rules_of(Inbox(number=number, keyword_responder=side))
        found = (rules.stop, rules.start, rules.help, rules.first_text, " ".join(rules.limits))
        for words, pattern in zip(found, expected, strict=True):
            assert re.search(pattern, words), (number, side, pattern, words)
        assert needs_registration(Inbox(number=number)) == (number == "+15105550100")


def test_each_filter_code_has_words_and_advice() -> None:
    for code in ADVICE:
        assert code in CARRIER_CODES
        for kind in NumberType:
            may_be_stop = "texted STOP" in advice_for(code, kind)
            assert may_be_stop == (code == "30004" and kind is NumberType.TOLL_FREE)


def test_there_is_advice_on_each_state_that_needs_something() -> None:
    for state in RegistrationState:
        fine = state in (RegistrationState.APPROVED, RegistrationState.UNKNOWN)
        sentences = advice_on(Registration(brand_state=state, campaign_state=state))
        assert len(sentences) == (0 if fine else 2), state
        assert fine or ("The brand" in sentences[0] or "the brand" in sentences[0])


# -- the page ----------------------------------------------------------------------------------------------------


def test_the_page_explains_the_type(pages: Callable[..., Any], save: Callable[..., None]) -> None:
    assert "Long code Guessed from the number. It means" in words_of(pages())
    save(number="+18005550199")
    shown = words_of(pages())
    assert "Toll-free number Guessed" in shown and "10DLC registration" not in shown
    save(number="ACME", carrier="simulator")
    assert "Nobody. People cannot reply to a name" in words_of(pages())
    assert "People cannot text a sender" in words_of(pages("inbox_connection"))


def test_an_admin_chooses_the_type_and_lists_addresses(
    cast: Cast, pages: Callable[..., Any], stored: Callable[[], Inbox]
) -> None:
    pages(
        form={
            "stated_number_type": "short_code",
            "further_addresses": f"{AGENT.upper()}\n\n {SERVICE}\n{AGENT}",
        }
    )
    inbox = stored()
    assert (inbox.number_type, inbox.number_type_source) == (NumberType.SHORT_CODE, "admin")
    assert inbox.further_addresses == [AGENT, SERVICE]
    assert "Short code Chosen by an admin." in words_of(pages())
    with scope(cast.northside.id):
        changed = set(AuditEntry.objects.filter(team=cast.northside).values_list("setting", flat=True))
    assert changed == {"Front Desk: Type", "Front Desk: Further addresses"}
    pages(form={"stated_number_type": "", "further_addresses": ""})
    inbox = stored()
    assert (inbox.number_type, inbox.number_type_source) == (NumberType.LONG_CODE, "number")
    assert inbox.further_addresses == []


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"stated_number_type": "fax"}, "Select a valid choice"),
        ({"further_addresses": "+15105550100"}, "“+15105550100” is none of these"),
        ({"further_addresses": f"{AGENT}\nMG12"}, "“MG12” is none of these"),
        ({"further_addresses": "rcs:billing_agent"}, "belongs to Billing already"),
        ({"further_addresses": "\n".join(f"rcs:agent_{n}" for n in range(21))}, "at most 20"),
    ],
)
def test_a_wrong_entry_is_refused(
    cast: Cast, pages: Callable[..., Any], stored: Callable[[], Inbox], form: dict[str, str], error: str
) -> None:
    with scope(cast.northside.id):
        Inbox.objects.filter(team=cast.northside, id=cast.billing.id).update(
            further_addresses=["rcs:billing_agent"]
        )
    response = pages(form=form)
    assert response.status_code == 422 and error in words_of(response)
    assert stored().further_addresses == []


def test_an_address_that_no_inbox_has_is_offered(
    cast: Cast, carrier: FakeTwilio, pages: Callable[..., Any], stored: Callable[[], Inbox]
) -> None:
    carrier.text(cast.front_desk, MARIA, "hello", To=AGENT)
    assert f"Texts to {AGENT} belong to this account" in words_of(pages())
    assert "Add it to this inbox" not in words_of(pages("inbox_address", {}))
    assert (stored().further_addresses, stored().unlisted_address) == ([AGENT], "")


# -- 10DLC -------------------------------------------------------------------------------------------------------

ENTERED = {
    "brand": "Northside Dental",
    "brand_state": "approved",
    "campaign": "C1",
    "campaign_state": "rejected",
}


def test_a_registration_is_entered_by_hand(cast: Cast, pages: Callable[..., Any]) -> None:
    shown = words_of(pages())
    assert "Brand Not known" in shown and "Campaign Not known" in shown
    shown = words_of(pages("inbox_registration", {**ENTERED, "problem": "No opt-in described"}))
    assert "Entered by hand." in shown and "Rejected · C1" in shown and "No opt-in described" in shown
    assert "The campaign was rejected. Correct what the carrier says" in shown
    assert pages("inbox_registration", {**ENTERED, "brand_state": "famous"}).status_code == 422
    with scope(cast.northside.id):
        assert Registration.objects.get(team=cast.northside).campaign == "C1"


def american_number(carrier: FakeTwilio, **campaign: Any) -> None:
    carrier.numbers = [{"sid": "PN1", "phone_number": "+15105550100"}]
    carrier.services = [{"sid": SERVICE, "numbers": ["PN1"]}]
    if campaign:
        carrier.campaigns[SERVICE] = [{"brand_registration_sid": "BN1", "campaign_id": "CAMP1", **campaign}]
        carrier.brands["BN1"] = {"sid": "BN1", "tcr_id": "BRAND1", "status": "APPROVED"}


def test_the_carrier_tells_type_and_registration(
    cast: Cast, carrier: FakeTwilio, pages: Callable[..., Any], stored: Callable[[], Inbox]
) -> None:
    errors = [{"error_code": 30909, "description": "Opt-in not described", "fields": ["MESSAGE_FLOW"]}]
    american_number(carrier, campaign_status="FAILED", errors=errors)
    shown = words_of(pages("inbox_number_facts", {}))
    assert "Twilio says that this is a long code." in shown and "Long code Twilio says so." in shown
    assert "Approved · BRAND1" in shown and "Rejected · CAMP1" in shown
    assert "Opt-in not described: message flow (code 30909)." in shown
    assert f"Texts to {SERVICE} belong to this account" in shown
    american_number(carrier, campaign_status="VERIFIED")
    assert "Approved · CAMP1" in words_of(pages("inbox_number_facts", {}))
    assert not carrier.changes


@pytest.mark.parametrize(
    ("number", "at_carrier", "kind"),
    [
        ("+15105550100", {"sid": "PN1", "phone_number": "+15105550100", "toll_free": True}, "toll_free"),
        ("+15105550100", {"sid": "PN1", "phone_number": "+15105550100"}, "long_code"),
        ("US:384387", {"sid": "SC1", "short_code": "384387"}, "short_code"),
    ],
)
def test_the_carriers_type_is_kept(
    carrier: FakeTwilio, pages: Callable[..., Any], save: Callable[..., None], stored: Callable[[], Inbox],
    number: str, at_carrier: dict[str, Any], kind: str,
) -> None:  # fmt: skip
    save(number=number)
    (carrier.short_codes if "short_code" in at_carrier else carrier.numbers).append(at_carrier)
    pages("inbox_number_facts", {})
    assert (stored().stated_number_type, stored().number_type_source) == (kind, "carrier")


def test_a_number_of_another_account_is_said_to_be_one(
    carrier: FakeTwilio, pages: Callable[..., Any], save: Callable[..., None], stored: Callable[[], Inbox]
) -> None:
    assert "This Twilio account has no number +15105550100" in words_of(pages("inbox_number_facts", {}))
    save(number="US:384387")
    assert "This Twilio account has no number 384387" in words_of(pages("inbox_number_facts", {}))
    save(number="ACME")
    assert "It does not tell what it knows" in words_of(pages("inbox_number_facts", {}))
    assert "Read from Twilio" not in words_of(pages())
    save(number="+15105550100", carrier="simulator")
    assert "It does not tell what it knows" in words_of(pages("inbox_number_facts", {}))
    assert stored().number_type_source == "number"


def test_refused_texts_of_the_last_week_are_counted_with_advice(
    cast: Cast, pages: Callable[..., Any]
) -> None:
    assert "None." in words_of(pages())
    now = timezone.now()
    rows = [(cast.front_desk, "30034", 1)] * 3 + [
        (cast.front_desk, "30007", 6), (cast.front_desk, "30034", 8), (cast.front_desk, "30005", 1),
        (cast.billing, "30032", 1),
    ]  # fmt: skip
    with scope(cast.northside.id):
        conversation = Conversation.objects.create(
            team=cast.northside, inbox=cast.front_desk, number=MARIA, last_message_at=now
        )
        Message.objects.bulk_create(
            Message(
                team=cast.northside, conversation=conversation, inbox=inbox, number=MARIA, outbound=True,
                status=MessageStatus.UNDELIVERED, error_code=code, at=now - timedelta(days=days),
            )
            for inbox, code, days in rows
        )  # fmt: skip
    shown = words_of(pages())
    assert re.search(r" 3 The sender’s number is not registered .*?\( ?30034 ?\) Register a brand", shown)
    assert re.search(r" 1 Filtered as spam .*?\( ?30007 ?\)", shown)
    assert "30005" not in shown and "30032" not in shown


# -- senders that are no numbers ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "number", "label"),
    [
        ("ACME Shop", "ACME Shop", "Alphanumeric sender"),
        ("RCS:Acme_Agent", "rcs:acme_agent", "RCS agent"),
        ("800 555 0199", "+18005550199", "Toll-free number"),
        ("1-800-FLOWERS", "", ""),
    ],
)
def test_an_inbox_may_have_a_name_or_an_agent(
    cast: Cast, as_client: Callable[[Member], Client], written: str, number: str, label: str
) -> None:
    browser = as_client(cast.admin)
    form = {
        "name": "News", "number": written, "carrier": "twilio", "account_id": "AC" + "3" * 32,
        "auth_token": "0123456789abcdef", "keyword_responder": "we",
    }  # fmt: skip
    response = browser.post(reverse("new_inbox", args=[cast.northside.slug]), form)
    assert response.status_code == (302 if number else 422)
    if number:
        listed = words_of(browser.get(reverse("inboxes", args=[cast.northside.slug])))
        assert label in listed
        found = create_client(cast.owner).get("inboxes")
        assert guess_number_type(number) in [row["number_type"] for row in found if row["name"] == "News"]


def test_a_conversation_of_a_name_says_that_nobody_can_reply(
    cast: Cast, as_client: Callable[[Member], Client], save: Callable[..., None]
) -> None:
    with scope(cast.northside.id):
        conversation = Conversation.objects.create(
            team=cast.northside, inbox=cast.front_desk, number=MARIA, last_message_at=timezone.now()
        )
    page = reverse("conversation", args=[cast.northside.slug, conversation.id])
    browser = as_client(cast.admin)
    assert "Nobody can reply" not in words_of(browser.get(page))
    save(number="ACME")
    assert "Nobody can reply to ACME" in words_of(browser.get(page))
