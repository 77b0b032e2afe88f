"""Pace of long work: exports, runs and broadcasts rest after each batch, longer while texts arrive, which go first."""

import time
from collections.abc import Iterator

from kernel.background import BatchQueue
from kernel.cache import cache

RESTS_WHILE_TEXTS_ARRIVE = (
    2.0  # of the time of the work before, which contains its waiting for a busy machine
)
LONGEST_REST = 2.0  # seconds
ARRIVING_FOR = 3  # seconds after a text
_KEY = "texts-arrive"


def text_arrived() -> None:
    """Tell all machines, without waiting for the cache, at most once a second from each process."""
    now = time.monotonic()
    if now - _told.at > 1:
        _told.at = now
        _notes.put(None)


def rest(worked: float, ratio: float = 0.0) -> None:
    """Rest after so many seconds of work: `ratio` of them, or more while texts arrive."""
    time.sleep(rest_after(worked, ratio))


def rest_after(worked: float, ratio: float = 0.0) -> float:
    """The seconds that `rest` rests, for work that goes on in another task."""
    share = max(ratio, RESTS_WHILE_TEXTS_ARRIVE) if cache.get(_KEY) else ratio
    return min(worked * share, LONGEST_REST)


def paced[T](items: Iterator[T]) -> Iterator[T]:
    """The items, with a rest after each that accords with the work for it."""
    began = time.monotonic()
    for item in items:
        worked = time.monotonic() - began
        yield item
        rest(worked)
        began = time.monotonic()


class _Told:
    at = float("-inf")  # by time.monotonic(), in this process


def _tell(_: list[None]) -> None:
    cache.set(_KEY, 1, ARRIVING_FOR)


_told = _Told()
_notes: BatchQueue[None] = BatchQueue(_tell)
