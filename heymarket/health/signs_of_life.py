"""Signs of life: every few seconds each worker and beat note in the cache that they run.

A worker notes it for the queues that it consumes. Of several workers of one queue the newest sign counts. A container's
health check, which is about one process and must not depend on the cache, looks at the age of SIGN_OF_LIFE_FILE.
"""

import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from celery.signals import beat_init, worker_ready
from django.conf import settings

from kernel.cache import cache

EVERY = 5.0  # seconds
KEPT_FOR = 24 * 3600  # seconds
BEAT = "beat"
QUEUES = ("celery", "sweeps", "bulk", "missed", "media", "broadcasts", "webhooks")


def last_signs() -> dict[str, float | None]:
    """When beat and a worker of each queue last gave a sign, as Unix times; None if not within a day."""
    names = (BEAT, *QUEUES)
    found = cache.get_many([_key(name) for name in names])
    return {name: found.get(_key(name)) for name in names}


def give_sign(names: Iterable[str]) -> None:
    for name in names:
        cache.set(_key(name), time.time(), KEPT_FOR)


def touch_file() -> None:
    if settings.SIGN_OF_LIFE_FILE:
        Path(settings.SIGN_OF_LIFE_FILE).touch()


def _key(name: str) -> str:
    return f"sign-of-life:{name}"


@worker_ready.connect
def _worker_is_ready(sender: Any, **_: Any) -> None:
    _keep_giving_signs(list(sender.app.amqp.queues.consume_from))


@beat_init.connect
def _beat_is_ready(**_: Any) -> None:
    _keep_giving_signs([BEAT])


def _keep_giving_signs(names: list[str]) -> None:
    def give_signs() -> None:
        while True:
            touch_file()
            give_sign(names)
            time.sleep(EVERY)

    threading.Thread(target=give_signs, name="signs of life", daemon=True).start()
