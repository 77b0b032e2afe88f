"""Post slots: how many threads of a worker process may post at once for a team, and for slow endpoints.

Without a limit the slow endpoints of one team would occupy every thread, and the events of all others would wait. The
counts belong to the process, so no query is needed; every worker process keeps the limits for its own threads.
"""

import threading
from collections import Counter, OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager

TEAM_SLOTS = 4  # posts of a team
SLOW_TEAM_SLOTS = 2  # of them, posts to slow endpoints: the team's other endpoints keep the rest
SLOW_SLOTS = 8  # posts to slow endpoints of all teams: half of the threads of a worker
SLOW_AFTER = 1.0  # seconds of the last post after which an endpoint is slow
_REMEMBERED = 10_000  # endpoints


class PostSlots:
    """The slots of one process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._posts: Counter[int] = Counter()  # by team
        self._slow_posts: Counter[int] = Counter()
        self._last_duration: OrderedDict[int, float] = OrderedDict()  # seconds, by endpoint

    @contextmanager
    def slot(self, team_id: int, endpoint_id: int) -> Iterator[bool]:
        """Hold a slot for one post. False if the team, or the slow endpoints, have all of theirs."""
        with self._lock:
            slow = self._is_slow(endpoint_id)
            free = self._posts[team_id] < TEAM_SLOTS and not (slow and self._are_slow_taken(team_id))
            if free:
                self._posts[team_id] += 1
                self._slow_posts[team_id] += slow
        try:
            yield free
        finally:
            if free:
                with self._lock:
                    self._give_back(self._posts, team_id)
                    if slow:
                        self._give_back(self._slow_posts, team_id)

    def note(self, endpoint_id: int, seconds: float) -> None:
        """Remember how long a post took."""
        with self._lock:
            self._last_duration[endpoint_id] = seconds
            self._last_duration.move_to_end(endpoint_id)
            if len(self._last_duration) > _REMEMBERED:
                self._last_duration.popitem(last=False)

    def _is_slow(self, endpoint_id: int) -> bool:
        return self._last_duration.get(endpoint_id, 0) > SLOW_AFTER

    def _are_slow_taken(self, team_id: int) -> bool:
        return self._slow_posts[team_id] >= SLOW_TEAM_SLOTS or self._slow_posts.total() >= SLOW_SLOTS

    def _give_back(self, posts: Counter[int], team_id: int) -> None:
        posts[team_id] -= 1
        if not posts[team_id]:
            del posts[team_id]


slots = PostSlots()
