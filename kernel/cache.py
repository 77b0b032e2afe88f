"""The cache of Valkey: what may be lost. While the server is away it behaves like an empty one, and delays nobody.

Django's default cache is another one, in PostgreSQL: allauth keeps its limits there (accounts.sign_in_limits).
"""

import time
from collections.abc import Callable
from typing import Any, ClassVar, cast

from django.core.cache import caches
from django.utils.connection import ConnectionProxy
from django_redis.cache import RedisCache
from redis.exceptions import RedisError

# After an error the server is not asked for this long, in seconds: a page asks several times, and each would wait.
REST_SECONDS = 2.0
VALKEY = "valkey"  # in CACHES


class OptionalCache(RedisCache):
    """Redis's cache, which is empty while the server is away.

    The library's own IGNORE_EXCEPTIONS makes `add` return None, which callers read as "exists already".
    """

    _rests_until: ClassVar[float] = 0.0

    def get(self, key: Any, default: Any = None, **options: Any) -> Any:
        return self._ask(super().get, key, default, otherwise=default, **options)

    def get_many(self, keys: Any, *args: Any, **options: Any) -> dict[Any, Any]:
        return self._ask(super().get_many, keys, *args, otherwise={}, **options)

    def add(self, *args: Any, **options: Any) -> Any:
        return self._ask(super().add, *args, otherwise=True, **options)

    def set(self, *args: Any, **options: Any) -> Any:
        return self._ask(super().set, *args, otherwise=False, **options)

    def delete(self, *args: Any, **options: Any) -> Any:
        return self._ask(super().delete, *args, otherwise=False, **options)

    def incr(self, *args: Any, **options: Any) -> Any:
        return self._ask(super().incr, *args, otherwise=1, **options)

    def on_server(self, commands: Callable[[Any], Any], otherwise: Any) -> Any:
        """The result of commands that the cache itself does not know, sent by a Redis client."""
        return self._ask(lambda: commands(self.client.get_client(write=True)), otherwise=otherwise)

    def _ask(self, call: Callable[..., Any], *args: Any, otherwise: Any, **options: Any) -> Any:
        if time.monotonic() < OptionalCache._rests_until:
            return otherwise
        try:
            return call(*args, **options)
        except (RedisError, OSError):
            OptionalCache._rests_until = time.monotonic() + REST_SECONDS
            return otherwise


cache = cast(OptionalCache, ConnectionProxy(caches, VALKEY))
