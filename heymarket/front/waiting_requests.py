"""Requests that wait for a thread. One thread at a time takes them, until it may store what they bring.

A thread that stores several has the turn. Meanwhile another one takes and reads what arrives, and stores it afterwards,
together. One request alone needs no turn. No thread waits longer than PATIENCE for another, which may be stuck.
"""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Condition
from time import monotonic

# Requests that a thread takes at a time: a text that is stored with others waits for them.
MOST_TOGETHER = 20
PATIENCE = 0.05  # seconds


class WaitingRequests[T]:
    def __init__(self, call: Callable[[], object]) -> None:
        """`call` has a thread begin to take requests, soon."""
        self.call = call
        self.items: deque[T] = deque()
        self.changed = Condition()
        self.called = False  # whether a thread is going to look at what waits
        self.taking: Taker[T] | None = None
        self.turn: Taker[T] | None = None

    def add(self, item: T) -> None:
        with self.changed:
            self.items.append(item)
            self.changed.notify_all()
            self.call_if_needed()

    def call_if_needed(self) -> None:
        if self.items and not self.called:
            self.called = True
            self.call()

    @contextmanager
    def taker(self) -> Iterator["Taker[T]"]:
        """For a thread that was called: its taking, and its turn until the end."""
        taker = Taker(self)
        try:
            yield taker
        finally:
            with self.changed:
                taker.stop()
                if self.turn is taker:
                    self.turn = None
                    self.changed.notify_all()


class Taker[T]:
    def __init__(self, requests: WaitingRequests[T]) -> None:
        self.requests, self.taken = requests, list[T]()
        with requests.changed:
            requests.called = False
            requests.changed.wait_for(lambda: not requests.taking, PATIENCE)
            requests.taking = self
        self.until = monotonic() + PATIENCE

    def take(self) -> Iterator[T]:
        """What waits, and what arrives while another thread has the turn; at most MOST_TOGETHER."""
        while self._take_one():
            yield self.taken[-1]

    def _take_one(self) -> bool:
        requests = self.requests
        with requests.changed:
            self._await_request_or_turn()
            if self._may_take:
                self.taken.append(requests.items.popleft())
                requests.call_if_needed()  # for the next one: this thread may be stuck with the first
                return True
            if len(self.taken) > 1:
                requests.turn = self
            self.stop()
            return False

    def _await_request_or_turn(self) -> None:
        requests = self.requests
        if requests.taking is self and not self._may_take:
            requests.called = True
            requests.changed.wait_for(lambda: self._may_take or not requests.turn, self.until - monotonic())
            requests.called = False

    @property
    def _may_take(self) -> bool:
        requests = self.requests
        return requests.taking is self and bool(requests.items) and len(self.taken) < MOST_TOGETHER

    def stop(self) -> None:
        """Let another thread take the rest, and what arrives from now on."""
        requests = self.requests
        if requests.taking is self:
            requests.taking = None
            requests.changed.notify_all()
            requests.call_if_needed()
