"""Token watch: requests wait in the front until a change token of their team differs, or until the server stops."""

import asyncio
import os
from collections import defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from heymarket.front.bodies import Receive
from heymarket.front.refusals import ClientGone

READ_EVERY = 0.2  # seconds
# The file by which a web server that is about to stop tells so to its processes, in the folder of their sockets.
STOPPING = "stopping"

type Tokens = tuple[str, ...]
type ReadTokens = Callable[[list[int]], Mapping[int, Tokens]]


class TokenWatch:
    """The requests that wait in this process, and one reader of their teams' tokens."""

    def __init__(self, read: ReadTokens, folder: Path | None = None) -> None:
        self._read = read
        self._sign = folder / STOPPING if folder else None
        self._tokens: dict[int, Tokens] = {}
        self._waiting: defaultdict[int, set[asyncio.Event]] = defaultdict(set)
        self._reader: asyncio.Task[None] | None = None
        self.stopping = False

    async def differs(self, team_id: int, known: Tokens, seconds: float, receive: Receive) -> bool:
        """Wait until the tokens differ from the known ones. False after so many seconds, and when the server stops.

        Raises ClientGone when the client has left.
        """
        changed, leaving = asyncio.Event(), asyncio.ensure_future(receive())
        self._waiting[team_id].add(changed)
        self._start_reader()
        try:
            async with asyncio.timeout(seconds):
                while not self.stopping and self._tokens.get(team_id, known) == known:
                    changed.clear()
                    await _either(changed, leaving)
            return not self.stopping
        except TimeoutError:
            return False
        finally:
            leaving.cancel()
            self._forget(team_id, changed)

    def waiting(self, team_id: int) -> int:
        """How many wait for a change of this team."""
        return len(self._waiting.get(team_id, ()))

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
                    self._wake(team_id)
            if self._sign and os.path.exists(self._sign):
                self.stopping = True
                for team_id in self._waiting:
                    self._wake(team_id)
            await asyncio.sleep(READ_EVERY)

    def _wake(self, team_id: int) -> None:
        for changed in self._waiting[team_id]:
            changed.set()


async def _either(changed: asyncio.Event, leaving: "asyncio.Future[Any]") -> None:
    """Wait for a change. Raises ClientGone when the client leaves first."""
    waiter = asyncio.ensure_future(changed.wait())
    try:
        await asyncio.wait([waiter, leaving], return_when=asyncio.FIRST_COMPLETED)
    finally:
        waiter.cancel()
    if leaving.done():
        raise ClientGone
