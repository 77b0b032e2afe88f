"""What is erased while it is on its way: nothing of it is sent once the erasing is over."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from accounts.hooks import delivery, erasing, outbox, post, replay
from accounts.hooks.models import Endpoint, EventType
from accounts.hooks.outbox import Event
from accounts.tenancy import scope
from contacts import deletion, numbering
from contacts.models import Contact
from optout.consent import Actor
from optout.models import Origin, State
from tests.accounts.hooks.receiver import Receiver, Reply
from tests.cast import MARIA, STRANGER, TOM, Cast

MAYA = Actor(Origin.MEMBER, "Maya Chen")
HOOK_TABLES = ("accounts_hookevent", "accounts_delivery", "accounts_attempt")
Tell = Callable[[], None]


def say(cast: Cast, number: str, words: str = "Rosebud", kind: EventType = EventType.RECEIVED) -> None:
    said = {"phone": number.removeprefix("+"), "words": words, "text": words}
    with scope(cast.northside.id):
        outbox.record(cast.northside.id, [Event(kind, number, said)])


@pytest.fixture
def erased_meanwhile(cast: Cast, elsewhere: Any) -> Callable[..., Any]:
    """Begin something while Maria is being erased; what it gives once that is over."""

    def begin(function: Callable[..., Any], *args: Any, **options: Any) -> Any:
        with scope(cast.northside.id):
            erasing.erase(cast.northside.id, [MARIA])
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
    delivery.settle(claim, post.Answer(204))
    tell()
    assert len(receiver.heard) == (2 if kind == EventType.OPT_OUT else 0)
    assert not any(b"Rosebud" in one.raw for one in receiver.heard)


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
    assert receiver.heard == []
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
    receiver.heard.clear()
    since = deliveries()[0].event.created_at
    assert erased_meanwhile(replay.replay, crm, since=since) == 1
    tell()
    assert [one.phone for one in receiver.heard] == [TOM.removeprefix("+")]
    assert deliveries()[0].state == ("delivered" if told else "erased")


# -- under another number ------------------------------------------------------------------------------------------


def test_what_was_told_under_former_numbers_goes_too(
    cast: Cast, crm: Endpoint, receiver: Receiver, tell: Tell, hurry: Tell, rows: Any
) -> None:
    """Of a contact that moved, and of those that were merged into it, one after the other."""
    first, second, third = (
        Contact(team=cast.northside, first_name=name, last_name="Secret") for name in ("Zed", "Zoe", "Zac")
    )
    with scope(cast.northside.id):
        for at, contact in enumerate((first, second, third)):
            numbering.create(contact, f"+1415555000{at}", State.ACTIVE, by=MAYA)
    tell()
    receiver.answers = lambda _: Reply(500)
    with scope(cast.northside.id):
        second = numbering.merge(second, third, by=MAYA)
        first = numbering.merge(first, second, by=MAYA)
        numbering.move(first, STRANGER, by=MAYA)
    tell()
    with scope(cast.northside.id):
        deletion.delete(cast.northside.id, [cast.tom.id], erase=True, by=MAYA)
        assert "Zed" in kept(rows) and "Zoe" in kept(rows) and "Zac" in kept(rows)
        deletion.delete(cast.northside.id, [first.id], erase=True, by=MAYA)
    assert "Secret" not in kept(rows)
    receiver.answers = lambda _: Reply()
    receiver.taken.clear()
    hurry()
    tell()
    assert receiver.types == ["contact_deleted"] * 4
    assert not any(b"Secret" in one.raw for one in receiver.taken)
    assert "555000" not in kept(rows)


def kept(rows: Any) -> str:
    return str({table: lines for table, lines in rows().items() if table in HOOK_TABLES})
