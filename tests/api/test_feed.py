"""The feed of changes: each once, in an order that never changes, also while changes are being made."""

from collections.abc import Callable, Iterator
from itertools import permutations
from typing import Any

import pytest

from kernel.tenancy import scope
from optout import consent, feed
from optout.bulk_consent import opt_out_many
from optout.consent_types import Actor
from optout.models import FeedEntry, Origin
from tests.api.conftest import ApiClient
from tests.cast import Cast
from tests.messaging.conftest import Gate

MAYA = Actor(Origin.MEMBER, "Maya Chen", 7)
NUMBERS = [f"+1415555{place:04d}" for place in range(200, 260)]


def walk(crm: ApiClient, limit: int = 2, since: str = "0") -> Iterator[dict[str, Any]]:
    """Everything behind `since`, page by page."""
    while True:
        page = crm.get(f"optouts?since={since}&limit={limit}")
        yield from page["changes"]
        if not page["more"]:
            return
        since = page["next"]


def test_page_by_page_it_tells_all_and_tells_it_again_the_same(cast: Cast, crm: ApiClient) -> None:
    with scope(cast.northside.id):
        for number in NUMBERS[:5]:
            consent.opt_out(cast.northside.id, number, MAYA, reason="list")
        opt_out_many(cast.northside.id, NUMBERS[5:10], MAYA, reason="list")
        consent.lift(cast.northside.id, NUMBERS[0], MAYA, reason="a mistake")
    for limit in (1, 2, 7, 500):
        told = list(walk(crm, limit))
        assert [change["position"] for change in told] == list(range(1, 12))
        assert [change["action"] for change in told if change["phone"] == NUMBERS[0][1:]] == [
            "opted_out",
            "opted_in",
        ]


@pytest.mark.parametrize("ends", list(permutations(range(3))), ids=str)
def test_a_change_that_commits_late_is_not_passed_by(
    cast: Cast, crm: ApiClient, elsewhere: Any, ends: tuple[int, ...]
) -> None:
    """Three take their ids in order and commit in any; a reader reads on after each, and has each once."""
    taken, commit = [Gate() for _ in ends], [Gate() for _ in ends]

    def change(place: int) -> None:
        taken[place].wait()
        with scope(cast.northside.id):
            consent.opt_out(cast.northside.id, NUMBERS[place], MAYA, reason="list")
            taken[place].passed()
            commit[place].wait()
        commit[place].passed()

    writers = [elsewhere(change, place) for place in range(3)]
    for gate in taken:
        gate.open()
        gate.has_passed()
    since, told = "0", []
    for place in ends:
        commit[place].open()
        commit[place].has_passed()
        page = crm.get(f"optouts?since={since}")
        told += [change["phone"] for change in page["changes"]]
        since = page["next"]
    for writer in writers:
        writer.result(5)
    assert told == [NUMBERS[place][1:] for place in ends]
    assert [change["phone"] for change in walk(crm)] == told, (
        "and to whoever reads from the beginning, the same"
    )


def test_two_who_read_at_once_see_the_same_order(cast: Cast, elsewhere: Callable[..., Any]) -> None:
    team_id = cast.northside.id
    with scope(team_id):
        opt_out_many(team_id, NUMBERS, MAYA, reason="list")

    def read() -> list[tuple[int, str]]:
        found: list[tuple[int, str]] = []
        while True:
            with scope(team_id):
                page = feed.read_feed(team_id, found[-1][0] if found else 0, 7)
            found += [(entry.position, entry.event.number) for entry in page]
            if len(page) < 7:
                return found

    first, second = elsewhere(read), elsewhere(read)
    assert first.result(20) == second.result(20)
    assert [position for position, _ in first.result()] == list(range(1, len(NUMBERS) + 1))


def test_a_number_that_is_given_and_rolled_back_is_given_anew(cast: Cast) -> None:
    with scope(cast.northside.id):
        consent.opt_out(cast.northside.id, NUMBERS[0], MAYA, reason="list")
    with pytest.raises(ZeroDivisionError), scope(cast.northside.id):
        assert len(feed.read_feed(cast.northside.id, 0)) == 1
        _ = 1 / 0
    with scope(cast.northside.id):
        assert not FeedEntry.objects.filter(position__isnull=False).exists()
        assert [entry.position for entry in feed.read_feed(cast.northside.id, 0)] == [1]


def test_a_change_that_was_rolled_back_is_never_told(cast: Cast, crm: ApiClient) -> None:
    with pytest.raises(ZeroDivisionError), scope(cast.northside.id):
        consent.opt_out(cast.northside.id, NUMBERS[0], MAYA, reason="list")
        _ = 1 / 0
    assert crm.get("optouts") == {"changes": [], "next": "0", "more": False}
