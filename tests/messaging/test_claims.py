"""Claims against changes of standing: every order of the steps of both, over two connections."""

import socket
from collections.abc import Callable
from datetime import timedelta
from itertools import combinations
from time import monotonic
from typing import Any

import pytest

from kernel.tenancy import scope
from messaging import inbound, outbound
from messaging.carriers.base import Accepted, InboundText
from messaging.carriers.registry import _ADAPTERS
from messaging.carriers.twilio import adapter as twilio
from messaging.compose import compose_text
from messaging.models import Message, MessagePurpose, MessageStatus
from messaging.outbound import CLAIM_TIMEOUT
from optout import consent
from optout.consent_types import Actor
from optout.models import Origin
from optout.number_locks import lock_number
from tests.cast import MARIA, TOM, Cast
from tests.messaging.conftest import Gate
from tests.messaging.fake_twilio import FakeTwilio, SendAnswer, new_sid

MAYA = Actor(Origin.MEMBER, "Maya Chen", 7)
SENDER = ("claim", "start", "call", "settle")
STOPPER = ("lock", "commit")


def interleavings() -> list[tuple[str, ...]]:
    """All orders of the six steps in which the steps of each side keep their order."""
    orders = []
    for positions in combinations(range(len(SENDER) + len(STOPPER)), len(STOPPER)):
        sender, stopper = iter(SENDER), iter(STOPPER)
        orders.append(tuple(next(stopper if i in positions else sender) for i in range(6)))
    return orders


def text_stop(cast: Cast) -> None:
    inbound.receive(cast.front_desk, InboundText(new_sid(), MARIA, "STOP"))


def text_stop_beside_another(cast: Cast) -> None:
    """As the front stores a batch: what cannot be stored together, since its number is locked, follows alone."""
    both = [InboundText(new_sid(), MARIA, "STOP"), InboundText(new_sid(), TOM, "See you")]
    read = [inbound.read_inbound(cast.front_desk, text) for text in both]
    stored = inbound.store_together(read)
    for position in range(len(read)):
        if position not in stored:
            inbound.store(read[position])


def opt_out_by_staff(cast: Cast) -> None:
    consent.opt_out(cast.northside.id, MARIA, MAYA, reason="They asked us.")


def block(cast: Cast) -> None:
    consent.block(cast.northside.id, MARIA, MAYA)


STOPS = {"STOP": text_stop, "STOP in a batch": text_stop_beside_another}
CHANGES = {**STOPS, "opt-out by staff": opt_out_by_staff, "block": block}


def compose(cast: Cast, body: str = "Hello", number: str = MARIA) -> Message:
    with scope(cast.northside.id):
        return compose_text(cast.front_desk, number, body, author=cast.member)


def reload(message: Message) -> Message:
    with scope(message.team_id):
        return Message.objects.get(team_id=message.team_id, id=message.id)


@pytest.fixture
def sender_steps(monkeypatch: pytest.MonkeyPatch) -> dict[str, Gate]:
    """A gate before each step of `deliver`, for the first text."""
    gates = {step: Gate() for step in SENDER}

    def gated(step: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def through(*args: Any) -> Any:
            gates[step].await_open()
            try:
                return function(*args)
            finally:
                gates[step].passed()

        return through

    for step in ("claim", "start", "settle"):
        monkeypatch.setattr(outbound, step, gated(step, getattr(outbound, step)))
    twilio = _ADAPTERS["twilio"]
    monkeypatch.setattr(twilio, "send", gated("call", twilio.send), raising=False)
    return gates


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("order", interleavings(), ids=" ".join)
def test_a_change_of_standing_against_a_claim(
    cast: Cast, carrier: FakeTwilio, work: Callable[[], None], texts: Any, elsewhere: Any, waits_for_lock: Any,
    sender_steps: dict[str, Gate], order: tuple[str, ...], change: str,
) -> None:  # fmt: skip
    message = compose(cast)
    lock, commit = Gate(), Gate()

    def apply_change() -> None:
        lock.await_open()
        with scope(cast.northside.id):
            CHANGES[change](cast)
            lock.passed()
            commit.await_open()
        commit.passed()

    sender = elsewhere(outbound.deliver, message.team_id, message.conversation_id)
    stopper = elsewhere(apply_change)
    steps = {**sender_steps, "lock": lock, "commit": commit}
    granted = order.index("claim") < order.index("lock")
    for step in order:
        if step in SENDER and step != "claim" and not granted:
            continue  # the sender skips this step, which the end of the test checks
        steps[step].open()
        if step == "claim" and order.index("lock") < order.index("claim") < order.index("commit"):
            waits_for_lock()
            assert reload(message).status == MessageStatus.QUEUED
        else:
            steps[step].await_passed()
    stopper.result(10)
    for gate in sender_steps.values():
        gate.open()
    sender.result(10)
    found = reload(message)
    if granted:
        assert found.status == MessageStatus.SENT
        assert found.crossed == (order.index("commit") < order.index("settle"))
        assert carrier.bodies().count("Hello") == 1
    else:
        assert (found.status, found.attempts, found.crossed) == (MessageStatus.REFUSED, 0, False)
        assert found.reason == ("blocked" if change == "block" else "opted_out")
        assert "Hello" not in carrier.bodies()
    work()
    work()
    confirmations = texts(purpose=MessagePurpose.CONFIRMATION)
    assert [text.status for text in confirmations] == ([MessageStatus.SENT] if change in STOPS else [])
    assert len(carrier.sent) == granted + len(confirmations)


# -- lapsed claims and killed workers ----------------------------------------------------------------------------


def claim(message: Message) -> outbound.SendClaim:
    found = outbound.claim(message.team_id, message.conversation_id)
    assert found and found.message_id == message.id
    return found


def test_a_claim_older_than_five_seconds_returns_to_the_queue(
    cast: Cast, carrier: FakeTwilio, work: Callable[[], None], write: Any
) -> None:
    message = compose(cast)
    late = claim(message)
    assert reload(message).due_at - late.claimed_at == CLAIM_TIMEOUT  # type: ignore[operator]
    write(message, due_at="now()")
    assert not outbound.start(late)
    assert reload(message).status == MessageStatus.CLAIMED
    work()
    assert (reload(message).status, reload(message).attempts) == (MessageStatus.SENT, 2)
    assert not outbound.start(late)
    assert carrier.bodies() == ["Hello"]


def test_a_stop_during_a_slow_name_lookup_prevents_the_send(
    cast: Cast, carrier: FakeTwilio, work: Callable[[], None], write: Any, settings: Any, elsewhere: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """The claim was granted before the STOP, and lapses before the carrier's address is known."""
    message, gate = compose(cast), Gate()
    look_up = socket.getaddrinfo

    def slow(host: str, *args: Any, **options: Any) -> Any:
        gate.passed()
        gate.await_open()
        return look_up(host, *args, **options)

    settings.TWILIO_API_URL = settings.TWILIO_API_URL.replace("127.0.0.1", "localhost")
    monkeypatch.setattr(outbound, "CLAIM_TIMEOUT", timedelta(seconds=1))
    twilio._cached_client.cache_clear()  # a connection that is kept open needs no lookup
    with monkeypatch.context() as lookups:
        lookups.setattr(socket, "getaddrinfo", slow)
        sender = elsewhere(outbound.deliver, message.team_id, message.conversation_id)
        gate.await_passed()
        carrier.text(cast.front_desk, MARIA, "STOP")
        sender.result(10)  # gave up; the lookup still waits
        gate.open()
    assert (reload(message).status, reload(message).crossed) == (MessageStatus.QUEUED, False)
    write(message, due_at="now()")
    work()
    assert (reload(message).status, reload(message).reason) == (MessageStatus.REFUSED, "opted_out")
    assert "Hello" not in carrier.bodies()


def test_a_text_may_be_written_for_as_long_as_its_claim_holds(cast: Cast) -> None:
    begun = monotonic()
    found = claim(compose(cast))
    assert begun < found.text.write_before - CLAIM_TIMEOUT.total_seconds() <= monotonic()


def test_a_lapsed_claim_cannot_start_after_a_new_claim(cast: Cast, write: Any) -> None:
    message = compose(cast)
    first = claim(message)
    write(message, due_at="now()")
    second = claim(message)
    assert not outbound.start(first)
    assert outbound.start(second)
    assert not outbound.start(second)


def test_a_stop_during_a_lapsed_claim_prevents_the_send(
    cast: Cast, carrier: FakeTwilio, work: Callable[[], None], write: Any
) -> None:
    message = compose(cast)
    claim(message)
    carrier.text(cast.front_desk, MARIA, "STOP")
    write(message, due_at="now()")
    work()
    assert (reload(message).status, reload(message).reason) == (MessageStatus.REFUSED, "opted_out")
    assert "Hello" not in carrier.bodies() and len(carrier.sent) == 1


def test_a_text_is_sent_after_its_worker_died_before_the_call(
    cast: Cast, carrier: FakeTwilio, work: Callable[[], None], write: Any
) -> None:
    message = compose(cast)
    claim(message)  # its worker dies
    work()
    assert (reload(message).status, carrier.sent) == (MessageStatus.CLAIMED, [])
    write(message, due_at="now()")
    work()
    work()
    assert (reload(message).status, carrier.bodies()) == (MessageStatus.SENT, ["Hello"])


def test_a_text_is_unknown_after_its_worker_died_in_the_call(
    cast: Cast, carrier: FakeTwilio, work: Callable[[], None], write: Any
) -> None:
    message, following = compose(cast), compose(cast, "And then")
    assert outbound.start(claim(message))
    work()
    assert (reload(message).status, carrier.sent) == (MessageStatus.SENDING, [])
    write(message, due_at="now()")
    work()
    found = reload(message)
    assert (found.status, found.due_at, found.crossed) == (MessageStatus.UNKNOWN, None, False)
    assert "may have arrived" in found.trouble
    work()
    assert (reload(following).status, carrier.bodies()) == (MessageStatus.SENT, ["And then"])
    carrier.report(message, "delivered", inbox=cast.front_desk)
    assert (reload(message).status, reload(message).trouble) == (MessageStatus.DELIVERED, "")


def test_an_abandoned_call_is_marked_crossed_after_a_stop(
    cast: Cast, carrier: FakeTwilio, work: Callable[[], None], write: Any
) -> None:
    message = compose(cast)
    assert outbound.start(claim(message))
    carrier.text(cast.front_desk, MARIA, "STOP")
    write(message, due_at="now()")
    work()
    assert (reload(message).status, reload(message).crossed) == (MessageStatus.UNKNOWN, True)


@pytest.mark.parametrize("in_time", [True, False], ids=["before it lapses", "as it lapses"])
def test_a_claim_waits_for_a_start_that_is_being_written(
    cast: Cast,
    carrier: FakeTwilio,
    elsewhere: Any,
    waits_for_lock: Any,
    write: Any,
    in_time: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A second worker comes between the start and its commit: it waits for the row and does not send the text again."""
    message = compose(cast)
    own_claim = claim(message)
    write(message, due_at="now() + '10 s'")
    started = Gate()

    def start_slowly() -> bool:
        with scope(message.team_id):
            answer = outbound.start(own_claim)
            started.passed()
            started.await_open()
        return answer

    first = elsewhere(start_slowly)
    started.await_passed()
    if not in_time:  # by the clock of the second claim, the first has lapsed
        monkeypatch.setattr(outbound, "lock_number", lambda *number: lock_number(*number) + 3 * CLAIM_TIMEOUT)
    second = elsewhere(outbound.claim, message.team_id, message.conversation_id)
    waits_for_lock("transactionid")
    started.open()
    assert first.result(10) is True
    assert second.result(10) is None
    assert reload(message).status == MessageStatus.SENDING


def test_a_claim_waits_for_a_settle_that_is_being_written(
    cast: Cast, elsewhere: Any, waits_for_lock: Any, write: Any
) -> None:
    """The result of a call that ends while it is being recovered stays."""
    message = compose(cast)
    own_claim = claim(message)
    assert outbound.start(own_claim)
    write(message, due_at="now()")
    settled = Gate()

    def settle_slowly() -> None:
        with scope(message.team_id):
            outbound.settle(own_claim, Accepted("SM1"))
            settled.passed()
            settled.await_open()

    first = elsewhere(settle_slowly)
    settled.await_passed()
    second = elsewhere(outbound.claim, message.team_id, message.conversation_id)
    waits_for_lock("transactionid")
    settled.open()
    first.result(10)
    assert second.result(10) is None
    assert reload(message).status == MessageStatus.SENT


# -- several workers ---------------------------------------------------------------------------------------------


def test_concurrent_workers_send_each_text_once_and_in_order(
    cast: Cast, carrier: FakeTwilio, elsewhere: Any, work: Callable[[], None]
) -> None:
    bodies = [f"text {i}" for i in range(8)]
    messages = [compose(cast, body) for body in bodies]
    compose(cast, "for Tom", TOM)
    conversation = messages[0].team_id, messages[0].conversation_id
    for worker in [elsewhere(outbound.deliver, *conversation) for _ in range(4)]:
        worker.result(20)
    work()
    assert carrier.bodies(MARIA) == bodies
    assert carrier.bodies(TOM) == ["for Tom"]


def test_a_text_waits_until_the_previous_text_is_sent(
    cast: Cast, carrier: FakeTwilio, elsewhere: Any, work: Callable[[], None]
) -> None:
    first, second = compose(cast, "first"), compose(cast, "second")
    taken = Gate()

    def hold() -> None:
        taken.passed()
        taken.await_open()

    carrier.answers.append(SendAnswer(before=hold))
    worker = elsewhere(outbound.deliver, first.team_id, first.conversation_id)
    taken.await_passed()
    work()
    assert reload(second).status == MessageStatus.QUEUED
    taken.open()
    worker.result(10)
    assert carrier.bodies() == ["first", "second"]


def test_a_text_to_an_opted_out_number_is_stored_as_refused(
    cast: Cast, carrier: FakeTwilio, work: Callable[[], None]
) -> None:
    carrier.text(cast.front_desk, MARIA, "STOP")
    message = compose(cast)
    assert (message.status, message.reason, reload(message).trouble) == (
        "refused", "opted_out", "This number has opted out.",
    )  # fmt: skip
    carrier.text(cast.front_desk, MARIA, "START")
    work()
    assert "Hello" not in carrier.bodies()
