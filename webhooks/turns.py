"""Turns of teams: a worker process posts for many teams at once, and no team's slow endpoints take all its threads.

In memory, since it is about the threads of this process. A process that has just started knows no endpoint's speed.
"""

import threading
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from webhooks.outbox import wake

TEAM_POSTS = 4  # posts of one team at a time
# An endpoint is slow while its last post took this long, in seconds.
SLOW_AFTER = 1.0
SLOW_POSTS = 4  # posts to slow endpoints at a time, fewer than the threads of any worker
TEAM_SLOW_POSTS = 2  # likewise, of one team
# Endpoints whose speed is remembered: the ones that were used last.
REMEMBERED = 10_000

type EndpointKey = tuple[int, int]  # team and endpoint


@dataclass
class Turn:
    """The right to make one post; `seconds` is set to its duration."""

    endpoint: EndpointKey
    slow: bool
    seconds: float | None = None


@dataclass
class Turns:
    """Turns in use, the speed of endpoints, and the endpoints that got no turn, which are woken team by team."""

    wake: Callable[[int, int], None] = wake
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _teams: Counter[int] = field(default_factory=Counter)  # turns in use, by team
    _slow_teams: Counter[int] = field(default_factory=Counter)
    _endpoints: Counter[EndpointKey] = field(default_factory=Counter)
    _speeds: "OrderedDict[EndpointKey, float]" = field(default_factory=OrderedDict)  # seconds
    _refused: "OrderedDict[int, OrderedDict[int, None]]" = field(default_factory=OrderedDict)

    @contextmanager
    def turn(self, team_id: int, endpoint_id: int) -> Iterator[Turn | None]:
        """A turn, or None: then the endpoint is woken when there is one."""
        turn = self._take((team_id, endpoint_id))
        try:
            yield turn
        finally:
            if turn:
                self._give_back(turn)

    def _take(self, endpoint: EndpointKey) -> Turn | None:
        with self._lock:
            seconds = self._speeds.get(endpoint)
            slow = seconds is not None and seconds >= SLOW_AFTER
            if not self._is_free(endpoint, slow, is_known=seconds is not None):
                self._refused.setdefault(endpoint[0], OrderedDict())[endpoint[1]] = None
                return None
            self._count(endpoint, slow, 1)
            return Turn(endpoint, slow)

    def _is_free(self, endpoint: EndpointKey, slow: bool, is_known: bool) -> bool:
        team_id = endpoint[0]
        if self._teams[team_id] >= TEAM_POSTS:
            return False
        if (slow or not is_known) and self._endpoints[endpoint]:
            return False
        has_room = self._slow_teams[team_id] < TEAM_SLOW_POSTS and self._slow_teams.total() < SLOW_POSTS
        return has_room or not slow

    def _give_back(self, turn: Turn) -> None:
        with self._lock:
            self._count(turn.endpoint, turn.slow, -1)
            if turn.seconds is not None:
                self._speeds[turn.endpoint] = turn.seconds
                self._speeds.move_to_end(turn.endpoint)
                if len(self._speeds) > REMEMBERED:
                    self._speeds.popitem(last=False)
            refused = self._next_refused()
        for team_id, endpoint_id in refused:
            self.wake(team_id, endpoint_id)

    def _count(self, endpoint: EndpointKey, slow: bool, change: int) -> None:
        for counter, key in ((self._teams, endpoint[0]), (self._endpoints, endpoint)):
            counter[key] += change  # type: ignore[index]
            if not counter[key]:  # type: ignore[index]
                del counter[key]
        if slow:
            self._slow_teams[endpoint[0]] += change

    def _next_refused(self) -> list[EndpointKey]:
        """One endpoint of each team, the one that was refused first. Each asks again, and may be refused again."""
        found = []
        for team_id, endpoints in list(self._refused.items()):
            found.append((team_id, endpoints.popitem(last=False)[0]))
            if not endpoints:
                del self._refused[team_id]
        return found


turns = Turns()
