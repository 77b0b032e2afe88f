"""Held reads: an API call with nothing to tell waits here (api.waiting), and is made again after a change.

The page server answers it each time, so it alone decides what a key may read. An idle reader costs two calls in each of
its waits.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from api.waiting import HEADER, HeldCall
from heymarket.front.bodies import Receive
from heymarket.front.token_watch import READ_EVERY, ReadTokens, TokenWatch
from kernel.change_tokens import read_topic
from optout import feed

# Calls of one key that wait in a process of the front. More are answered at once.
MOST_OF_KEY = 5


def may_wait(scope: Mapping[str, Any]) -> bool:
    """Whether the response to this request may ask for a wait."""
    is_feed = scope["method"] == "GET" and scope["path"].rstrip("/") == "/v1/optouts"
    return is_feed and b"wait=" in scope["query_string"]


class HeldReads(TokenWatch):
    def __init__(
        self, read: ReadTokens = lambda ids: read_topic(ids, feed.TOPIC), folder: Path | None = None
    ) -> None:
        super().__init__(read, folder)
        self.of_key: Counter[str] = Counter()

    def hold(self, headers: Mapping[str, str], began: float) -> HeldCall | None:
        """The wait that a response asks for, without the time that has passed since the call began.

        None for a response that is to be sent.
        """
        if HEADER not in headers or self.stopping:
            return None
        asked = HeldCall.read(headers[HEADER])
        left = asked.seconds - (time.monotonic() - began)
        return asked._replace(seconds=left) if left > 0 and self.of_key[asked.key_id] < MOST_OF_KEY else None

    async def wait(self, hold: HeldCall, receive: Receive) -> None:
        """Wait until it is worth making the call again. Raises ClientGone when the client has left."""
        self.of_key[hold.key_id] += 1
        try:
            # The watch may have an older token of another reader: this limits the calls until it has read again.
            await asyncio.sleep(min(READ_EVERY, hold.seconds))
            await self.differs(hold.team_id, (hold.token,), hold.seconds, receive)
        finally:
            self.of_key[hold.key_id] -= 1
            self.of_key += Counter()  # without the keys that have none
