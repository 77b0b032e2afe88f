"""Rate limit of each API key: requests per minute of the clock, counted in Valkey."""

import logging
import time
from dataclasses import dataclass

from django.conf import settings
from django_redis import get_redis_connection
from redis.exceptions import RedisError

from kernel.cache import VALKEY

log = logging.getLogger(__name__)

MINUTE = 60


@dataclass(frozen=True)
class RateLimit:
    """The requests that a key has left in this minute, which ends in `reset` seconds."""

    limit: int
    remaining: int
    reset: int

    @property
    def exceeded(self) -> bool:
        return self.remaining < 0

    def headers(self) -> dict[str, str]:
        values = {
            "X-RateLimit-Limit": self.limit,
            "X-RateLimit-Remaining": max(self.remaining, 0),
            "X-RateLimit-Reset": self.reset,
        }
        if self.exceeded:
            values["Retry-After"] = self.reset
        return {name: str(value) for name, value in values.items()}


def count_request(key_id: str) -> RateLimit | None:
    """Count a request with this key. None if there is no limit, or if Valkey is unavailable: then all may call."""
    limit, now = settings.API_REQUESTS_A_MINUTE, time.time()
    if not limit:
        return None
    minute, elapsed = divmod(int(now), MINUTE)
    name = f"heymarket:rate:{key_id}:{minute}"
    try:
        with get_redis_connection(VALKEY).pipeline(transaction=False) as pipeline:
            pipeline.incr(name)
            pipeline.expire(name, 2 * MINUTE)
            used = int(pipeline.execute()[0])
    except RedisError as error:
        log.warning("rate limit not counted, Valkey unavailable: %s", error)
        return None
    return RateLimit(limit, limit - used, MINUTE - elapsed)
