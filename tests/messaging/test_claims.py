"""After a STOP has committed nothing is claimed: every order of its steps and a sender's, over two connections."""

import time
from collections.abc import Callable
from itertools import combinations
from typing import Any

import pytest

from kernel.tenancy import scope
from messaging import carriers, inbound, outbound
from messaging.carriers.base import InboundText
from messaging.carriers.registry import _ADAPTERS
from messaging.compose import compose_text
from messaging.models import Message, MessagePurpose, MessageStatus
from optout import consent
from optout.consent_types import Actor
from optout.models import Origin
from tests.cast import MARIA, TOM, Cast
from tests.messaging.conftest import Gate
from tests.messaging.fake_twilio import FakeTwilio, SendAnswer, new_sid

MAYA = Actor(Origin.MEMBER, "Maya Chen", 7)
SENDER = ("claim", "start", "call", "settle")
STOPPER = ("lock", "commit")


def interleavings() -> list[tuple[str, ...]]:
    """Every order of the six steps that keeps each side's own."""
    orders = []
    for places in combinations(range(len(SENDER) + len(STOPPER)), len(STOPPER)):
        sender, stopper = iter(SENDER), iter(STOPPER)
        orders.append(tuple(next(stopper if i in places else sender) for i in range(6)))
    return orders


def texts_stop(cast: Cast) -> None:
    inbound.receive(cast.front_desk, InboundText(new_sid(), MARIA, "STOP"))


def staff_opts_out(cast: Cast) -> None:
    consent.opt_out(cast.northside.id, MARIA, MAYA, reason="They asked us.")


def staff_blocks(cast: Cast) -> None:
    consent.block(cast.northside.id, MARIA, MAYA)


WAYS = {"STOP": texts_stop, "opt-out by staff": staff_opts_out, "block": staff_blocks}


def compose(cast: Cast, body: str = "Hello", number: str = MARIA) -> Message:
    with scope(cast.northside.id):
        return compose_text(cast.front_desk, number, body, author=cast.member)


def again(message: Message) -> Message:
    with scope(message.team_id):
        return Message.objects.get(team_id=message.team_id, id=message.id)


@pytest.fixture
def sender_steps(monkeypatch: pytest.MonkeyPatch) -> dict[str, Gate]:
    """A gate before each step of `deliver`, for the first text only."""
    gates = {step: Gate() for step in SENDER}

    def gated(step: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def through(*args: Any) -> Any:
            gates[step].wait()
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


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("order", interleavings(), ids=" ".join)
def test_a_change_of_standing_against_a_claim(
    cast: Cast, carrier: FakeTwilio, work: Callable[[], None], texts: Any, elsewhere: Any, waits_for_lock: Any,
    sender_steps: dict[str, Gate], order: tuple[str, ...], way: str,
) -> None:  # fmt: skip
    message = compose(cast)
    lock, commit = Gate(), Gate()

    def change() -> None:
        lock.wait()
        with scope(cast.northside.id):
            WAYS[way](cast)
            lock.passed()
            commit.wait()
        commit.passed()

    sender = elsewhere(outbound.deliver, message.team_id, message.conversation_id)
    stopper = elsewhere(change)
    steps = {**sender_steps, "lock": lock, "commit": commit}
    granted = order.index("claim") < order.index("lock")
    for step in order:
        if step in SENDER and step != "claim" and not granted:
            continue  # the sender never comes there, as is seen at the end
        steps[step].open()
        if step == "claim" and order.index("lock") < order.index("claim") < order.index("commit"):
            waits_for_lock()
            assert again(message).status == MessageStatus.QUEUED
        else:
            steps[step].has_passed()
    stopper.result(10)
    for gate in sender_steps.values():
        gate.open()
    sender.result(10)
    found = again(message)
    if granted:
        assert found.status == MessageStatus.SENT
        assert found.crossed == (order.index("commit") < order.index("settle"))
        assert carrier.bodies().count("Hello") == 1
    else:
        assert (found.status, found.attempts, found.crossed) == (MessageStatus.REFUSED, 0, False)
        assert found.reason == ("blocked" if way == "block" else "opted_out")
        assert "Hello" not in carrier.bodies()
    work()
    work()
    confirmations = texts(purpose=MessagePurpose.CONFIRMATION)
    assert [text.status for text in confirmations] == ([MessageStatus.SENT] if way == "STOP" else [])
    assert len(carrier.sent) == granted + len(confirmations)


# -- a claim that lapses, a worker that dies ---------------------------------------------------------------------


def claim(message: Message) -> outbound.SendClaim:
    found = outbound.claim(message.team_id, message.conversation_id)
    assert found and found.message_id == message.id
    return found


def test_a_claim_older_than_five_seconds_is_given_back_and_not_sent(
    cast: Cast, carrier: FakeTwilio, work: Callable[[], None], write: Any
) -> None:
    message = compose(cast)
    late = claim(message)
    assert again(message).due_at - late.claimed_at == outbound.CLAIM_TIMEOUT  # type: ignore[operator]
    write(message, due_at="clock_timestamp()")
    assert not outbound.start(late)
    assert again(message).status == MessageStatus.CLAIMED
    work()
    assert (again(message).status, again(message).attempts) == (MessageStatus.SENT, 2)
    assert not outbound.start(late)
    assert carrier.bodies() == ["Hello"]


def test_a_claim_that_was_given_back_and_claimed_anew_is_not_the_old_ones_to_start(
    cast: Cast, write: Any
) -> None:
    message = compose(cast)
    first = claim(message)
    write(message, due_at="clock_timestamp()")
    second = claim(message)
    assert not outbound.start(first)
    assert outbound.start(second)
    assert not outbound.start(second)


def test_a_stop_during_a_lapsed_claim_wins(
    cast: Cast, carrier: FakeTwilio, work: Callable[[], None], write: Any
) -> None:
    message = compose(cast)
    claim(message)
    carrier.text(cast.front_desk, MARIA, "STOP")
    write(message, due_at="clock_timestamp()")
    work()
    assert (again(message).status, again(message).reason) == (MessageStatus.REFUSED, "opted_out")
    assert "Hello" not in carrier.bodies() and len(carrier.sent) == 1


def test_a_worker_killed_before_its_call_costs_five_seconds(
    cast: Cast, carrier: FakeTwilio, work: Callable[[], None], write: Any
) -> None:
    message = compose(cast)
    claim(message)  # and then its process is gone
    work()
    assert (again(message).status, carrier.sent) == (MessageStatus.CLAIMED, [])
    write(message, due_at="clock_timestamp()")
    work()
    work()
    assert (again(message).status, carrier.bodies()) == (MessageStatus.SENT, ["Hello"])


def test_a_worker_killed_in_its_call_leaves_a_text_unknown_until_the_carrier_tells(
    cast: Cast, carrier: FakeTwilio, work: Callable[[], None], write: Any
) -> None:
    message, following = compose(cast), compose(cast, "And then")
    assert outbound.start(claim(message))
    work()
    assert (again(message).status, carrier.sent) == (MessageStatus.SENDING, [])
    write(message, due_at="clock_timestamp()")
    work()
    found = again(message)
    assert (found.status, found.due_at, found.crossed) == (MessageStatus.UNKNOWN, None, False)
    assert "may have arrived" in found.trouble
    work()
    assert (again(following).status, carrier.bodies()) == (MessageStatus.SENT, ["And then"])
    carrier.report(message, "delivered", inbox=cast.front_desk)
    assert (again(message).status, again(message).trouble) == (MessageStatus.DELIVERED, "")


def test_a_call_that_was_left_while_a_stop_came_is_marked_crossed(
    cast: Cast, carrier: FakeTwilio, work: Callable[[], None], write: Any
) -> None:
    message = compose(cast)
    assert outbound.start(claim(message))
    carrier.text(cast.front_desk, MARIA, "STOP")
    write(message, due_at="clock_timestamp()")
    work()
    assert (again(message).status, again(message).crossed) == (MessageStatus.UNKNOWN, True)


@pytest.mark.parametrize("in_time", [True, False], ids=["before it lapses", "as it lapses"])
def test_a_start_that_is_being_written_is_seen_by_the_next_claim(
    cast: Cast, carrier: FakeTwilio, elsewhere: Any, waits_for_lock: Any, write: Any, in_time: bool
) -> None:
    """A second worker comes between the start and its commit: it waits for the row, and does not send it too."""
    message = compose(cast)
    mine = claim(message)
    write(message, due_at=f"clock_timestamp() + '{10 if in_time else 0.2} s'")
    started = Gate()

    def start_slowly() -> bool:
        with scope(message.team_id):
            answer = outbound.start(mine)
            started.passed()
            started.wait()
        return answer

    one = elsewhere(start_slowly)
    started.has_passed()
    if not in_time:
        time.sleep(0.25)
    other = elsewhere(outbound.claim, message.team_id, message.conversation_id)
    waits_for_lock("transactionid")
    started.open()
    assert one.result(10) is True
    assert other.result(10) is None
    assert again(message).status == MessageStatus.SENDING


def test_an_end_that_is_being_written_is_seen_by_the_next_claim(
    cast: Cast, elsewhere: Any, waits_for_lock: Any, write: Any
) -> None:
    """A call that ends just as it is given up counts as it ended."""
    message = compose(cast)
    mine = claim(message)
    assert outbound.start(mine)
    write(message, due_at="clock_timestamp()")
    settled = Gate()

    def settle_slowly() -> None:
        with scope(message.team_id):
            outbound.settle(mine, carriers.base.Accepted("SM1"))
            settled.passed()
            settled.wait()

    one = elsewhere(settle_slowly)
    settled.has_passed()
    other = elsewhere(outbound.claim, message.team_id, message.conversation_id)
    waits_for_lock("transactionid")
    settled.open()
    one.result(10)
    assert other.result(10) is None
    assert again(message).status == MessageStatus.SENT


# -- several workers ---------------------------------------------------------------------------------------------


def test_workers_at_once_send_each_text_once_and_in_order(
    cast: Cast, carrier: FakeTwilio, elsewhere: Any, work: Callable[[], None]
) -> None:
    bodies = [f"text {i}" for i in range(8)]
    messages = [compose(cast, body) for body in bodies]
    compose(cast, "for Tom", TOM)
    where = messages[0].team_id, messages[0].conversation_id
    for worker in [elsewhere(outbound.deliver, *where) for _ in range(4)]:
        worker.result(20)
    work()
    assert carrier.bodies(MARIA) == bodies
    assert carrier.bodies(TOM) == ["for Tom"]


def test_while_one_text_is_on_its_way_the_next_waits(
    cast: Cast, carrier: FakeTwilio, elsewhere: Any, work: Callable[[], None]
) -> None:
    first, second = compose(cast, "first"), compose(cast, "second")
    taken = Gate()

    def hold() -> None:
        taken.passed()
        taken.wait()

    carrier.answers.append(SendAnswer(before=hold))
    worker = elsewhere(outbound.deliver, first.team_id, first.conversation_id)
    taken.has_passed()
    work()
    assert again(second).status == MessageStatus.QUEUED
    taken.open()
    worker.result(10)
    assert carrier.bodies() == ["first", "second"]


def test_a_text_that_is_composed_when_opted_out_is_stored_with_the_reason(
    cast: Cast, carrier: FakeTwilio, work: Callable[[], None]
) -> None:
    carrier.text(cast.front_desk, MARIA, "STOP")
    message = compose(cast)
    assert (message.status, message.reason, again(message).trouble) == (
        "refused", "opted_out", "This number has opted out.",
    )  # fmt: skip
    carrier.text(cast.front_desk, MARIA, "START")
    work()
    assert "Hello" not in carrier.bodies()
