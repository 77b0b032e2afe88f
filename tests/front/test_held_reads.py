"""Held reads: a read at the end of the feed waits in the front, which asks the page server again after a change."""

import asyncio
from pathlib import Path

import pytest

from api.waiting import HEADER, HeldCall
from heymarket.front import held_reads, token_watch
from heymarket.front.held_reads import MOST_OF_KEY, HeldReads
from tests.front.clients import FakeClient, FakePages, ask, front_with, run, until

TEAM = 7
READ = "/v1/optouts?since=1&wait=30"
NEW = [b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nnew"]


def nothing_new(seconds: float = 30) -> list[bytes]:
    hold = HeldCall("key", TEAM, "v1", seconds).header()
    return [f"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n{HEADER}: {hold}\r\n\r\nempty".encode()]


class FeedTokens:
    """The tokens of the team's feed, which a test changes."""

    def __init__(self) -> None:
        self.token, self.reads = "v1", 0

    def read(self, team_ids: list[int]) -> dict[int, tuple[str, ...]]:
        self.reads += 1
        return dict.fromkeys(team_ids, (self.token,))


@pytest.fixture(autouse=True)
def _fast(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (token_watch, held_reads):
        monkeypatch.setattr(module, "READ_EVERY", 0.0)


def test_a_read_waits_in_no_place_until_there_is_something_new(folder: Path) -> None:
    async def scenario() -> None:
        tokens, pages = FeedTokens(), FakePages(nothing_new())
        async with front_with(folder, pages) as front:
            front.reads = HeldReads(tokens.read)
            client = FakeClient()
            task = ask(front, client, READ)
            await until(lambda: tokens.reads > 5)
            assert (client.status, len(pages.heads), front.pages.open) == (None, 1, 0)
            tokens.token = "v2"
            await until(lambda: len(pages.heads) == 3)
            pages.response = NEW
            await task
            assert (client.status, client.body) == (200, b"new")
            assert not front.reads.of_key

    run(scenario)


@pytest.mark.parametrize("stops", [False, True], ids=["time is over", "server stops"])
def test_a_wait_ends_with_an_empty_page(folder: Path, stops: bool) -> None:
    """The page server is asked once more: a token may be lost, an entry is not."""

    async def scenario() -> None:
        tokens, pages = FeedTokens(), FakePages(nothing_new(30 if stops else 0.05))
        async with front_with(folder, pages) as front:
            front.reads = HeldReads(tokens.read, folder)
            client = FakeClient()
            task = ask(front, client, READ)
            await until(lambda: tokens.reads > 5)
            if stops:
                (folder / token_watch.STOPPING).touch()
            await task
            assert (client.status, client.body, len(pages.heads)) == (200, b"empty", 2)
            assert HEADER.encode() not in dict(client.headers), "for the front alone"

    run(scenario)


def test_readers_of_one_key_take_few_places_and_free_them(folder: Path) -> None:
    async def scenario() -> None:
        tokens, pages = FeedTokens(), FakePages(nothing_new())
        async with front_with(folder, pages) as front:
            front.reads = HeldReads(tokens.read)
            clients = [FakeClient() for _ in range(MOST_OF_KEY)]
            tasks = [ask(front, client, READ) for client in clients]
            await until(lambda: front.reads.of_key["key"] == MOST_OF_KEY and tokens.reads > 5)
            one_too_many = FakeClient()
            await ask(front, one_too_many, READ)
            assert one_too_many.body == b"empty", "answered at once"
            for client in clients:
                client.gone.set()
            await asyncio.gather(*tasks)
            assert [client.messages for client in clients] == [[]] * MOST_OF_KEY
            assert not front.reads.of_key and not front.reads.waiting(TEAM)

    run(scenario)


@pytest.mark.parametrize("path", ["/v1/optouts?since=1", "/v1/contacts?wait=30", "/t/northside/?wait=30"])
def test_other_requests_never_wait(folder: Path, path: str) -> None:
    async def scenario() -> None:
        pages = FakePages(nothing_new())
        async with front_with(folder, pages) as front:
            client = FakeClient()
            await ask(front, client, path)
            assert (client.status, len(pages.heads)) == (200, 1)

    run(scenario)
