"""The consent feed: each change once, in an order that never changes, even during concurrent changes."""

from collections.abc import Callable, Iterator
from itertools import permutations
from typing import Any

import pytest

from api.waiting import BEHIND_FRONT, HEADER, HeldCall
from kernel import change_tokens
from kernel.tenancy import scope
from optout import consent, feed
from optout.bulk_consent import opt_out_many
from optout.consent_types import Actor
from optout.models import FeedEntry, Origin
from tests.api.conftest import ApiClient
from tests.cast import Cast
from tests.messaging.conftest import Gate

MAYA = Actor(Origin.MEMBER, "Maya Chen", 7)
NUMBERS = [f"+1415555{index:04d}" for index in range(200, 260)]


def walk(crm: ApiClient, limit: int = 2, since: str = "0") -> Iterator[dict[str, Any]]:
    """All changes behind `since`, page by page."""
    while True:
        page = crm.get(f"optouts?since={since}&limit={limit}")
        yield from page["changes"]
        if not page["more"]:
            return
        since = page["next"]


def test_the_feed_is_complete_and_always_the_same(cast: Cast, crm: ApiClient) -> None:
    with scope(cast.northside.id):
        for number in NUMBERS[:5]:
            consent.opt_out(cast.northside.id, number, MAYA, reason="list")
        opt_out_many(cast.northside.id, NUMBERS[5:10], MAYA, reason="list")
        consent.lift(cast.northside.id, NUMBERS[0], MAYA, reason="a mistake")
    for limit in (1, 2, 7, 500):
        changes = list(walk(crm, limit))
        assert [change["position"] for change in changes] == list(range(1, 12))
        assert [change["action"] for change in changes if change["phone"] == NUMBERS[0][1:]] == [
            "opted_out",
            "opted_in",
        ]


@pytest.mark.parametrize("commit_order", list(permutations(range(3))), ids=str)
def test_a_change_that_commits_late_is_not_missed(
    cast: Cast, crm: ApiClient, elsewhere: Any, commit_order: tuple[int, ...]
) -> None:
    """Three writers take IDs in order and commit in any order. A reader that continues after each gets each once."""
    taken, commit = [Gate() for _ in commit_order], [Gate() for _ in commit_order]

    def change(index: int) -> None:
        taken[index].await_open()
        with scope(cast.northside.id):
            consent.opt_out(cast.northside.id, NUMBERS[index], MAYA, reason="list")
            taken[index].passed()
            commit[index].await_open()
        commit[index].passed()

    writers = [elsewhere(change, index) for index in range(3)]
    for gate in taken:
        gate.open()
        gate.await_passed()
    since, phones = "0", []
    for index in commit_order:
        commit[index].open()
        commit[index].await_passed()
        page = crm.get(f"optouts?since={since}")
        phones += [change["phone"] for change in page["changes"]]
        since = page["next"]
    for writer in writers:
        writer.result(5)
    assert phones == [NUMBERS[index][1:] for index in commit_order]
    assert [change["phone"] for change in walk(crm)] == phones, "the same from the beginning"


def test_concurrent_readers_see_the_same_order(cast: Cast, elsewhere: Callable[..., Any]) -> None:
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
    assert [position for position, _ in first.result(30)] == list(range(1, len(NUMBERS) + 1))


def test_a_cursor_that_would_miss_changes_is_refused(
    cast: Cast, crm: ApiClient, harbor_crm: ApiClient
) -> None:
    with scope(cast.northside.id):
        opt_out_many(cast.northside.id, NUMBERS[:3], MAYA, reason="list")
    with scope(cast.harbor.id):
        opt_out_many(cast.harbor.id, NUMBERS[:2], MAYA, reason="list")
    end, harbors = crm.get("optouts")["next"], harbor_crm.get("optouts")["next"]
    assert end.startswith("3-") and harbors.startswith("2-")
    for cursor in (harbors, end.replace("3-", "4-"), "4", "9" * 18):
        assert crm.refused("GET", f"optouts?since={cursor}") == (400, "bad_cursor"), cursor
    for text in ("-1", "x", "1-", "1-ABCDEF01", "9" * 19, "", "later"):
        assert crm.refused("GET", f"optouts?since={text}") == (400, "bad_data"), text
    assert len(crm.get("optouts?since=1")["changes"]) == 2, "a cursor of an older version"


def test_the_feed_from_now_on(cast: Cast, crm: ApiClient) -> None:
    with scope(cast.northside.id):
        opt_out_many(cast.northside.id, NUMBERS, MAYA, reason="list")
    now = crm.get("optouts?since=now")
    assert (now["changes"], now["more"]) == ([], False) and now["next"].startswith(f"{len(NUMBERS)}-")
    with scope(cast.northside.id):
        consent.lift(cast.northside.id, NUMBERS[0], MAYA, reason="a mistake")
    (change,) = crm.get(f"optouts?since={now['next']}")["changes"]
    assert (change["action"], change["phone"]) == ("opted_in", NUMBERS[0][1:])


def test_a_position_that_is_rolled_back_is_assigned_again(cast: Cast) -> None:
    with scope(cast.northside.id):
        consent.opt_out(cast.northside.id, NUMBERS[0], MAYA, reason="list")
    with pytest.raises(ZeroDivisionError), scope(cast.northside.id):
        assert len(feed.read_feed(cast.northside.id, 0)) == 1
        _ = 1 / 0
    with scope(cast.northside.id):
        assert not FeedEntry.objects.filter(position__isnull=False).exists()
        assert [entry.position for entry in feed.read_feed(cast.northside.id, 0)] == [1]


def test_a_change_that_is_rolled_back_is_not_in_the_feed(cast: Cast, crm: ApiClient) -> None:
    with pytest.raises(ZeroDivisionError), scope(cast.northside.id):
        consent.opt_out(cast.northside.id, NUMBERS[0], MAYA, reason="list")
        _ = 1 / 0
    page = crm.get("optouts")
    assert page == {"changes": [], "next": page["next"], "more": False}


def test_a_call_with_nothing_to_tell_asks_the_front_to_hold_it(cast: Cast, crm: ApiClient) -> None:
    """Behind another server it is answered at once. Its token is older than what it has not seen."""
    with scope(cast.northside.id):
        opt_out_many(cast.northside.id, NUMBERS[:1], MAYA, reason="list")
    end = crm.get("optouts?wait=30")["next"]
    assert HEADER not in crm.call("GET", f"optouts?since={end}&wait=30"), "another server"
    crm.client.defaults[BEHIND_FRONT] = "1"
    for query, held in (("since=0&wait=30", False), (f"since={end}", False), (f"since={end}&wait=7", True)):
        answer = crm.call("GET", f"optouts?{query}")
        assert (answer.status_code, HEADER in answer) == (200, held), query
    hold = HeldCall.read(answer[HEADER])
    assert (hold.key_id, hold.team_id, hold.seconds) == (crm.key.key_id, cast.northside.id, 7)
    assert change_tokens.read_topic([cast.northside.id], feed.TOPIC) == {cast.northside.id: (hold.token,)}
    with scope(cast.northside.id):
        consent.lift(cast.northside.id, NUMBERS[0], MAYA, reason="a mistake")
    change_tokens.renewals.flush()
    assert change_tokens.read_topic([cast.northside.id], feed.TOPIC) != {cast.northside.id: (hold.token,)}
    assert [crm.refused("GET", f"optouts?wait={wait}") for wait in ("31", "-1", "x")] == [
        (400, "bad_data")
    ] * 3
