"""Held polls: the front answers idle pages itself, and asks the page server when there is something to tell."""

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest

from accounts.change_polling import Ticket
from heymarket.front import held_polls, token_watch
from heymarket.front.held_polls import HeldPolls
from tests.front.clients import FakeClient, FakePages, ask, front_with, run, until

SESSION = (b"cookie", b"other=1; sessionid=abc")
TEAM = 7


@pytest.fixture(autouse=True)
def _fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(token_watch, "READ_EVERY", 0.0)


def address(seen: str = "v1", session: str = "abc", more: str = "", until: int | None = None) -> str:
    ticket = Ticket(TEAM, 1, "Maya Chen", None).sign(session)
    until = int(time.time()) + 100 if until is None else until
    return f"/t/northside/changes/{ticket}/?seen={seen}&known=p1&until={until}{more}"


class Tokens:
    """The change tokens of teams, which a test changes."""

    def __init__(self) -> None:
        self.of_team, self.reads = {TEAM: ("v1", "p1")}, 0

    def read(self, team_ids: list[int]) -> dict[int, tuple[str, str]]:
        self.reads += 1
        return {id: self.of_team[id] for id in team_ids}


@pytest.mark.parametrize("change", [("v2", "p1"), ("v1", "p2")], ids=["rows", "presence"])
def test_a_poll_waits_until_something_changes(folder: Path, change: tuple[str, str]) -> None:
    async def scenario() -> None:
        tokens, pages = Tokens(), FakePages()
        async with front_with(folder, pages) as front:
            front.polls = HeldPolls(tokens.read)
            clients = [FakeClient() for _ in range(3)]
            tasks = [ask(front, client, address(), "GET", SESSION) for client in clients]
            await until(lambda: tokens.reads > 5)
            assert (pages.heads, [client.status for client in clients]) == ([], [None] * 3)
            tokens.of_team[TEAM] = change
            await asyncio.gather(*tasks)
            assert [client.status for client in clients] == [200] * 3
            assert len(pages.heads) == 3
            reads = tokens.reads
            await asyncio.sleep(0.01)
            assert tokens.reads <= reads + 1, "nobody waits, so nobody reads"

    run(scenario)


def test_a_poll_without_a_change_is_answered_by_the_front(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(held_polls, "HOLD_SECONDS", 0.05)

    async def scenario() -> None:
        pages = FakePages()
        async with front_with(folder, pages) as front:
            front.polls = HeldPolls(Tokens().read)
            client = FakeClient()
            await ask(front, client, address(), "GET", SESSION)
            assert (client.status, client.body, pages.heads) == (204, b"", [])

    run(scenario)


@pytest.mark.parametrize(
    ("path", "cookies"),
    [
        (address("v0"), [SESSION]),
        (address(until=1), [SESSION]),
        (address(session="other"), [SESSION]),
        (address(), []),
        (address(), [(b"cookie", b"\xff=;;sessionid")]),
        (address(more="&typing=1"), [SESSION]),
        (address(more="&left=1"), [SESSION]),
        ("/t/northside/changes/forged/?seen=v1&known=p1&until=99999999999", [SESSION]),
    ],
    ids=[
        "changed",
        "no longer true",
        "foreign ticket",
        "no session",
        "odd cookie",
        "typing",
        "left",
        "forged",
    ],
)
def test_polls_with_something_to_tell_reach_the_page_server(
    folder: Path, path: str, cookies: list[tuple[bytes, bytes]]
) -> None:
    async def scenario() -> None:
        pages = FakePages()
        async with front_with(folder, pages) as front:
            front.polls = HeldPolls(Tokens().read)
            client = FakeClient()
            await ask(front, client, path, "GET", *cookies)
            assert (client.status, len(pages.heads)) == (200, 1)

    run(scenario)


def test_a_page_that_leaves_waits_no_longer(folder: Path) -> None:
    async def scenario() -> None:
        tokens, pages = Tokens(), FakePages()
        async with front_with(folder, pages) as front:
            front.polls = HeldPolls(tokens.read)
            client = FakeClient()
            task = ask(front, client, address(), "GET", SESSION)
            await until(lambda: tokens.reads > 2)
            client.gone.set()
            await task
            assert (client.messages, pages.heads) == ([], [])

    run(scenario)


def test_a_cache_that_fails_ends_no_poll_for_ever(folder: Path) -> None:
    """The reader of the tokens starts again with the next poll."""

    def broken(team_ids: list[int]) -> Any:
        raise RuntimeError

    async def scenario() -> None:
        async with front_with(folder, FakePages()) as front:
            front.polls = HeldPolls(broken)
            first = FakeClient()
            waiting = ask(front, first, address(), "GET", SESSION)
            await until(lambda: front.polls._reader is not None and front.polls._reader.done())
            tokens = Tokens()
            tokens.of_team[TEAM] = ("v2", "p1")
            front.polls._read = tokens.read
            second = FakeClient()
            await asyncio.gather(ask(front, second, address(), "GET", SESSION), waiting)
            assert (first.status, second.status) == (200, 200)

    run(scenario)
