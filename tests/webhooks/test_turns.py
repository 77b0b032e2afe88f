"""Turns of teams: slow receivers of one team delay no event of another, and changes of standing go first."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kernel.tenancy import scope
from tests.cast import MARIA, STRANGER, TOM, Cast
from tests.html import flat
from tests.messaging.fake_twilio import FakeTwilio
from tests.webhooks.conftest import create_endpoint
from tests.webhooks.receiver import Receiver, Reply, receiving
from webhooks import delivery, outbox
from webhooks.models import Endpoint, EventType
from webhooks.outbox import Event
from webhooks.registration import MAX_ENDPOINTS
from webhooks.scope_lookups import endpoints_due
from webhooks.turns import SLOW_POSTS, TEAM_POSTS, TEAM_SLOW_POSTS, Turns

THREADS = 8  # of the worker of `make run`


@dataclass
class Worker:
    """Turns, and the endpoints that were woken."""

    woken: list[tuple[int, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.turns = Turns(lambda team, endpoint: self.woken.append((team, endpoint)))

    def knows(self, seconds: float, *endpoints: tuple[int, int]) -> None:
        for endpoint in endpoints:
            with self.turns.turn(*endpoint) as turn:
                assert turn
                turn.seconds = seconds

    def taken(self, stack: ExitStack, *endpoints: tuple[int, int]) -> list[bool]:
        """Whether each of them, one after the other, gets a turn, which it keeps."""
        return [stack.enter_context(self.turns.turn(*endpoint)) is not None for endpoint in endpoints]


# -- who gets a turn ----------------------------------------------------------------------------------------------


def test_an_endpoint_of_unknown_speed_has_one_turn() -> None:
    worker = Worker()
    with ExitStack() as held:
        assert worker.taken(held, (1, 1), (1, 1), (1, 2)) == [True, False, True]


def test_a_fast_endpoint_has_as_many_turns_as_its_team() -> None:
    worker = Worker()
    worker.knows(0.05, (1, 1), (2, 1))
    with ExitStack() as held:
        assert worker.taken(held, *[(1, 1)] * (TEAM_POSTS + 1)) == [True] * TEAM_POSTS + [False]
        assert worker.taken(held, (1, 2), (2, 1)) == [False, True]


def test_slow_endpoints_have_few_turns() -> None:
    worker = Worker()
    slow = [(team, endpoint) for team in range(1, 5) for endpoint in range(1, 4)]
    worker.knows(9.0, *slow)
    with ExitStack() as held:
        taken = worker.taken(held, *slow)
        assert taken[:3] == [True] * TEAM_SLOW_POSTS + [False]
        assert sum(taken) == SLOW_POSTS < THREADS
        assert worker.taken(held, (1, 1), (9, 1), (5, 1)) == [False, True, True]


def test_an_endpoint_that_responds_at_once_again_is_no_longer_slow() -> None:
    worker = Worker()
    worker.knows(9.0, (1, 1))
    worker.knows(0.05, (1, 1))
    with ExitStack() as held:
        assert worker.taken(held, (1, 1), (1, 1)) == [True, True]


def test_whoever_was_refused_is_woken_team_by_team() -> None:
    worker = Worker()
    worker.knows(9.0, (1, 1), (1, 2), (1, 3), (1, 4), (2, 1), (2, 2), (2, 3), (3, 1))
    with ExitStack() as held:
        worker.taken(held, (1, 1), (1, 2), (1, 3), (1, 4), (2, 1), (2, 2), (2, 3), (3, 1))
        assert worker.woken == []
    assert worker.woken == [(1, 3), (2, 3), (3, 1), (1, 4)], "one of each team when a turn is free"


# -- ten slow receivers --------------------------------------------------------------------------------------------


@pytest.fixture
def held_receiver(_public: None) -> Iterator[tuple[Receiver, threading.Event]]:
    """A receiver that responds to nothing until the event is set."""
    release = threading.Event()
    with receiving(Receiver()) as held:

        def reply(_: Any) -> Reply:
            release.wait(60)
            return Reply()

        held.reply_to = reply
        yield held, release
        release.set()


def record(team_id: int, *numbers: str) -> None:
    with scope(team_id):
        outbox.record_events(
            team_id,
            [Event(EventType.RECEIVED, number, {"phone": number.removeprefix("+")}) for number in numbers],
        )


def test_ten_slow_receivers_of_one_team_delay_no_other_team(
    cast: Cast, receiver: Receiver, held_receiver: tuple[Receiver, threading.Event]
) -> None:
    held, release = held_receiver
    slow = [create_endpoint(cast.northside, held, f"Slow {n}") for n in range(10)]
    other = create_endpoint(cast.harbor, receiver)
    record(cast.northside.id, MARIA, TOM)
    record(cast.harbor.id, MARIA)

    def deliver(endpoint: Endpoint) -> None:
        try:
            delivery.deliver(endpoint.team_id, endpoint.id)
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as worker:
        waiting = [worker.submit(deliver, endpoint) for endpoint in (*slow, *slow)]
        try:
            worker.submit(deliver, other).result(30)
            assert receiver.types == ["message_received"], "while the slow ones still wait"
            assert len(held.received) <= TEAM_POSTS
        finally:
            release.set()
        for each in waiting:
            each.result(60)
    held.errors.clear()  # its endpoints have secrets of their own


# -- the order of claims -------------------------------------------------------------------------------------------


def test_a_change_of_standing_overtakes_other_numbers_but_not_its_own(
    cast: Cast, crm: Endpoint, receiver: Receiver, carrier: FakeTwilio, deliver_due: Callable[[], None]
) -> None:
    record(cast.northside.id, MARIA, TOM, *(f"+1415555{n:04d}" for n in range(20)))
    carrier.text(cast.front_desk, STRANGER, "Hello")
    carrier.text(cast.front_desk, STRANGER, "STOP")
    deliver_due()
    stop = receiver.types.index("target_opt_out")
    before = receiver.accepted[:stop]
    assert {webhook.phone for webhook in before} == {STRANGER.removeprefix("+")}
    assert [webhook.event["data"]["text"] for webhook in before if webhook.type == "message_received"] == [
        "Hello",
        "STOP",
    ]
    assert len(receiver.accepted) == 22 + len(before) + 1


def test_a_sweep_begins_with_one_endpoint_of_each_team(cast: Cast, receiver: Receiver) -> None:
    for n in range(5):
        create_endpoint(cast.northside, receiver, f"Endpoint {n}")
    other = create_endpoint(cast.harbor, receiver)
    record(cast.northside.id, MARIA)
    record(cast.harbor.id, MARIA)
    due = endpoints_due(timezone.now(), 2)
    assert {endpoint.team_id for endpoint in due} == {cast.northside.id, cast.harbor.id}
    assert other.id in {endpoint.id for endpoint in due}


# -- the limit of endpoints ----------------------------------------------------------------------------------------


def test_a_team_has_at_most_twenty_endpoints(
    cast: Cast, receiver: Receiver, as_client: Any, dns: dict[str, str]
) -> None:
    admin: Client = as_client(cast.admin)
    for n in range(MAX_ENDPOINTS - 1):
        create_endpoint(cast.northside, receiver, f"Endpoint {n}")
    form = {"name": "CRM", "url": "https://crm.example.com/", "events": ["target_opt_out"]}
    new = reverse("new_endpoint", args=[cast.northside.slug])
    assert admin.post(new, form).status_code == 302
    refused = admin.post(new, form)
    assert refused.status_code == 422
    assert "A team has at most 20 endpoints. Delete one that you no longer need." in flat(refused)
    with scope(cast.northside.id):
        assert Endpoint.objects.count() == MAX_ENDPOINTS
