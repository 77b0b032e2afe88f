"""Erasure during a delivery: nothing that was erased is sent afterwards."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from contacts.contact import deletion, number_changes
from contacts.contact.merge import merge_contacts
from contacts.contact.models import Contact
from kernel.tenancy import scope
from optout.consent_types import Actor
from optout.models import Origin, StandingState
from tests.cast import MARIA, STRANGER, TOM, Cast
from tests.webhooks.receiver import Receiver, Reply
from webhooks import erasure, http_post, outbox, replay
from webhooks.claims import claim, settle
from webhooks.models import Endpoint, EventType
from webhooks.outbox import Event

MAYA = Actor(Origin.MEMBER, "Maya Chen")
WEBHOOK_TABLES = ("webhooks_webhookevent", "webhooks_delivery", "webhooks_attempt")
Step = Callable[[], None]


def record(cast: Cast, number: str, words: str = "Rosebud", kind: EventType = EventType.RECEIVED) -> None:
    data = {"phone": number.removeprefix("+"), "words": words, "text": words}
    with scope(cast.northside.id):
        outbox.record_events(cast.northside.id, [Event(kind, number, data)])


@pytest.fixture
def run_during_erasure(cast: Cast, elsewhere: Any) -> Callable[..., Any]:
    """Start a function while Maria is being erased; its result after the erasure."""

    def run(function: Callable[..., Any], *args: Any, **options: Any) -> Any:
        with scope(cast.northside.id):
            erasure.erase_events(cast.northside.id, [MARIA])
            running = elsewhere(function, *args, **options)
            time.sleep(0.4)
        return running.result(30)

    return run


@pytest.mark.parametrize("kind", [EventType.RECEIVED, EventType.OPT_OUT])
def test_a_delivery_is_not_claimed_during_its_erasure(
    cast: Cast, crm: Endpoint, deliver_due: Step, run_during_erasure: Any, receiver: Receiver, kind: EventType
) -> None:
    """Deliveries of others continue. An opt-out is delivered afterwards without its words."""
    record(cast, MARIA, kind=kind)
    record(cast, MARIA, kind=kind)
    record(cast, TOM, "Tom's")
    claimed = run_during_erasure(claim, cast.northside.id, crm.id)
    assert claimed.event.number == TOM
    settle(claimed, http_post.PostResult(204))
    deliver_due()
    assert len(receiver.received) == (2 if kind == EventType.OPT_OUT else 0)
    assert not any(b"Rosebud" in webhook.raw for webhook in receiver.received)


def test_releasing_a_lapsed_claim_restores_nothing(
    cast: Cast,
    crm: Endpoint,
    deliver_due: Step,
    skip_waits: Step,
    run_during_erasure: Any,
    receiver: Receiver,
    deliveries: Any,
) -> None:
    record(cast, MARIA)
    assert claim(cast.northside.id, crm.id)
    skip_waits()
    assert run_during_erasure(claim, cast.northside.id, crm.id) is None
    skip_waits()
    deliver_due()
    assert receiver.received == []
    assert [(delivery.state, delivery.number) for delivery in deliveries()] == [("erased", "")]


@pytest.mark.parametrize("delivered", [False, True])
def test_a_replay_restores_nothing(
    cast: Cast,
    crm: Endpoint,
    deliver_due: Step,
    run_during_erasure: Any,
    receiver: Receiver,
    deliveries: Any,
    delivered: bool,
) -> None:
    record(cast, MARIA)
    record(cast, TOM)
    if delivered:
        deliver_due()
    receiver.received.clear()
    since = deliveries()[0].event.created_at
    assert run_during_erasure(replay.replay_deliveries, crm, since=since) == 1
    deliver_due()
    assert [webhook.phone for webhook in receiver.received] == [TOM.removeprefix("+")]
    assert deliveries()[0].state == ("delivered" if delivered else "erased")


# -- earlier numbers ----------------------------------------------------------------------------------------


def test_events_under_earlier_numbers_are_erased_too(
    cast: Cast, crm: Endpoint, receiver: Receiver, deliver_due: Step, skip_waits: Step, rows: Any
) -> None:
    """The contact's number changed, and contacts were merged into it, directly or indirectly."""
    first, second, third = (
        Contact(team=cast.northside, first_name=name, last_name="Secret") for name in ("Zed", "Zoe", "Zac")
    )
    with scope(cast.northside.id):
        for index, contact in enumerate((first, second, third)):
            number_changes.create_contact(contact, f"+1415555000{index}", StandingState.ACTIVE, by=MAYA)
    deliver_due()
    receiver.reply_to = lambda _: Reply(500)
    with scope(cast.northside.id):
        second = merge_contacts(second, third, by=MAYA)
        first = merge_contacts(first, second, by=MAYA)
        number_changes.change_number(first, STRANGER, by=MAYA)
    deliver_due()
    with scope(cast.northside.id):
        deletion.delete_contacts(cast.northside.id, [cast.tom.id], erase=True, by=MAYA)
        assert "Zed" in stored(rows) and "Zoe" in stored(rows) and "Zac" in stored(rows)
        deletion.delete_contacts(cast.northside.id, [first.id], erase=True, by=MAYA)
    assert "Secret" not in stored(rows)
    receiver.reply_to = lambda _: Reply()
    receiver.accepted.clear()
    skip_waits()
    deliver_due()
    assert receiver.types == ["contact_deleted"] * 4
    assert not any(b"Secret" in webhook.raw for webhook in receiver.accepted)
    assert "555000" not in stored(rows)


def stored(rows: Any) -> str:
    return str({table: content for table, content in rows().items() if table in WEBHOOK_TABLES})
