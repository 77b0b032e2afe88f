"""Stand-in for Valkey, which does not run in tests: a cache in memory, with the server's hashes."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.core.cache.backends.locmem import LocMemCache


class FakeServer:
    hashes: ClassVar[dict[str, dict[bytes, bytes]]] = {}

    def ping(self) -> bool:
        return True

    def hset(self, name: str, key: str, value: str) -> None:
        self.hashes.setdefault(name, {})[key.encode()] = value.encode()

    def hgetall(self, name: str) -> dict[bytes, bytes]:
        return dict(self.hashes.get(name, {}))

    def hdel(self, name: str, key: bytes) -> None:
        self.hashes[name].pop(key, None)

    def llen(self, name: str) -> int:
        return 0


class CacheInMemory(LocMemCache):
    def on_server(self, commands: Callable[[FakeServer], Any], otherwise: Any) -> Any:
        try:
            return commands(FakeServer())
        except AttributeError:  # another command: as if the server were away
            return otherwise

    def clear(self) -> None:
        super().clear()
        FakeServer.hashes.clear()
