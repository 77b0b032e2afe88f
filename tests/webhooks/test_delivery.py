"""Stories of deliveries: at least once, in order for each number, through failures, silence and killed workers."""

import random
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from kernel.tenancy import scope
from optout import consent
from optout.consent_types import Actor
from optout.models import Origin
from tests.cast import MARIA, STRANGER, TOM, Cast
from tests.messaging.fake_twilio import FakeTwilio
from tests.webhooks.conftest import create_endpoint, reload_endpoint
from tests.webhooks.receiver import Receiver, Reply
from webhooks import activation, delivery, http_post, outbox, replay
from webhooks.models import Delivery, DeliveryState, Endpoint, EventType
from webhooks.outbox import Event

MAYA = Actor(Origin.MEMBER, "Maya Chen")
Tell = Callable[[], None]
FAILS, HANGS = Reply(500, b"out of order"), Reply(204, silent_for=1)


@pytest.fixture
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who says nothing for half a second hangs."""
    monkeypatch.setattr(http_post, "READ", 0.5)


def happen(cast: Cast, *numbers: str) -> None:
    """A change for each number, in this order, all in one transaction."""
    with scope(cast.northside.id):
        data = [{"phone": number.removeprefix("+"), "nth": nth} for nth, number in enumerate(numbers)]
        outbox.record_events(
            cast.northside.id,
            [Event(EventType.RECEIVED, number, one) for number, one in zip(numbers, data, strict=True)],
        )


def heard(receiver: Receiver, number: str) -> list[int]:
    """What was taken for a number, in this order."""
    return [one.event["data"]["nth"] for one in receiver.accepted if one.phone == number.removeprefix("+")]


# -- a receiver that fails twice, hangs once, and then answers ---------------------------------------------------


@pytest.mark.usefixtures("_impatient")
def test_each_event_arrives_in_order(
    cast: Cast,
    crm: Endpoint,
    receiver: Receiver,
    carrier: FakeTwilio,
    tell: Tell,
    hurry: Tell,
    deliveries: Any,
) -> None:
    """It fails twice, hangs once and then answers; a worker is killed in between, once before it posts, once after."""
    receiver.replies = [FAILS, FAILS, HANGS]
    for words in ("Hello", "STOP", "Are you there?", "START"):
        carrier.text(cast.front_desk, MARIA, words)
    tell()
    assert receiver.types == []
    hurry()
    tell()
    hurry()
    assert delivery.claim(cast.northside.id, crm.id), "and then its worker is killed"
    tell()
    assert len(receiver.received) == 2, "the claim holds: nothing of this number overtakes"
    hurry()  # the claim has lapsed
    tell()
    assert len(receiver.received) == 3, "it was sent, and hung"
    hurry()
    claim = delivery.claim(cast.northside.id, crm.id)
    assert claim
    assert delivery.send(claim)[0].good, "this was taken; but its worker is killed before it can say so"
    hurry()
    tell()
    first = [one for one in receiver.accepted if one.id == receiver.accepted[0].id]
    assert len(first) == 2, "sent again under the same id"
    assert [one.raw for one in first] == [first[0].raw] * len(first), "byte for byte"
    once = {one.id: one for one in receiver.accepted}
    stop, start = ["message_received", "target_opt_out"], ["message_received", "target_opt_in"]
    assert [one.type for one in once.values()] == ["message_received", *stop, "message_received", *start]
    texts = [one.event["data"].get("text") for one in once.values() if one.type == "message_received"]
    assert texts == ["Hello", "STOP", "Are you there?", "START"]
    assert {one.state for one in deliveries()} == {DeliveryState.DELIVERED}


def test_what_tries_leave_on_record(
    cast: Cast, crm: Endpoint, receiver: Receiver, tell: Tell, hurry: Tell, deliveries: Any, tries: Any
) -> None:
    receiver.replies = [FAILS, Reply(503), Reply(200, b'{"ok": true}')]
    happen(cast, MARIA)
    tell()
    (waiting,) = deliveries()
    assert (waiting.state, waiting.attempt_count, waiting.outcome) == (
        "waiting",
        1,
        "500 Internal Server Error",
    )
    assert timedelta(seconds=4) < waiting.due_at - timezone.now() < timedelta(seconds=6)
    hurry()
    tell()
    hurry()
    tell()
    (done,) = deliveries()
    assert (done.state, done.attempt_count, done.outcome, done.due_at) == ("delivered", 3, "", None)
    noted = tries(done)
    assert [(one.status, one.response_body) for one in noted] == [
        (500, "out of order"),
        (503, ""),
        (200, '{"ok": true}'),
    ]
    assert all(one.signature.startswith("v1,") for one in noted)


@pytest.mark.parametrize(
    ("tries", "least", "most"),
    [
        (1, 4.5, 5.5),
        (2, 27, 33),
        (3, 108, 132),
        (4, 540, 660),
        (5, 1620, 1980),
        (6, 3240, 3960),
        (70, 3240, 3960),
    ],
)
def test_how_long_is_waited(tries: int, least: float, most: float) -> None:
    for _ in range(20):
        assert least <= delivery._wait(tries).total_seconds() <= most


# -- killed workers ----------------------------------------------------------------------------------------------


def test_killed_after_the_claim(
    cast: Cast, crm: Endpoint, receiver: Receiver, tell: Tell, hurry: Tell, deliveries: Any, tries: Any
) -> None:
    happen(cast, MARIA)
    claim = delivery.claim(cast.northside.id, crm.id)
    assert claim and deliveries()[0].state == DeliveryState.SENDING
    tell()
    assert receiver.received == []
    hurry()
    tell()
    assert [one.type for one in receiver.accepted] == ["message_received"]
    noted = tries(deliveries()[0])
    assert [one.status for one in noted] == [None, 204]
    assert "interrupted" in noted[0].error


def test_killed_after_the_post(
    cast: Cast, crm: Endpoint, receiver: Receiver, tell: Tell, hurry: Tell, deliveries: Any
) -> None:
    happen(cast, MARIA)
    claim = delivery.claim(cast.northside.id, crm.id)
    assert claim
    _, signature = delivery.send(claim)
    hurry()
    tell()
    assert [one.id for one in receiver.accepted] == [receiver.accepted[0].id] * 2
    delivery.settle(claim, http_post.PostResult(500), signature)
    assert deliveries()[0].state == DeliveryState.DELIVERED, (
        "what a claim that lapsed says later changes nothing"
    )


def test_a_worker_that_slept_after_its_claim_posts_nothing(
    cast: Cast, crm: Endpoint, receiver: Receiver, tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody else may have sent it since, and a younger one after it."""
    happen(cast, MARIA)
    claims = iter([delivery.claim(cast.northside.id, crm.id), None])
    with time_machine.travel(timezone.now() + timedelta(seconds=11)), monkeypatch.context() as patch:
        patch.setattr(delivery, "claim", lambda *_: next(claims))
        delivery.deliver(cast.northside.id, crm.id)
    assert receiver.received == []
    with time_machine.travel(timezone.now() + timedelta(seconds=31)):
        tell()
    assert receiver.types == ["message_received"]


# -- order and concurrency ---------------------------------------------------------------------------------------


def test_in_order_for_each_number_by_many_workers(
    cast: Cast, crm: Endpoint, receiver: Receiver, elsewhere: Any, hurry: Tell, deliveries: Any
) -> None:
    numbers = [f"+1415555{n:04d}" for n in range(6)]
    wild = random.Random(7)
    receiver.answers = lambda _: Reply(wild.choice([204, 204, 500]), silent_for=0.02 + wild.random() / 50)
    happen(cast, *(number for _ in range(5) for number in numbers))
    for _ in range(60):
        workers = [elsewhere(delivery.deliver, cast.northside.id, crm.id) for _ in range(8)]
        for worker in workers:
            worker.result()
        hurry()
        if all(one.state == DeliveryState.DELIVERED for one in deliveries()):
            break
    assert 1 < receiver.busiest <= delivery.CONCURRENT_POSTS
    for at, number in enumerate(numbers):
        assert heard(receiver, number) == [at + 6 * n for n in range(5)], number


def test_a_number_that_fails_holds_up_no_other(
    cast: Cast, crm: Endpoint, receiver: Receiver, tell: Tell, hurry: Tell
) -> None:
    marias = MARIA.removeprefix("+")
    receiver.answers = lambda one: FAILS if one.phone == marias else Reply()
    happen(cast, MARIA, TOM, MARIA, TOM, STRANGER)
    tell()
    assert (heard(receiver, MARIA), heard(receiver, TOM), heard(receiver, STRANGER)) == ([], [1, 3], [4])
    assert len([one for one in receiver.received if one.phone == marias]) == 1, (
        "the second one waits for the first"
    )
    receiver.answers = lambda one: Reply()
    hurry()
    tell()
    assert heard(receiver, MARIA) == [0, 2]


def test_an_endpoint_where_nobody_answers_rests(
    cast: Cast, crm: Endpoint, receiver: Receiver, tell: Tell, hurry: Tell, deliveries: Any
) -> None:
    """It is tried with one delivery alone, less and less often; the others wait unharmed, and other endpoints go on."""
    happen(cast, MARIA)
    away = create_endpoint(cast.northside, receiver, "Away", url="http://127.0.0.1:9/closed")
    receiver.secret = crm.secrets[0]
    happen(cast, MARIA, TOM, STRANGER)
    tell()
    assert len(receiver.accepted) == 4
    waiting = deliveries(endpoint=away)
    assert sorted(one.attempt_count for one in waiting) == [0, 0, 1]
    assert [one.outcome for one in waiting if one.outcome] == ["The connection was refused."]
    rests = reload_endpoint(away).paused_until
    assert rests and timedelta(seconds=3) < rests - timezone.now() < timedelta(seconds=6)
    for _ in range(4):
        hurry()
        tell()
    rested = reload_endpoint(away)
    assert rested.failures == 5 and rested.paused_until
    assert rested.paused_until - timezone.now() > timedelta(minutes=9)
    with scope(cast.northside.id):
        Endpoint.objects.filter(team=cast.northside, id=away.id).update(
            url=receiver.address, secrets=crm.secrets
        )
    hurry()
    tell()
    assert {one.state for one in deliveries()} == {DeliveryState.DELIVERED}
    assert reload_endpoint(away).failures == 0


# -- three days --------------------------------------------------------------------------------------------------


def test_after_three_days_it_is_switched_off_and_admins_are_told(
    cast: Cast, crm: Endpoint, receiver: Receiver, tell: Tell, deliveries: Any, events: Any
) -> None:
    receiver.answers = lambda _: FAILS
    began = timezone.now()
    happen(cast, MARIA, MARIA, TOM)
    with time_machine.travel(began, tick=True) as clock:
        while reload_endpoint(crm).active:
            tell()
            assert timezone.now() - began < timedelta(days=4)
            clock.shift(timedelta(minutes=66))
        off = reload_endpoint(crm)
        assert off.deactivated_at and timedelta(days=3) <= off.deactivated_at - began < timedelta(
            days=3, hours=3
        )
        states = [one.state for one in deliveries()]
        assert states.count("failed") == 1 and states[1] == "waiting"
        (letter,) = mail.outbox
        assert letter.to == ["olivia@northside.example", "amir@northside.example"]
        assert "CRM of Northside Dental is no longer told" in letter.subject
        assert "3 events wait" in letter.body and "500 Internal Server Error" in letter.body
        assert f"/t/{cast.northside.slug}/settings/endpoints/{crm.id}/" in letter.body
        happen(cast, STRANGER)
        assert len(events()) == 3, "what happens while it is off is not kept for it"
        receiver.answers = lambda _: Reply()
        tell()
        assert receiver.accepted == []
        with scope(cast.northside.id):
            assert activation.activate(reload_endpoint(crm)) == 3
        tell()
    assert (heard(receiver, MARIA), heard(receiver, TOM)) == ([0, 1], [2])
    assert len(mail.outbox) == 1


def test_after_three_days_with_a_backlog_too(
    cast: Cast, crm: Endpoint, deliveries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of many numbers, where nobody answers: one try every ten minutes."""
    monkeypatch.setattr(
        delivery, "send", lambda _: (http_post.PostResult(None, "The connection was refused."), "")
    )
    happen(cast, *(f"+1415555{n:04d}" for n in range(600)))
    began = timezone.now()
    with time_machine.travel(began, tick=True) as clock:
        while reload_endpoint(crm).active:
            delivery.deliver(cast.northside.id, crm.id)
            assert timezone.now() - began < timedelta(days=4)
            clock.shift(timedelta(minutes=11))
    off = reload_endpoint(crm)
    assert off.deactivated_at and off.deactivated_at - began < timedelta(days=3, hours=3)
    assert [one.state for one in deliveries()] == ["failed"] + ["waiting"] * 599
    assert "600 events wait" in mail.outbox[0].body


def test_after_three_days_of_killed_workers_too(
    cast: Cast, crm: Endpoint, tell: Tell, deliveries: Any
) -> None:
    began = timezone.now()
    happen(cast, MARIA, TOM)
    with time_machine.travel(timezone.now(), tick=True) as clock:
        while reload_endpoint(crm).active:
            for _ in range(3):  # nobody ever says how it went
                delivery.claim(cast.northside.id, crm.id)
            assert timezone.now() - began < timedelta(days=4)
            clock.shift(timedelta(minutes=66))
        tell()
    assert [(one.state, one.due_at) for one in deliveries()] == [("failed", None), ("waiting", None)]
    assert "interrupted" in mail.outbox[0].body


def test_a_letter_that_no_mail_server_takes_is_sent_later(
    cast: Cast, crm: Endpoint, receiver: Receiver, tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver.answers = lambda _: Reply(410)
    happen(cast, MARIA)
    with monkeypatch.context() as patch:
        patch.setattr("django.core.mail.EmailMessage.send", _no_mail)
        tell()
    assert mail.outbox == [] and not reload_endpoint(crm).active
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        tell()
        tell()
    (letter,) = mail.outbox
    assert "410 Gone" in letter.body


def _no_mail(*_: Any) -> None:
    raise ConnectionRefusedError


# -- again -------------------------------------------------------------------------------------------------------


def test_replay_of_one_and_of_all_since(
    cast: Cast, crm: Endpoint, receiver: Receiver, tell: Tell, deliveries: Any
) -> None:
    happen(cast, MARIA, TOM)
    tell()
    between = timezone.now()
    happen(cast, STRANGER, MARIA)
    tell()
    ids = [one.id for one in receiver.accepted]
    receiver.accepted.clear()
    assert replay.replay_deliveries(crm, delivery_id=deliveries()[1].id) == 1
    tell()
    assert [one.id for one in receiver.accepted] == [ids[1]]
    receiver.accepted.clear()
    with scope(cast.northside.id):
        assert replay.count_replayable(crm, between) == 2
    assert replay.replay_deliveries(crm, since=between) == 2
    tell()
    assert [one.id for one in receiver.accepted] == ids[2:]
    with scope(cast.northside.id):
        activation.deactivate(reload_endpoint(crm), "Switched off by hand.")
    assert replay.replay_deliveries(crm, since=between) == 0, "not while it is off"


# -- secrets -----------------------------------------------------------------------------------------------------


def test_both_secrets_sign_for_a_day(cast: Cast, crm: Endpoint, receiver: Receiver, tell: Tell) -> None:
    old = receiver.secret
    new = crm.rotate_secret()
    with scope(cast.northside.id):
        crm.save()
    for secret in (old, new):
        receiver.secret = secret  # either side of the change can check it
        happen(cast, MARIA)
        tell()
    assert [len(one.signatures) for one in receiver.accepted] == [2, 2]
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        happen(cast, MARIA)
        tell()
    assert len(receiver.accepted[-1].signatures) == 1
    crm.drop_old_secrets()
    assert crm.secrets == [new]


def test_one_that_the_other_side_knows_outlives_a_second_rotation(
    cast: Cast, crm: Endpoint, receiver: Receiver, tell: Tell
) -> None:
    """Somebody made a secret, lost it, and made another."""
    known = receiver.secret
    crm.rotate_secret()
    with time_machine.travel(timezone.now() + timedelta(hours=23)):
        newest = crm.rotate_secret()
        with scope(cast.northside.id):
            crm.save()
    with time_machine.travel(timezone.now() + timedelta(hours=46)):
        for secret in (known, newest):
            receiver.secret = secret
            happen(cast, MARIA)
            tell()
        assert [len(one.signatures) for one in receiver.accepted] == [3, 3]
    with time_machine.travel(timezone.now() + timedelta(hours=48)):
        happen(cast, MARIA)
        tell()
        crm.rotate_secret()
    assert len(receiver.accepted[-1].signatures) == 1 and len(crm.secrets) == 2


def test_a_secret_whose_key_is_lost_is_a_try_that_failed(
    cast: Cast, crm: Endpoint, receiver: Receiver, tell: Tell, deliveries: Any, settings: Any
) -> None:
    happen(cast, MARIA)
    settings.ENCRYPTION_KEYS = ["another"]
    tell()
    assert receiver.received == []
    assert "ENCRYPTION_KEYS" in deliveries()[0].outcome


# -- two teams ---------------------------------------------------------------------------------------------------


def test_nobody_is_told_of_another_team(cast: Cast, crm: Endpoint, receiver: Receiver, tell: Tell) -> None:
    with scope(cast.harbor.id):
        consent.opt_out(cast.harbor.id, MARIA, MAYA, reason="they asked us")
    tell()
    assert receiver.received == []
    with scope(cast.northside.id):
        consent.opt_out(cast.northside.id, MARIA, MAYA, reason="they asked us")
    tell()
    assert receiver.types == ["target_opt_out"]


def test_what_is_rolled_back_is_not_told(
    cast: Cast, crm: Endpoint, receiver: Receiver, tell: Tell, events: Any
) -> None:
    with pytest.raises(ZeroDivisionError), scope(cast.northside.id):
        consent.opt_out(cast.northside.id, MARIA, MAYA, reason="they asked us")
        raise ZeroDivisionError
    tell()
    assert (events(), receiver.received) == ([], [])


def test_only_what_was_chosen(
    cast: Cast, receiver: Receiver, carrier: FakeTwilio, tell: Tell, events: Any
) -> None:
    create_endpoint(cast.northside, receiver, events=[EventType.OPT_OUT])
    carrier.text(cast.front_desk, STRANGER, "STOP")
    carrier.text(cast.front_desk, STRANGER, "STOP")  # changes nothing, and is no news
    tell()
    assert receiver.types == ["target_opt_out"] and len(events()) == 1


def test_deleting_an_endpoint_takes_what_it_was_told(
    cast: Cast, crm: Endpoint, receiver: Receiver, tell: Tell, events: Any, deliveries: Any
) -> None:
    happen(cast, MARIA)
    tell()
    happen(cast, MARIA)
    claim = delivery.claim(cast.northside.id, crm.id)
    assert claim
    with scope(cast.northside.id):
        activation.delete_endpoint(reload_endpoint(crm))
    delivery.settle(claim, http_post.PostResult(204))
    assert (events(), deliveries()) == ([], [])


@pytest.fixture(autouse=True)
def _nothing_left_behind(transactional_db: None) -> Iterator[None]:
    yield
    assert not Delivery.objects.exists(), "outside a scope nobody sees any"
