"""Disagreements: carriers' refusals keep their scope, and the page lists what our standing does not explain."""

import csv
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Carrier, Inbox, KeywordResponder, Member
from kernel.tenancy import scope
from messaging import inbound
from messaging.carriers.base import InboundText
from messaging.compose import compose_text
from messaging.disagreements import listing
from messaging.models import Message
from optout import consent
from optout.carrier_opt_outs.models import CarrierOptOut
from optout.consent_types import Actor
from optout.lifting_rules import FreshConsent
from optout.models import Suppression
from optout.number_state import standing
from tests.cast import MARIA, TOM, Cast
from tests.messaging.fake_twilio import OPTED_OUT, FakeTwilio, new_sid
from tests.statements import counted

type ClientOf = Callable[[Member], Client]
type Step = Callable[[], None]


@pytest.fixture
def office(cast: Cast, carrier: FakeTwilio, work: Step) -> "Office":
    with scope(cast.northside.id):
        Inbox.objects.filter(team=cast.northside).update(keyword_responder=KeywordResponder.CARRIER)
    return Office(cast, carrier, work)


class Office:
    """Northside with its two inboxes, and short names for what happens."""

    def __init__(self, cast: Cast, carrier: FakeTwilio, work: Step) -> None:
        self.cast, self.carrier, self.work = cast, carrier, work
        self.team, self.desk, self.billing = cast.northside, cast.front_desk, cast.billing

    def text(self, inbox: Inbox, words: str, number: str = MARIA) -> None:
        inbound.receive(inbox, InboundText(new_sid(), number, words, opt_out_type=words))

    def send(self, inbox: Inbox, *, refused: bool = False, number: str = MARIA) -> None:
        self.carrier.answers = [OPTED_OUT] if refused else []
        with scope(self.team.id):
            compose_text(inbox, number, "Your bike is ready", author=self.cast.member, by_hand=True)
        self.work()

    def consent(self) -> None:
        """Maria agrees again at the desk."""
        with scope(self.team.id):
            fresh = FreshConsent("Text me again", "at the desk", timezone.now())
            consent.lift(self.team.id, MARIA, Actor.of(self.cast.admin), consent=fresh, may_lift_persons=True)

    def listed(self, **filters: Any) -> list[tuple[str, str]]:
        with scope(self.team.id):
            page = listing.fetch_page(self.team, filters.get("kind", ""), filters.get("inbox_id"), None)
        return [(row.inbox.name, row.kind.value) for row in page.rows]

    def may_text(self, inbox: Inbox) -> bool:
        with scope(self.team.id):
            return standing(self.team.id, MARIA, inbox.id).may_text


def test_a_refusal_after_an_opt_in_stops_its_inbox_alone(office: Office) -> None:
    office.text(office.desk, "START")
    office.send(office.billing, refused=True)
    assert office.listed() == [("Billing", "one_inbox")]
    assert (office.may_text(office.billing), office.may_text(office.desk)) == (False, True)
    office.text(office.desk, "START")
    assert office.listed() == [("Billing", "refused")], (
        "it lifts the opt-out here, and not at Billing's carrier"
    )
    assert office.may_text(office.billing)
    office.text(office.billing, "START")
    assert office.listed() == []


def test_a_refusal_without_an_opt_in_tells_of_a_missed_stop(office: Office) -> None:
    office.send(office.billing, refused=True)
    assert office.listed() == [("Billing", "missed")]
    assert not office.may_text(office.desk)
    office.text(office.desk, "STOP")
    assert office.listed() == [], "the person's own word explains it"


def test_an_opt_in_elsewhere_leaves_the_other_carriers_list(office: Office) -> None:
    for opt_in in (office.consent, lambda: office.text(office.billing, "START")):
        office.text(office.desk, "STOP")
        assert office.listed() == []
        opt_in()
        assert office.may_text(office.desk)
        assert office.listed() == [("Front Desk", "expected")]
        office.text(office.desk, "START")
        assert office.listed() == []


def test_the_carriers_answer_decides_an_expected_refusal(office: Office) -> None:
    office.text(office.desk, "STOP")
    office.consent()
    office.send(office.desk)
    assert office.listed() == [], "the carrier took the text"
    office.text(office.desk, "STOP")
    office.consent()
    office.send(office.desk, refused=True)
    assert office.listed() == [("Front Desk", "one_inbox")]


def test_words_that_the_carrier_does_not_know_are_no_disagreement(office: Office) -> None:
    inbound.receive(office.desk, InboundText(new_sid(), MARIA, "take me off your list"))
    assert not office.may_text(office.desk)
    office.consent()
    assert office.listed() == []


# Words to the desk, whether its carrier then refuses texts after consent elsewhere, and what ends that.
ELSEWHERE: tuple[tuple[Carrier, KeywordResponder, str, bool, dict[str, bool]], ...] = (
    (Carrier.TELNYX, KeywordResponder.CARRIER, "STOP ALL", True, {"START": True, "YES": False}),
    (Carrier.TELNYX, KeywordResponder.CARRIER, "OPTOUT", False, {}),
    (Carrier.PLIVO, KeywordResponder.WE, "STOP", True, {"UNSTOP": True, "YES": False}),
    (Carrier.PLIVO, KeywordResponder.WE, "UNSUBSCRIBE", False, {}),
    (Carrier.TWILIO, KeywordResponder.WE, "STOP", False, {}),
    (Carrier.VONAGE, KeywordResponder.WE, "STOP", False, {}),
)


@pytest.mark.parametrize(("carrier_name", "responder", "words", "expected", "endings"), ELSEWHERE)
def test_each_carriers_own_words_count(
    office: Office, carrier_name: str, responder: str, words: str, expected: bool, endings: dict[str, bool]
) -> None:
    with scope(office.team.id):
        office.desk.carrier, office.desk.keyword_responder = carrier_name, responder
        office.desk.save()
    stopped = [("Front Desk", "expected")] if expected else []
    for word, ends in (endings or {"": False}).items():
        inbound.receive(office.desk, InboundText(new_sid(), MARIA, words))
        office.consent()
        assert office.listed() == stopped
        with scope(office.team.id):  # the carrier refuses, and opts out of this inbox
            consent.apply_carrier_refusal(
                office.desk, MARIA, claimed_at=timezone.now(), message_id=1, reason="opted out"
            )
        if word:
            later = timezone.now() + timedelta(seconds=1)
            inbound.receive(office.desk, InboundText(new_sid(), MARIA, word, sent_at=later))
            assert (office.listed() == []) == ends, word


def test_a_refusal_of_a_text_that_a_start_overtook(office: Office) -> None:
    """It is older than the list at this inbox, and stands if the START went to another one."""
    for inbox, expected in ((office.desk, []), (office.billing, [("Front Desk", "refused")])):
        claimed_at = timezone.now() - timedelta(minutes=1)
        office.text(inbox, "START")
        with scope(office.team.id):
            consent.apply_carrier_refusal(
                office.desk, MARIA, claimed_at=claimed_at, message_id=1, reason="21610"
            )
            assert not Suppression.objects.exists()
        assert office.listed() == expected


def test_refusals_of_before_an_upgrade_are_found_in_the_ledger(office: Office) -> None:
    office.text(office.desk, "START")
    office.send(office.billing, refused=True)
    office.send(office.billing, refused=True, number=TOM)
    office.send(office.desk, refused=True)
    office.text(office.desk, "START")
    listed = office.listed()
    for expected in ("2 recorded.", "0 recorded."):
        out = StringIO()
        with scope(office.team.id):
            CarrierOptOut.objects.filter(refusals__lt=2 if expected[0] == "2" else 0).delete()
        call_command("record_carrier_opt_outs", stdout=out)
        assert out.getvalue().strip() == expected
        assert office.listed() == listed


def test_the_page_says_what_repairs_it(office: Office, as_client: ClientOf) -> None:
    office.text(office.desk, "START")
    office.send(office.billing, refused=True)
    office.send(office.billing, refused=True, number=TOM)
    browser, slug = as_client(office.cast.admin), office.team.slug
    page = browser.get(reverse("disagreements", args=[slug])).text
    for words in (
        "(415) 555-0101", "Maria Lopez", "Billing", "Opted out of one inbox, because its carrier refuses",
        "The person opted out at the carrier (21610)", "The person texts START to", "Opted out by the carrier’s word",
        "2 numbers", "Its STOP did not arrive here",
    ):  # fmt: skip
        assert words in page, words
    only = browser.get(reverse("disagreements", args=[slug]) + f"?kind=missed&inbox={office.billing.id}").text
    assert "1 number" in only and "Maria Lopez" not in only
    for odd in ("?kind=odd&inbox=odd&after=odd", "?inbox=٣", f"?inbox={'9' * 30}", "?after=7"):
        assert "2 numbers" in browser.get(reverse("disagreements", args=[slug]) + odd).text, odd
    assert as_client(office.cast.member).get(reverse("disagreements", args=[slug])).status_code == 403
    assert reverse("disagreements", args=[slug]) in browser.get(reverse("do_not_text", args=[slug])).text
    file = b"".join(browser.get(reverse("export_disagreements", args=[slug])))  # type: ignore[arg-type]
    rows = list(csv.DictReader(file.decode("utf-8-sig").splitlines()))
    assert [(row["Inbox"], row["Disagreement"]) for row in rows] == [
        ("Billing", "Opted out by the carrier’s word alone"),
        ("Billing", "Opted out of one inbox, because its carrier refuses"),
    ]


def test_pages_follow_each_other_and_cost_the_same(
    office: Office, as_client: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fill(first: int, last: int) -> None:
        with scope(office.team.id):
            for at in range(first, last):
                number = f"+1415555{at:04d}"
                text = Message.objects.order_by("id").last()
                consent.apply_carrier_refusal(
                    office.billing,
                    number,
                    claimed_at=timezone.now(),
                    message_id=text.id if text else 1,
                    reason="x",
                )

    browser, address = as_client(office.cast.admin), reverse("disagreements", args=[office.team.slug])
    browser.get(address)
    counts = []
    for first, last in ((1000, 1002), (1002, 1070)):
        fill(first, last)
        with counted(monkeypatch) as statements:
            answer: Any = browser.get(address)
        counts.append(len(statements))
    assert counts[0] == counts[1]
    first_page = answer.context["page"]
    second: Any = browser.get(f"{address}?after={first_page.next}")
    numbers = [row.opt_out.number for row in (*first_page.rows, *second.context["page"].rows)]
    assert len(numbers) == len(set(numbers)) == 70
    file = b"".join(browser.get(reverse("export_disagreements", args=[office.team.slug])))  # type: ignore[arg-type]
    assert len(file.decode().splitlines()) == 71
