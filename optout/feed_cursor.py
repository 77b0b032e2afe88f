"""Cursors of the feed: a position with a mark of its team, so that a cursor of another team or installation is refused.

A reader with such a cursor would otherwise miss changes and never know.
"""

import hashlib
import re

from accounts.models import Team

_CURSOR = re.compile(r"(?P<position>[0-9]{1,18})(-(?P<mark>[0-9a-f]{8}))?", re.ASCII)


class BadCursor(Exception):
    """The text is no cursor of this team; the message says why."""


def write_cursor(team: Team, position: int) -> str:
    """The cursor behind this position."""
    return f"{position}-{_mark(team)}"


def read_cursor(team: Team, text: str) -> int:
    """The position that a cursor names. One without a mark, as of older versions, is read too. Raises BadCursor."""
    match = _CURSOR.fullmatch(text)
    if match is None:
        raise BadCursor("Send `next` of the page before, 0 for all changes, or now.")
    if match["mark"] not in (None, _mark(team)):
        raise BadCursor("This is a cursor of another team or installation. Read the feed from 0.")
    return int(match["position"])


def _mark(team: Team) -> str:
    """The same for a team at all times. An imported or restored team of another ID has another mark."""
    return hashlib.sha256(f"{team.id} {team.created_at.timestamp()}".encode()).hexdigest()[:8]
