"""Backlog: how much work of a kind is due and not done, of all teams. Each package has a lookup for its own kinds."""

from datetime import datetime
from typing import NamedTuple

from kernel.sql import fetch


class Backlog(NamedTuple):
    """Due work of one kind: how many rows wait, and since when the oldest does; None if there is none."""

    kind: str
    waiting: int
    since: datetime | None


def fetch_backlog(lookup: str) -> list[Backlog]:
    """The result of a scope lookup that returns such rows."""
    return [Backlog(*row) for row in fetch(f"SELECT kind, waiting, since FROM {lookup}()")]
