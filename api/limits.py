"""How many requests a key may make: so many in each minute of the clock, counted in Valkey."""

import logging
import time
from dataclasses import dataclass

from django.conf import settings
from django_redis import get_redis_connection
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

MINUTE = 60


@dataclass(frozen=True)
class Allowance:
    """What a key has left of this minute, which ends in `reset` seconds."""

    limit: int
    remaining: int
    reset: int

    @property
    def exceeded(self) -> bool:
        return self.remaining < 0

    def headers(self) -> dict[str, str]:
        told = {
            "X-RateLimit-Limit": self.limit,
            "X-RateLimit-Remaining": max(self.remaining, 0),
            "X-RateLimit-Reset": self.reset,
        }
        if self.exceeded:
            told["Retry-After"] = self.reset
        return {name: str(value) for name, value in told.items()}


def count_request(key_id: str) -> Allowance | None:
    """One more request with this key; None where none are counted. Without Valkey all are let in."""
    limit, now = settings.API_REQUESTS_A_MINUTE, time.time()
    if not limit:
        return None
    minute, gone = divmod(int(now), MINUTE)
    name = f"heymarket:rate:{key_id}:{minute}"
    try:
        with get_redis_connection("default").pipeline(transaction=False) as both:
            both.incr(name)
            both.expire(name, 2 * MINUTE)
            used = int(both.execute()[0])
    except RedisError as error:
        log.warning("requests are not counted, the store is away: %s", error)
        return None
    return Allowance(limit, limit - used, MINUTE - gone)
