"""Pushes: a carrier that takes our opt-outs is told of each, once, and of what was lifted again; none is lost."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.audit.models import AuditEntry
from accounts.models import Inbox, KeywordResponder, Member
from kernel.tenancy import scope
from messaging import tasks
from messaging.carriers.base import InboundText
from messaging.inbound import receive
from messaging.opt_out_pushes import pushing
from messaging.opt_out_pushes.models import OptOutPush
from messaging.scope_lookups import opt_out_pushes_due
from optout import consent
from optout.bulk_consent import opt_out_many
from optout.consent_types import Actor
from optout.lifting_rules import FreshConsent
from tests.cast import MARIA, STRANGER, TOM, Cast
from tests.messaging.fake_twilio import FakeTwilio, new_sid

type ClientOf = Callable[[Member], Client]
OVERLOADED = (429, {"code": 20429, "message": "Too many requests", "status": 429})


class Pusher:
    """Front Desk, whose carrier is told of opt-outs."""

    def __init__(self, cast: Cast, carrier: FakeTwilio) -> None:
        self.cast, self.carrier, self.team_id = cast, carrier, cast.northside.id
        self.by = Actor.of(cast.admin)

    def round(self) -> OptOutPush:
        """A round that is due now. Returns what the page reads."""
        with scope(self.team_id):
            OptOutPush.objects.update(due_at=timezone.now())
        pushing.push_round(self.team_id, self.cast.front_desk.id)
        with scope(self.team_id):
            return OptOutPush.objects.get()

    def opt_out(self, number: str) -> None:
        with scope(self.team_id):
            consent.opt_out(self.team_id, number, self.by, reason="asked")

    def text(self, inbox: Inbox, number: str, words: str) -> None:
        receive(inbox, InboundText(new_sid(), number, words))

    @property
    def listed(self) -> dict[str, str]:
        """The carrier's list for Front Desk."""
        sender = self.cast.front_desk.number
        return {number: status for (number, of), status in self.carrier.opt_out_list.items() if of == sender}


@pytest.fixture
def pusher(cast: Cast, carrier: FakeTwilio, as_client: ClientOf) -> Pusher:
    address = reverse("inbox_opt_out_push", args=[cast.northside.slug, cast.front_desk.id])
    assert as_client(cast.admin).post(address, {"active": "yes"}).status_code == 302
    return Pusher(cast, carrier)


def test_the_carrier_is_told_of_what_it_does_not_know(pusher: Pusher) -> None:
    pusher.opt_out(TOM)
    pusher.text(pusher.cast.billing, STRANGER, "STOP")
    pusher.text(pusher.cast.front_desk, MARIA, "STOP")  # the carrier has it
    pusher.text(pusher.cast.front_desk, "+14155550404", "stop texting me")  # it does not act on these words
    with scope(pusher.team_id):
        consent.block(pusher.team_id, "+14155550405", pusher.by)  # no opt-out
        consent.opt_out(pusher.team_id, "+14155550406", pusher.by, reason="asked")
        consent.lift(pusher.team_id, "+14155550406", pusher.by, reason="mistake")
    pusher.round()
    assert pusher.listed == dict.fromkeys((TOM, STRANGER, "+14155550404"), "opt-out")
    pusher.round()
    assert len(pusher.carrier.list_calls) == 1, "each is told once"
    sources = {item["contact_id"]: item["source"] for item in pusher.carrier.list_calls[0]}
    assert sources == {TOM: "others", STRANGER: "opt-out-message", "+14155550404": "opt-out-message"}


def test_what_was_pushed_is_taken_back_when_it_is_lifted(pusher: Pusher) -> None:
    pusher.opt_out(TOM)
    pusher.text(pusher.cast.billing, STRANGER, "STOP")
    pusher.text(pusher.cast.front_desk, MARIA, "STOP")
    pusher.round()
    fresh = FreshConsent("Text me again", "at the desk", timezone.now())
    with scope(pusher.team_id):
        consent.lift(pusher.team_id, TOM, pusher.by, reason="a mistake")
        consent.lift(pusher.team_id, STRANGER, pusher.by, consent=fresh, may_lift_persons=True)
        consent.lift(pusher.team_id, MARIA, pusher.by, consent=fresh, may_lift_persons=True)
    pusher.round()
    assert pusher.listed == {TOM: "opt-in", STRANGER: "opt-in"}, (
        "what the person told the carrier is not ours"
    )
    pusher.opt_out(TOM)
    pusher.round()
    assert pusher.listed[TOM] == "opt-out"


def test_what_the_person_told_the_carrier_later_is_not_taken_back(pusher: Pusher) -> None:
    with scope(pusher.team_id):
        pusher.cast.front_desk.keyword_responder = KeywordResponder.CARRIER
        pusher.cast.front_desk.save(update_fields=["keyword_responder"])
    pusher.opt_out(TOM)
    pusher.round()
    pusher.text(pusher.cast.front_desk, TOM, "STOP")
    with scope(pusher.team_id):
        fresh = FreshConsent("Text me again", "at the desk", timezone.now())
        consent.lift(pusher.team_id, TOM, pusher.by, consent=fresh, may_lift_persons=True)
    pusher.round()
    assert pusher.listed == {TOM: "opt-out"}
    pusher.text(pusher.cast.front_desk, TOM, "START")
    pusher.carrier.opt_out_list.clear()  # the carrier heard it
    pusher.opt_out(TOM)
    pusher.round()
    assert pusher.listed == {TOM: "opt-out"}


def test_a_carrier_that_is_out_loses_nothing(pusher: Pusher, as_client: ClientOf) -> None:
    numbers = [f"+1415555{at:04d}" for at in range(1000, 1060)]
    with scope(pusher.team_id):
        opt_out_many(pusher.team_id, numbers, pusher.by, reason="list")
    pusher.carrier.list_answers = [OVERLOADED]
    failed = pusher.round()
    assert (failed.position, pusher.listed) == (0, {})
    address = reverse("inbox_opt_out_push", args=[pusher.cast.northside.slug, pusher.cast.front_desk.id])
    assert "rate-limiting this inbox" in as_client(pusher.cast.admin).get(address).text
    taken = pusher.round()
    assert pusher.listed == dict.fromkeys(numbers, "opt-out")
    assert [len(call) for call in pusher.carrier.list_calls] == [25, 25, 10]
    assert (taken.position, taken.error) == (60, "")
    assert "60 numbers pushed" in as_client(pusher.cast.admin).get(address).text


def test_a_number_that_is_not_taken_is_shown(pusher: Pusher, as_client: ClientOf) -> None:
    pusher.carrier.not_on_list = {TOM}
    pusher.opt_out(TOM)
    pusher.opt_out(STRANGER)
    pusher.round()
    assert pusher.listed == {STRANGER: "opt-out"}
    address = reverse("inbox_opt_out_push", args=[pusher.cast.northside.slug, pusher.cast.front_desk.id])
    page = as_client(pusher.cast.admin).get(address).text
    assert "contact_id is not valid" in page and TOM in page and "1 number pushed" in page


def test_the_switch_and_who_may_use_it(pusher: Pusher, as_client: ClientOf) -> None:
    cast, slug = pusher.cast, pusher.cast.northside.slug
    address = reverse("inbox_opt_out_push", args=[slug, cast.front_desk.id])
    assert [due.id for due in opt_out_pushes_due(10)] == [cast.front_desk.id]
    pusher.round()
    assert opt_out_pushes_due(10) == [], "the next round is due in a minute"
    assert as_client(cast.member).get(address).status_code == 403
    assert as_client(cast.outsider).post(address, {"active": "no"}).status_code == 404
    assert as_client(cast.admin).post(address, {"active": "no"}).status_code == 302
    pusher.opt_out(TOM)
    pusher.round()
    assert pusher.listed == {} and opt_out_pushes_due(10) == []
    assert (
        address
        in as_client(cast.admin).get(reverse("inbox_connection", args=[slug, cast.front_desk.id])).text
    )
    with scope(pusher.team_id):
        changes: Any = AuditEntry.objects.order_by("id").values_list("setting", "before", "after")
        assert [tuple(change) for change in changes] == [
            ("Front Desk: opt-outs are pushed to the carrier", "no", "yes"),
            ("Front Desk: opt-outs are pushed to the carrier", "yes", "no"),
        ]
    tasks.push_due_opt_outs()
