"""Held polls: a page's poll for changes waits in the front until its team's change tokens differ.

An idle browser costs a request each HOLD_SECONDS, which no page server sees. The page server answers all polls that
have something to tell, so it alone decides who may know of a change (accounts.change_polling).
"""

import asyncio
import random
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qs

from django.conf import settings

from accounts import presence
from accounts.change_polling import Ticket
from heymarket.front.bodies import Receive
from heymarket.front.token_watch import ReadTokens, Tokens, TokenWatch
from kernel.change_tokens import read_tokens
from kernel.id_parameter import read_id

POLL = re.compile(r"/t/[^/]+/changes/(?P<ticket>[^/]+)/")
# Shorter than the page's own timeout, after which it shows that the connection is lost.
HOLD_SECONDS = 12.0
# A change wakes at most so many polls of a team in a second, so that its pages do not all ask at once.
WAKES_PER_SECOND = 500


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


class HeldPolls(TokenWatch):
    def __init__(
        self,
        read: ReadTokens = lambda ids: read_tokens(ids, presence.token_key),
        folder: Path | None = None,
    ) -> None:
        super().__init__(read, folder)

    async def nothing_changes(self, poll: HeldPoll, receive: Receive) -> bool:
        """Wait until something differs from what the page knows: False. True after HOLD_SECONDS.

        Raises ClientGone when the page has left.
        """
        seconds = min(HOLD_SECONDS, max(poll.until - presence.now(), 0))
        if await self.differs(poll.team_id, poll.known, seconds, receive):
            await asyncio.sleep(self._pause(poll.team_id))
            return False
        return self.stopping or presence.now() < poll.until

    def _pause(self, team_id: int) -> float:
        """Seconds to wait before asking the page server; none while few wait."""
        waiting = self.waiting(team_id)
        return random.uniform(0, waiting / WAKES_PER_SECOND) if waiting > 20 else 0  # noqa: S311 (no secret)
