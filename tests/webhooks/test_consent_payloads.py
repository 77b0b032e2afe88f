"""Payloads of changed standings: exactly what another system needs to stop its own workflows."""

from collections.abc import Callable
from typing import Any

from django.test import Client
from django.urls import reverse

from accounts.models import Member
from kernel.tenancy import scope
from optout import consent
from optout.consent_types import Actor
from optout.feed import read_feed
from optout.ledger import history
from optout.models import FeedEntry
from optout.reasons import OptOutReason
from tests.api.conftest import create_client
from tests.cast import MARIA, STRANGER, TOM, Cast
from tests.messaging.fake_twilio import FakeTwilio
from tests.webhooks.receiver import Receiver
from webhooks.models import Delivery, Endpoint
from webhooks.payloads import timestamp

Step = Callable[[], None]
ALL = {"all_inboxes": True, "inbox_ids": []}


def test_the_payload_is_the_ledger_entry(
    cast: Cast, crm: Endpoint, receiver: Receiver, carrier: FakeTwilio, deliver_due: Step
) -> None:
    carrier.text(cast.front_desk, TOM, "Hello")
    carrier.text(cast.billing, MARIA, "Stop")
    deliver_due()
    (sent,) = [webhook.event["data"] for webhook in receiver.accepted if webhook.type == "target_opt_out"]
    with scope(cast.northside.id):
        (entry,) = history(cast.northside.id, MARIA)
    assert sent == {
        "phone": MARIA.removeprefix("+"), "number": MARIA, "event_id": entry.id, "action": "opted_out",
        "before": "active", "after": "unsubscribed", "scope": ALL,
        "initiated_by": {"origin": "contact", "name": ""}, "persons_own": True, "words": "Stop", "reason": "",
        "source": "", "sentence": "Contact opted out by texting “Stop” to Billing",
        "inbox": {"id": cast.billing.id, "name": "Billing"}, "happened_at": timestamp(entry.happened_at),
        "recorded_at": timestamp(entry.recorded_at), "number_position": 1, "position": 1, "feed_position": 1,
    }  # fmt: skip


def test_scope_origin_and_cause_of_each_change(
    cast: Cast, crm: Endpoint, receiver: Receiver, carrier: FakeTwilio, deliver_due: Step
) -> None:
    team_id, maya = cast.northside.id, Actor.of(cast.member)

    def refuse() -> None:
        with scope(team_id):
            entry = history(team_id, MARIA)[0]
            consent.apply_carrier_refusal(
                cast.billing, MARIA, claimed_at=entry.recorded_at, message_id=3, reason="21610"
            )

    carrier.text(cast.front_desk, MARIA, "START")
    refuse()
    with scope(team_id):
        consent.opt_out_by_member(team_id, MARIA, maya, OptOutReason.ASKED)
        consent.opt_out_by_member(team_id, TOM, maya, OptOutReason.DECISION)
    carrier.text(cast.front_desk, MARIA, "START")
    carrier.text(cast.front_desk, STRANGER, "wrong number")
    deliver_due()
    got = [
        (
            data["phone"][-4:],
            data["action"],
            data["scope"],
            data["initiated_by"]["origin"],
            data["persons_own"],
        )
        for data in (webhook.event["data"] for webhook in receiver.accepted)
        if "scope" in data
    ]
    billing = {"all_inboxes": False, "inbox_ids": [cast.billing.id]}
    both = {"all_inboxes": True, "inbox_ids": [cast.billing.id]}
    maria, tom = MARIA[-4:], TOM[-4:]
    assert sorted(got, key=str) == sorted(
        [
            (maria, "opted_out", billing, "carrier", True),
            (maria, "opted_out", ALL, "told_member", True),
            (maria, "opted_in", both, "contact", True),
            (tom, "opted_out", ALL, "member", False),
            (STRANGER[-4:], "held", ALL, "contact", True),
        ],
        key=str,
    )
    words = {webhook.event["data"].get("sentence") for webhook in receiver.accepted}
    assert "The carrier reported that this person opted out of Billing only" in words


def test_the_feed_position_is_that_of_the_feed(
    cast: Cast, crm: Endpoint, receiver: Receiver, carrier: FakeTwilio, deliver_due: Step,
    as_client: Callable[[Member], Client],
) -> None:  # fmt: skip
    """Nobody has read the feed: the delivery assigns the positions, and the same ones stay."""
    for number in (MARIA, TOM):
        carrier.text(cast.front_desk, number, "STOP")
    with scope(cast.northside.id):
        assert not FeedEntry.objects.filter(position__isnull=False).exists()
    deliver_due()
    sent: dict[int, int] = {
        data["event_id"]: data["feed_position"]
        for data in (webhook.event["data"] for webhook in receiver.accepted)
        if "feed_position" in data
    }
    with scope(cast.northside.id):
        feed = {event.id: position for position, event in read_feed(cast.northside.id, 0)}
        delivery = Delivery.objects.filter(event__type="target_opt_out").latest("id")
    assert sent == feed and len(feed) == 2
    page: Any = as_client(cast.owner).get(reverse("delivery", args=[cast.northside.slug, delivery.id]))
    assert "feed_position" in page.content.decode(), "the page shows what was signed"
    api = create_client(cast.owner).get(f"optouts?since={sent[min(sent)]}")
    assert [change["event_id"] for change in api["changes"]] == [max(sent)]
