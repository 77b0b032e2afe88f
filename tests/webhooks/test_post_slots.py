"""Fair delivery: a team's slow endpoints delay neither its others nor other teams."""

import threading
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Member, Team
from kernel.tenancy import scope
from tests.cast import MARIA, Cast
from tests.webhooks.conftest import create_endpoint
from tests.webhooks.receiver import Receiver, Reply
from webhooks import delivery, forms, outbox
from webhooks.models import Delivery, DeliveryState, Endpoint, EventType
from webhooks.outbox import Event
from webhooks.post_slots import SLOW_AFTER, SLOW_SLOTS, SLOW_TEAM_SLOTS, TEAM_SLOTS, PostSlots
from webhooks.scope_lookups import endpoints_due

A, B = 1, 2  # teams


def held(slots: PostSlots, *posts: tuple[int, int]) -> list[bool]:
    """Which of these posts (team, endpoint) get a slot, if all are held at once. All are given back at the end."""
    with ExitStack() as stack:
        return [stack.enter_context(slots.slot(*post)) for post in posts]


def test_a_team_has_its_slots_and_leaves_the_others() -> None:
    slots = PostSlots()
    for _ in range(2):  # the second time all slots are free again
        assert held(slots, *[(A, n) for n in range(TEAM_SLOTS + 2)], (B, 99)) == [True] * TEAM_SLOTS + [
            False
        ] * 2 + [True]


def test_slow_endpoints_leave_slots_to_the_others_of_their_team() -> None:
    slots = PostSlots()
    for endpoint in range(10):
        slots.note(endpoint, SLOW_AFTER + 0.1)
    expected = (
        [True] * SLOW_TEAM_SLOTS + [False] * (10 - SLOW_TEAM_SLOTS) + [True] * (TEAM_SLOTS - SLOW_TEAM_SLOTS)
    )
    assert held(slots, *[(A, n) for n in range(10)], *[(A, 50 + n) for n in range(2)]) == expected
    slots.note(0, 0.1)
    assert held(slots, *[(A, n) for n in range(4)]) == [True, True, True, False], "it is no longer slow"


def test_slow_endpoints_of_many_teams_leave_threads_to_others() -> None:
    slots = PostSlots()
    for endpoint in range(SLOW_SLOTS + 3):
        slots.note(endpoint, SLOW_AFTER + 0.1)
    posts = [(team, team) for team in range(SLOW_SLOTS + 3)]
    assert held(slots, *posts, (99, 99)) == [True] * SLOW_SLOTS + [False] * 3 + [True]


def record(team: Team) -> None:
    with scope(team.id):
        outbox.record_events(team.id, [Event(EventType.RECEIVED, MARIA, {"phone": "14155550101"})])


def states(team: Team) -> list[str]:
    with scope(team.id):
        return list(Delivery.objects.filter(team_id=team.id).order_by("id").values_list("state", flat=True))


def test_ten_silent_receivers_of_one_team_delay_no_other_team(
    cast: Cast, receiver: Receiver, elsewhere: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    silent = [create_endpoint(cast.harbor, receiver, f"Silent {n}") for n in range(10)]
    record(cast.harbor)
    crm = create_endpoint(cast.northside, receiver)
    record(cast.northside)
    finish, posting = threading.Event(), threading.Semaphore(0)
    send = delivery.send

    def silent_until_the_end(claimed: Any) -> Any:
        if claimed.endpoint.team_id == cast.harbor.id:
            posting.release()
            assert finish.wait(20)
        return send(claimed)

    monkeypatch.setattr(delivery, "send", silent_until_the_end)
    # Twelve threads, as in a worker: ten for the silent endpoints, and the others remain.
    turns = [elsewhere(delivery.deliver, cast.harbor.id, endpoint.id) for endpoint in silent]
    for _ in range(TEAM_SLOTS):
        assert posting.acquire(timeout=20)
    elsewhere(delivery.deliver, cast.northside.id, crm.id).result(20)
    assert states(cast.northside) == [DeliveryState.DELIVERED]
    assert states(cast.harbor).count(DeliveryState.SENDING) == TEAM_SLOTS
    receiver.reply_to = lambda webhook: Reply()
    finish.set()
    for turn in turns:
        turn.result(20)
    receiver.errors.clear()  # all endpoints share the receiver, and each has a secret of its own


def test_the_sweep_takes_the_teams_in_turn(cast: Cast, receiver: Receiver) -> None:
    many = [create_endpoint(cast.northside, receiver, f"CRM {n}") for n in range(5)]
    record(cast.northside)
    one = create_endpoint(cast.harbor, receiver)
    record(cast.harbor)
    assert [found.id for found in endpoints_due(timezone.now(), 3)] == [many[0].id, one.id, many[1].id]


def test_a_team_has_a_limited_number_of_endpoints(
    cast: Cast,
    receiver: Receiver,
    dns: Any,
    monkeypatch: pytest.MonkeyPatch,
    as_client: Callable[[Member], Client],
) -> None:
    monkeypatch.setattr(forms, "MAX_ENDPOINTS", 1)
    create_endpoint(cast.northside, receiver)
    fields = {"name": "Second", "url": "https://crm.example.com/", "events": [EventType.RECEIVED]}
    answer = as_client(cast.owner).post(reverse("new_endpoint", args=[cast.northside.slug]), fields)
    assert answer.status_code == 422
    assert "A team can have 1 endpoints" in answer.content.decode()
    with scope(cast.northside.id):
        assert Endpoint.objects.filter(team=cast.northside).count() == 1
