"""Publishing: every few seconds each process stores its metrics in the cache, where /metrics finds them.

So one address tells of all processes on all machines, without a shared folder and without ports of workers. Each
process is a label of its own: Prometheus notices by itself when one begins anew. Without the cache they are absent for
that time, and count on.
"""

import json
import secrets
import threading
import time
from collections.abc import Iterator
from typing import Any

from prometheus_client import Metric
from prometheus_client.samples import Sample

from kernel.cache import cache
from kernel.metrics import REGISTRY

EVERY = 10.0  # seconds
SILENT_AFTER = 60.0  # seconds after which a process is taken for ended
HASH = "heymarket:metrics"

_started: list[str] = []


def publish_from(program: str) -> None:
    """Publish the metrics of this process from now on, as one of this program ("front", "celery")."""
    if _started:
        return
    _started.append(f"{program}-{secrets.token_hex(3)}")
    threading.Thread(target=_keep_publishing, name="metrics", daemon=True).start()


def _keep_publishing() -> None:
    while True:
        publish(_started[0])
        time.sleep(EVERY)


def publish(process: str) -> None:
    content = json.dumps({"at": time.time(), "metrics": list(_snapshot())})
    cache.on_server(lambda server: server.hset(HASH, process, content), otherwise=None)


def _snapshot() -> Iterator[tuple[Any, ...]]:
    for metric in REGISTRY.collect():
        kept = [(s.name, s.labels, s.value) for s in metric.samples if not s.name.endswith("_created")]
        if kept:
            yield metric.name, metric.documentation, metric.type, kept


def published() -> Iterator[Metric]:
    """The metrics of all processes, with the label `process`. Those of ended processes are removed."""
    merged: dict[str, Metric] = {}
    for process, content in cache.on_server(lambda server: server.hgetall(HASH), otherwise={}).items():
        found = json.loads(content)
        if found["at"] < time.time() - SILENT_AFTER:
            _remove(process)
            continue
        for name, documentation, kind, samples in found["metrics"]:
            metric = merged.setdefault(name, Metric(name, documentation, kind))
            label = {"process": _text(process)}
            metric.samples += [Sample(of, {**labels, **label}, value) for of, labels, value in samples]
    yield from merged.values()


def _remove(process: bytes | str) -> None:
    cache.on_server(lambda server: server.hdel(HASH, process), otherwise=None)


def _text(name: bytes | str) -> str:
    return name.decode() if isinstance(name, bytes) else name
