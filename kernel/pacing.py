"""Pace of long work: exports, runs and broadcasts rest after each batch, longer while texts arrive, which go first.

Reports rest too, but only where they are read one after another.
"""

import time
from collections.abc import Callable, Iterator
from functools import wraps
from threading import Lock

from kernel.background import BatchQueue
from kernel.cache import cache

RESTS_WHILE_TEXTS_ARRIVE = (
    2.0  # of the time of the work before, which contains its waiting for a busy machine
)
LONGEST_REST = 2.0  # seconds
ARRIVING_FOR = 3  # seconds after a text
UNHURRIED = 1.0  # seconds of heavy pages that a process makes without a rest
SHARE_OF_PAGES = 0.25  # of its time, which heavy pages get beyond that
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


def give_way[**P, R](view: Callable[P, R]) -> Callable[P, R]:
    """Make a view of a heavy page rest before it answers, if texts arrive and its process made many such pages.

    Put it around the scope, so that nothing is locked meanwhile.
    """

    @wraps(view)
    def resting(*args: P.args, **kwargs: P.kwargs) -> R:
        began = time.monotonic()
        response = view(*args, **kwargs)
        excess = _heavy_pages.excess_after(time.monotonic() - began)
        if excess and cache.get(_KEY):
            time.sleep(min(excess / SHARE_OF_PAGES, LONGEST_REST))
        return response

    return resting


class _HeavyPages:
    """The seconds that this process worked for heavy pages, of which time forgives a share."""

    def __init__(self) -> None:
        self.worked, self.at, self.lock = 0.0, 0.0, Lock()

    def excess_after(self, worked: float) -> float:
        """Add so many seconds of work. The seconds that are above what needs no rest."""
        with self.lock:
            now = time.monotonic()
            self.worked = max(0.0, self.worked - (now - self.at) * SHARE_OF_PAGES) + worked
            self.at = now
            return max(0.0, self.worked - UNHURRIED)


class _Told:
    at = float("-inf")  # by time.monotonic(), in this process


def _tell(_: list[None]) -> None:
    cache.set(_KEY, 1, ARRIVING_FOR)


_told = _Told()
_heavy_pages = _HeavyPages()
_notes: BatchQueue[None] = BatchQueue(_tell)
