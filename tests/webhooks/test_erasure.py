"""What is erased while it is on its way: nothing of it is sent once the erasing is over."""

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
from webhooks import delivery, erasure, http_post, outbox, replay
from webhooks.models import Endpoint, EventType
from webhooks.outbox import Event

MAYA = Actor(Origin.MEMBER, "Maya Chen")
HOOK_TABLES = ("webhooks_webhookevent", "webhooks_delivery", "webhooks_attempt")
Tell = Callable[[], None]


def say(cast: Cast, number: str, words: str = "Rosebud", kind: EventType = EventType.RECEIVED) -> None:
    said = {"phone": number.removeprefix("+"), "words": words, "text": words}
    with scope(cast.northside.id):
        outbox.record_events(cast.northside.id, [Event(kind, number, said)])


@pytest.fixture
def erased_meanwhile(cast: Cast, elsewhere: Any) -> Callable[..., Any]:
    """Begin something while Maria is being erased; what it gives once that is over."""

    def begin(function: Callable[..., Any], *args: Any, **options: Any) -> Any:
        with scope(cast.northside.id):
            erasure.erase_events(cast.northside.id, [MARIA])
            begun = elsewhere(function, *args, **options)
            time.sleep(0.4)
        return begun.result()

    return begin


@pytest.mark.parametrize("kind", [EventType.RECEIVED, EventType.OPT_OUT])
def test_what_is_being_erased_is_not_claimed(
    cast: Cast, crm: Endpoint, tell: Tell, erased_meanwhile: Any, receiver: Receiver, kind: EventType
) -> None:
    """An opt-out is told afterwards, without its words; the other goes on meanwhile."""
    say(cast, MARIA, kind=kind)
    say(cast, MARIA, kind=kind)
    say(cast, TOM, "Tom's")
    claim = erased_meanwhile(delivery.claim, cast.northside.id, crm.id)
    assert claim.event.number == TOM
    delivery.settle(claim, http_post.PostResult(204))
    tell()
    assert len(receiver.received) == (2 if kind == EventType.OPT_OUT else 0)
    assert not any(b"Rosebud" in one.raw for one in receiver.received)


def test_a_claim_that_lapsed_brings_nothing_back(
    cast: Cast,
    crm: Endpoint,
    tell: Tell,
    hurry: Tell,
    erased_meanwhile: Any,
    receiver: Receiver,
    deliveries: Any,
) -> None:
    say(cast, MARIA)
    assert delivery.claim(cast.northside.id, crm.id)
    hurry()
    assert erased_meanwhile(delivery.claim, cast.northside.id, crm.id) is None
    hurry()
    tell()
    assert receiver.received == []
    assert [(one.state, one.number) for one in deliveries()] == [("erased", "")]


@pytest.mark.parametrize("told", [False, True])
def test_a_replay_brings_nothing_back(
    cast: Cast,
    crm: Endpoint,
    tell: Tell,
    erased_meanwhile: Any,
    receiver: Receiver,
    deliveries: Any,
    told: bool,
) -> None:
    say(cast, MARIA)
    say(cast, TOM)
    if told:
        tell()
    receiver.received.clear()
    since = deliveries()[0].event.created_at
    assert erased_meanwhile(replay.replay_deliveries, crm, since=since) == 1
    tell()
    assert [one.phone for one in receiver.received] == [TOM.removeprefix("+")]
    assert deliveries()[0].state == ("delivered" if told else "erased")


# -- under another number ----------------------------------------------------------------------------------------


def test_what_was_told_under_former_numbers_goes_too(
    cast: Cast, crm: Endpoint, receiver: Receiver, tell: Tell, hurry: Tell, rows: Any
) -> None:
    """Of a contact that moved, and of those that were merged into it, one after the other."""
    first, second, third = (
        Contact(team=cast.northside, first_name=name, last_name="Secret") for name in ("Zed", "Zoe", "Zac")
    )
    with scope(cast.northside.id):
        for at, contact in enumerate((first, second, third)):
            number_changes.create_contact(contact, f"+1415555000{at}", StandingState.ACTIVE, by=MAYA)
    tell()
    receiver.answers = lambda _: Reply(500)
    with scope(cast.northside.id):
        second = merge_contacts(second, third, by=MAYA)
        first = merge_contacts(first, second, by=MAYA)
        number_changes.change_number(first, STRANGER, by=MAYA)
    tell()
    with scope(cast.northside.id):
        deletion.delete_contacts(cast.northside.id, [cast.tom.id], erase=True, by=MAYA)
        assert "Zed" in kept(rows) and "Zoe" in kept(rows) and "Zac" in kept(rows)
        deletion.delete_contacts(cast.northside.id, [first.id], erase=True, by=MAYA)
    assert "Secret" not in kept(rows)
    receiver.answers = lambda _: Reply()
    receiver.accepted.clear()
    hurry()
    tell()
    assert receiver.types == ["contact_deleted"] * 4
    assert not any(b"Secret" in one.raw for one in receiver.accepted)
    assert "555000" not in kept(rows)


def kept(rows: Any) -> str:
    return str({table: lines for table, lines in rows().items() if table in HOOK_TABLES})
