"""Held polls: a page's poll for changes waits in the front until its team's change tokens differ.

An idle browser costs a request each HOLD_SECONDS, which no page server sees. The page server answers all polls that
have something to tell, so it alone decides who may know of a change (accounts.change_polling).
"""

import asyncio
import random
import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import Any, Self
from urllib.parse import parse_qs

from django.conf import settings

from accounts import presence
from accounts.change_polling import Ticket
from heymarket.front.bodies import Receive
from heymarket.front.refusals import ClientGone
from kernel.change_tokens import read_tokens
from kernel.id_parameter import read_id

POLL = re.compile(r"/t/[^/]+/changes/(?P<ticket>[^/]+)/")
# Shorter than the page's own timeout, after which it shows that the connection is lost.
HOLD_SECONDS = 12.0
READ_EVERY = 0.2  # seconds
# A change wakes at most so many polls of a team in a second, so that its pages do not all ask at once.
WAKES_PER_SECOND = 500

type Tokens = tuple[str, str]
type ReadTokens = Callable[[list[int]], dict[int, Tokens]]


@dataclass(frozen=True)
class HeldPoll:
    """A poll that may wait: with a fresh ticket, and nothing to tell."""

    team_id: int
    known: Tokens
    until: int  # the time stamp at which what the page shows stops being true

    @classmethod
    def read(cls, scope: Mapping[str, Any]) -> Self | None:
        poll = POLL.fullmatch(scope["path"])
        ticket = Ticket.read(_session(scope), poll["ticket"]) if poll else None
        asked = {
            name: values[0] for name, values in parse_qs(scope["query_string"].decode("latin-1")).items()
        }
        if ticket is None or "typing" in asked or "left" in asked:
            return None
        known = (asked.get("seen", ""), asked.get("known", ""))
        return cls(ticket.team_id, known, read_id(asked.get("until")) or 0)


def _session(scope: Mapping[str, Any]) -> str:
    """The value of the session's cookie."""
    header = b"; ".join(value for name, value in scope["headers"] if name.lower() == b"cookie")
    with suppress(CookieError):
        cookies = SimpleCookie(header.decode("latin-1"))
        if found := cookies.get(settings.SESSION_COOKIE_NAME):
            return found.value
    return ""


class HeldPolls:
    """The polls that wait in this process, and one reader of their teams' tokens."""

    def __init__(self, read: ReadTokens = lambda ids: read_tokens(ids, presence.token_key)) -> None:
        self._read = read
        self._tokens: dict[int, Tokens] = {}
        self._waiting: defaultdict[int, set[asyncio.Event]] = defaultdict(set)
        self._reader: asyncio.Task[None] | None = None

    async def nothing_changes(self, poll: HeldPoll, receive: Receive) -> bool:
        """Wait until something differs from what the page knows: False. True after HOLD_SECONDS.

        Raises ClientGone when the page has left.
        """
        changed, leaving = asyncio.Event(), asyncio.ensure_future(receive())
        self._waiting[poll.team_id].add(changed)
        self._start_reader()
        try:
            async with asyncio.timeout(min(HOLD_SECONDS, max(poll.until - presence.now(), 0))):
                while self._tokens.get(poll.team_id, poll.known) == poll.known:
                    changed.clear()
                    await _either(changed, leaving)
            await asyncio.sleep(self._pause(poll.team_id))
            return False
        except TimeoutError:
            return presence.now() < poll.until
        finally:
            leaving.cancel()
            self._forget(poll.team_id, changed)

    def _pause(self, team_id: int) -> float:
        """Seconds to wait before asking the page server; none while few wait."""
        waiting = len(self._waiting[team_id])
        return random.uniform(0, waiting / WAKES_PER_SECOND) if waiting > 20 else 0  # noqa: S311 (no secret)

    def _forget(self, team_id: int, changed: asyncio.Event) -> None:
        self._waiting[team_id].discard(changed)
        if not self._waiting[team_id]:
            del self._waiting[team_id]
            self._tokens.pop(team_id, None)

    def _start_reader(self) -> None:
        if self._reader is None or self._reader.done():
            self._reader = asyncio.create_task(self._read_tokens())

    async def _read_tokens(self) -> None:
        while self._waiting:
            found = await asyncio.to_thread(self._read, list(self._waiting))
            for team_id, tokens in found.items():
                if team_id in self._waiting and self._tokens.get(team_id) != tokens:
                    self._tokens[team_id] = tokens
                    for changed in self._waiting[team_id]:
                        changed.set()
            await asyncio.sleep(READ_EVERY)


async def _either(changed: asyncio.Event, leaving: "asyncio.Future[Any]") -> None:
    """Wait for a change. Raises ClientGone when the page leaves first."""
    waiter = asyncio.ensure_future(changed.wait())
    try:
        await asyncio.wait([waiter, leaving], return_when=asyncio.FIRST_COMPLETED)
    finally:
        waiter.cancel()
    if leaving.done():
        raise ClientGone
