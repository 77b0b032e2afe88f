"""Deliveries: at least once and in order for each number, despite failures, silence and killed workers."""

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
from webhooks.claims import CONCURRENT_POSTS, claim, settle
from webhooks.models import Delivery, DeliveryState, Endpoint, EventType
from webhooks.outbox import Event
from webhooks.retry_times import retry_wait

MAYA = Actor(Origin.MEMBER, "Maya Chen")
Step = Callable[[], None]
FAILS, HANGS = Reply(500, b"out of order"), Reply(204, silent_for=1)


@pytest.fixture
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The timeout of a response is half a second."""
    monkeypatch.setattr(http_post, "READ", 0.5)


def record(cast: Cast, *numbers: str) -> None:
    """Record an event for each number, in this order, in one transaction."""
    with scope(cast.northside.id):
        data = [{"phone": number.removeprefix("+"), "nth": nth} for nth, number in enumerate(numbers)]
        outbox.record_events(
            cast.northside.id,
            [Event(EventType.RECEIVED, number, fields) for number, fields in zip(numbers, data, strict=True)],
        )


def accepted(receiver: Receiver, number: str) -> list[int]:
    """The accepted events about a number, in this order."""
    phone = number.removeprefix("+")
    return [webhook.event["data"]["nth"] for webhook in receiver.accepted if webhook.phone == phone]


# -- a receiver that fails twice, hangs once, and then responds ---------------------------------------------------


@pytest.mark.usefixtures("_impatient")
def test_all_events_arrive_in_order(
    cast: Cast,
    crm: Endpoint,
    receiver: Receiver,
    carrier: FakeTwilio,
    deliver_due: Step,
    skip_waits: Step,
    deliveries: Any,
) -> None:
    """The receiver fails twice and hangs once. One worker is killed before its POST, another after it."""
    receiver.replies = [FAILS, FAILS, HANGS]
    for words in ("Hello", "STOP", "Are you there?", "START"):
        carrier.text(cast.front_desk, MARIA, words)
    deliver_due()
    assert receiver.types == []
    skip_waits()
    deliver_due()
    skip_waits()
    assert claim(cast.northside.id, crm.id), "its worker is killed"
    deliver_due()
    assert len(receiver.received) == 2, "while the claim holds, the number's younger events wait"
    skip_waits()  # the claim has lapsed
    deliver_due()
    assert len(receiver.received) == 3, "the receiver hung"
    skip_waits()
    claimed = claim(cast.northside.id, crm.id)
    assert claimed
    assert delivery.send(claimed, delivery.prepare(claimed))[0].succeeded, (
        "its worker is killed before it settles"
    )
    skip_waits()
    deliver_due()
    first = [webhook for webhook in receiver.accepted if webhook.id == receiver.accepted[0].id]
    assert len(first) == 2, "sent again under the same ID"
    assert [webhook.raw for webhook in first] == [first[0].raw] * len(first), "byte for byte"
    once = {webhook.id: webhook for webhook in receiver.accepted}
    stop, start = ["message_received", "target_opt_out"], ["message_received", "target_opt_in"]
    assert [webhook.type for webhook in once.values()] == [
        "message_received",
        *stop,
        "message_received",
        *start,
    ]
    texts = [
        webhook.event["data"].get("text") for webhook in once.values() if webhook.type == "message_received"
    ]
    assert texts == ["Hello", "STOP", "Are you there?", "START"]
    assert {found.state for found in deliveries()} == {DeliveryState.DELIVERED}


def test_attempts_are_recorded(
    cast: Cast,
    crm: Endpoint,
    receiver: Receiver,
    deliver_due: Step,
    skip_waits: Step,
    deliveries: Any,
    attempts: Any,
) -> None:
    receiver.replies = [FAILS, Reply(503), Reply(200, b'{"ok": true}')]
    record(cast, MARIA)
    deliver_due()
    (waiting,) = deliveries()
    assert (waiting.state, waiting.attempt_count, waiting.outcome) == (
        "waiting",
        1,
        "500 Internal Server Error",
    )
    assert timedelta(seconds=4) < waiting.due_at - timezone.now() < timedelta(seconds=6)
    skip_waits()
    deliver_due()
    skip_waits()
    deliver_due()
    (done,) = deliveries()
    assert (done.state, done.attempt_count, done.outcome, done.due_at) == ("delivered", 3, "", None)
    recorded = attempts(done)
    assert [(attempt.status, attempt.response_body) for attempt in recorded] == [
        (500, "out of order"),
        (503, ""),
        (200, '{"ok": true}'),
    ]
    assert all(attempt.signature.startswith("v1,") for attempt in recorded)


@pytest.mark.parametrize(
    ("attempt_count", "least", "most"),
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
def test_the_wait_grows_with_the_attempts(attempt_count: int, least: float, most: float) -> None:
    for _ in range(20):
        assert least <= retry_wait(attempt_count).total_seconds() <= most


# -- killed workers ----------------------------------------------------------------------------------------------


def test_a_worker_that_is_killed_after_the_claim_delays_the_event(
    cast: Cast,
    crm: Endpoint,
    receiver: Receiver,
    deliver_due: Step,
    skip_waits: Step,
    deliveries: Any,
    attempts: Any,
) -> None:
    record(cast, MARIA)
    assert claim(cast.northside.id, crm.id) and deliveries()[0].state == DeliveryState.SENDING
    deliver_due()
    assert receiver.received == []
    skip_waits()
    deliver_due()
    assert [webhook.type for webhook in receiver.accepted] == ["message_received"]
    recorded = attempts(deliveries()[0])
    assert [attempt.status for attempt in recorded] == [None, 204]
    assert "interrupted" in recorded[0].error


def test_a_worker_that_is_killed_after_the_post_repeats_the_event(
    cast: Cast, crm: Endpoint, receiver: Receiver, deliver_due: Step, skip_waits: Step, deliveries: Any
) -> None:
    record(cast, MARIA)
    claimed = claim(cast.northside.id, crm.id)
    assert claimed
    _, signature = delivery.send(claimed, delivery.prepare(claimed))
    skip_waits()
    deliver_due()
    assert [webhook.id for webhook in receiver.accepted] == [receiver.accepted[0].id] * 2
    settle(claimed, http_post.PostResult(500), signature)
    assert deliveries()[0].state == DeliveryState.DELIVERED, "a lapsed claim changes nothing"


def test_a_worker_that_was_suspended_after_its_claim_posts_nothing(
    cast: Cast, crm: Endpoint, receiver: Receiver, deliver_due: Step, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another worker may have sent this event and a younger event since."""
    record(cast, MARIA)
    claims = iter([claim(cast.northside.id, crm.id), None])
    with time_machine.travel(timezone.now() + timedelta(seconds=11)), monkeypatch.context() as patch:
        patch.setattr(delivery, "claim", lambda *_: next(claims))
        delivery.deliver(cast.northside.id, crm.id)
    assert receiver.received == []
    with time_machine.travel(timezone.now() + timedelta(seconds=31)):
        deliver_due()
    assert receiver.types == ["message_received"]


# -- order and concurrency ---------------------------------------------------------------------------------------


def test_many_workers_keep_the_order_of_each_number(
    cast: Cast, crm: Endpoint, receiver: Receiver, elsewhere: Any, skip_waits: Step, deliveries: Any
) -> None:
    numbers = [f"+1415555{n:04d}" for n in range(6)]
    chance = random.Random(7)
    receiver.reply_to = lambda _: Reply(
        chance.choice([204, 204, 500]), silent_for=0.02 + chance.random() / 50
    )
    record(cast, *(number for _ in range(5) for number in numbers))
    for _ in range(60):
        workers = [elsewhere(delivery.deliver, cast.northside.id, crm.id) for _ in range(8)]
        for worker in workers:
            worker.result(30)
        skip_waits()
        if all(found.state == DeliveryState.DELIVERED for found in deliveries()):
            break
    assert 1 < receiver.most_concurrent <= CONCURRENT_POSTS
    for index, number in enumerate(numbers):
        assert accepted(receiver, number) == [index + 6 * n for n in range(5)], number


def test_a_failing_event_delays_no_other_number(
    cast: Cast, crm: Endpoint, receiver: Receiver, deliver_due: Step, skip_waits: Step
) -> None:
    marias = MARIA.removeprefix("+")
    receiver.reply_to = lambda webhook: FAILS if webhook.phone == marias else Reply()
    record(cast, MARIA, TOM, MARIA, TOM, STRANGER)
    deliver_due()
    assert (accepted(receiver, MARIA), accepted(receiver, TOM), accepted(receiver, STRANGER)) == (
        [],
        [1, 3],
        [4],
    )
    assert len([webhook for webhook in receiver.received if webhook.phone == marias]) == 1, "the second waits"
    receiver.reply_to = lambda _: Reply()
    skip_waits()
    deliver_due()
    assert accepted(receiver, MARIA) == [0, 2]


def test_an_endpoint_that_does_not_respond_is_paused(
    cast: Cast, crm: Endpoint, receiver: Receiver, deliver_due: Step, skip_waits: Step, deliveries: Any
) -> None:
    """Only one delivery is attempted, at growing intervals. Its other deliveries wait; other endpoints continue."""
    record(cast, MARIA)
    silent = create_endpoint(cast.northside, receiver, "Silent", url="http://127.0.0.1:9/closed")
    receiver.secret = crm.secrets[0]
    record(cast, MARIA, TOM, STRANGER)
    deliver_due()
    assert len(receiver.accepted) == 4
    waiting = deliveries(endpoint=silent)
    assert sorted(found.attempt_count for found in waiting) == [0, 0, 1]
    assert [found.outcome for found in waiting if found.outcome] == ["The connection was refused."]
    paused_until = reload_endpoint(silent).paused_until
    assert paused_until and timedelta(seconds=3) < paused_until - timezone.now() < timedelta(seconds=6)
    for _ in range(4):
        skip_waits()
        deliver_due()
    paused = reload_endpoint(silent)
    assert paused.failures == 5 and paused.paused_until
    assert paused.paused_until - timezone.now() > timedelta(minutes=9)
    with scope(cast.northside.id):
        Endpoint.objects.filter(team=cast.northside, id=silent.id).update(
            url=receiver.address, secrets=crm.secrets
        )
    skip_waits()
    deliver_due()
    assert {found.state for found in deliveries()} == {DeliveryState.DELIVERED}
    assert reload_endpoint(silent).failures == 0


# -- three days --------------------------------------------------------------------------------------------------


def test_after_three_days_the_endpoint_is_turned_off_and_admins_get_an_email(
    cast: Cast, crm: Endpoint, receiver: Receiver, deliver_due: Step, deliveries: Any, events: Any
) -> None:
    receiver.reply_to = lambda _: FAILS
    began = timezone.now()
    record(cast, MARIA, MARIA, TOM)
    with time_machine.travel(began, tick=True) as clock:
        while reload_endpoint(crm).active:
            deliver_due()
            assert timezone.now() - began < timedelta(days=4)
            clock.shift(timedelta(minutes=66))
        off = reload_endpoint(crm)
        assert off.deactivated_at and timedelta(days=3) <= off.deactivated_at - began < timedelta(
            days=3, hours=3
        )
        states = [found.state for found in deliveries()]
        assert states.count("failed") == 1 and states[1] == "waiting"
        (email,) = mail.outbox
        assert email.to == ["olivia@northside.example", "amir@northside.example"]
        assert email.subject == "Webhooks to CRM are off (Northside Dental)"
        assert "3 events are waiting" in email.body and "500 Internal Server Error" in email.body
        assert f"/t/{cast.northside.slug}/settings/endpoints/{crm.id}/" in email.body
        record(cast, STRANGER)
        assert len(events()) == 3, "new events are not kept while it is off"
        receiver.reply_to = lambda _: Reply()
        deliver_due()
        assert receiver.accepted == []
        with scope(cast.northside.id):
            assert activation.activate(reload_endpoint(crm), by=cast.owner) == 3
        deliver_due()
    assert (accepted(receiver, MARIA), accepted(receiver, TOM)) == ([0, 1], [2])
    assert len(mail.outbox) == 1


def test_an_endpoint_with_a_backlog_is_turned_off_after_three_days(
    cast: Cast, crm: Endpoint, deliveries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Events about many numbers, no response: an attempt every half hour, each other one of the oldest event."""
    monkeypatch.setattr(
        delivery, "send", lambda *_: (http_post.PostResult(None, "The connection was refused."), "")
    )
    record(cast, *(f"+1415555{n:04d}" for n in range(100)))
    began = timezone.now()
    with time_machine.travel(began, tick=True) as clock:
        while reload_endpoint(crm).active:
            delivery.deliver(cast.northside.id, crm.id)
            assert timezone.now() - began < timedelta(days=4)
            clock.shift(timedelta(minutes=31))
    off = reload_endpoint(crm)
    assert off.deactivated_at and off.deactivated_at - began < timedelta(days=3, hours=3)
    states, attempts = zip(*((found.state, found.attempt_count) for found in deliveries()), strict=True)
    assert states == ("failed", *["waiting"] * 99)
    assert attempts[0] >= 60 and sum(attempts[1:]) >= 60, "others were tried between"
    assert "100 events are waiting" in mail.outbox[0].body


def test_an_endpoint_that_kills_its_workers_is_turned_off_after_three_days(
    cast: Cast, crm: Endpoint, deliver_due: Step, deliveries: Any
) -> None:
    began = timezone.now()
    record(cast, MARIA, TOM)
    with time_machine.travel(timezone.now(), tick=True) as clock:
        while reload_endpoint(crm).active:
            for _ in range(3):  # never settled
                claim(cast.northside.id, crm.id)
            assert timezone.now() - began < timedelta(days=4)
            clock.shift(timedelta(minutes=66))
        deliver_due()
    assert [(found.state, found.due_at) for found in deliveries()] == [("failed", None), ("waiting", None)]
    assert "interrupted" in mail.outbox[0].body


def test_an_email_that_fails_is_sent_later(
    cast: Cast, crm: Endpoint, receiver: Receiver, deliver_due: Step, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver.reply_to = lambda _: Reply(410)
    record(cast, MARIA)
    with monkeypatch.context() as patch:
        patch.setattr("django.core.mail.EmailMessage.send", _no_mail)
        deliver_due()
    assert mail.outbox == [] and not reload_endpoint(crm).active
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        deliver_due()
        deliver_due()
    (email,) = mail.outbox
    assert "410 Gone" in email.body


def _no_mail(*_: Any) -> None:
    raise ConnectionRefusedError


# -- replay -------------------------------------------------------------------------------------------------------


def test_a_replay_sends_one_delivery_or_all_since_a_time(
    cast: Cast, crm: Endpoint, receiver: Receiver, deliver_due: Step, deliveries: Any
) -> None:
    record(cast, MARIA, TOM)
    deliver_due()
    between = timezone.now()
    record(cast, STRANGER, MARIA)
    deliver_due()
    ids = [webhook.id for webhook in receiver.accepted]
    receiver.accepted.clear()
    assert replay.replay_deliveries(crm, delivery_id=deliveries()[1].id) == 1
    deliver_due()
    assert [webhook.id for webhook in receiver.accepted] == [ids[1]]
    receiver.accepted.clear()
    with scope(cast.northside.id):
        assert replay.count_replayable(crm, between) == 2
    assert replay.replay_deliveries(crm, since=between) == 2
    deliver_due()
    assert [webhook.id for webhook in receiver.accepted] == ids[2:]
    with scope(cast.northside.id):
        activation.deactivate(reload_endpoint(crm), "Turned off by hand.")
    assert replay.replay_deliveries(crm, since=between) == 0, "not while it is off"


# -- secrets -----------------------------------------------------------------------------------------------------


def test_old_and_new_secret_sign_for_a_day(
    cast: Cast, crm: Endpoint, receiver: Receiver, deliver_due: Step
) -> None:
    old = receiver.secret
    new = crm.rotate_secret()
    with scope(cast.northside.id):
        crm.save()
    for secret in (old, new):
        receiver.secret = secret  # a receiver with either secret can verify
        record(cast, MARIA)
        deliver_due()
    assert [len(webhook.signatures) for webhook in receiver.accepted] == [2, 2]
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        record(cast, MARIA)
        deliver_due()
    assert len(receiver.accepted[-1].signatures) == 1
    crm.drop_old_secrets()
    assert crm.secrets == [new]


def test_a_secret_stays_valid_after_a_second_rotation(
    cast: Cast, crm: Endpoint, receiver: Receiver, deliver_due: Step
) -> None:
    """A member created a secret, lost it, and created another."""
    old = receiver.secret
    crm.rotate_secret()
    with time_machine.travel(timezone.now() + timedelta(hours=23)):
        newest = crm.rotate_secret()
        with scope(cast.northside.id):
            crm.save()
    with time_machine.travel(timezone.now() + timedelta(hours=46)):
        for secret in (old, newest):
            receiver.secret = secret
            record(cast, MARIA)
            deliver_due()
        assert [len(webhook.signatures) for webhook in receiver.accepted] == [3, 3]
    with time_machine.travel(timezone.now() + timedelta(hours=48)):
        record(cast, MARIA)
        deliver_due()
        crm.rotate_secret()
    assert len(receiver.accepted[-1].signatures) == 1 and len(crm.secrets) == 2


def test_an_unreadable_secret_is_a_failed_attempt(
    cast: Cast, crm: Endpoint, receiver: Receiver, deliver_due: Step, deliveries: Any, settings: Any
) -> None:
    record(cast, MARIA)
    settings.ENCRYPTION_KEYS = ["another"]
    deliver_due()
    assert receiver.received == []
    assert "ENCRYPTION_KEYS" in deliveries()[0].outcome


# -- two teams ---------------------------------------------------------------------------------------------------


def test_events_of_another_team_are_not_delivered(
    cast: Cast, crm: Endpoint, receiver: Receiver, deliver_due: Step
) -> None:
    with scope(cast.harbor.id):
        consent.opt_out(cast.harbor.id, MARIA, MAYA, reason="they asked us")
    deliver_due()
    assert receiver.received == []
    with scope(cast.northside.id):
        consent.opt_out(cast.northside.id, MARIA, MAYA, reason="they asked us")
    deliver_due()
    assert receiver.types == ["target_opt_out"]


def test_an_event_that_is_rolled_back_is_not_delivered(
    cast: Cast, crm: Endpoint, receiver: Receiver, deliver_due: Step, events: Any
) -> None:
    with pytest.raises(ZeroDivisionError), scope(cast.northside.id):
        consent.opt_out(cast.northside.id, MARIA, MAYA, reason="they asked us")
        raise ZeroDivisionError
    deliver_due()
    assert (events(), receiver.received) == ([], [])


def test_only_chosen_event_types_are_delivered(
    cast: Cast, receiver: Receiver, carrier: FakeTwilio, deliver_due: Step, events: Any
) -> None:
    create_endpoint(cast.northside, receiver, events=[EventType.OPT_OUT])
    carrier.text(cast.front_desk, STRANGER, "STOP")
    carrier.text(cast.front_desk, STRANGER, "STOP")  # changes nothing, so there is no event
    deliver_due()
    assert receiver.types == ["target_opt_out"] and len(events()) == 1


def test_deleting_an_endpoint_deletes_its_deliveries(
    cast: Cast, crm: Endpoint, receiver: Receiver, deliver_due: Step, events: Any, deliveries: Any
) -> None:
    record(cast, MARIA)
    deliver_due()
    record(cast, MARIA)
    claimed = claim(cast.northside.id, crm.id)
    assert claimed
    with scope(cast.northside.id):
        activation.delete_endpoint(reload_endpoint(crm), by=cast.owner)
    settle(claimed, http_post.PostResult(204))
    assert (events(), deliveries()) == ([], [])


@pytest.fixture(autouse=True)
def _no_rows_outside_a_scope(transactional_db: None) -> Iterator[None]:
    yield
    assert not Delivery.objects.exists(), "no rows are visible outside a scope"
