"""Gauges: the state of the installation, read from rows and servers when /metrics is asked."""

from collections.abc import Iterator, Mapping
from functools import cache as once
from tomllib import loads

from django.conf import settings
from prometheus_client import Metric
from prometheus_client.metrics_core import GaugeMetricFamily

from heymarket.health.signs_of_life import QUEUES
from heymarket.health.status import LIMITS, Status, read_status, waiting_seconds
from kernel.cache import cache
from kernel.sql import fetch
from messaging.scope_lookups import lists_behind

# Connections of our role, by what they do.
_CONNECTIONS = """
    SELECT coalesce(state, 'other'), count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND usename = current_user GROUP BY 1
"""


def gauges() -> Iterator[Metric]:
    """What /status says, as numbers; and what only a graph needs."""
    status = read_status()
    yield _gauge("up", "Whether PostgreSQL and the cache answer.", "part", _parts(status))
    yield _gauge("problems", "Problems that /status names.", "", {"": len(status.problems)})
    yield _gauge(
        "sign_of_life_age_seconds", "Since the last sign of life of beat and of a worker of each queue.",
        "program", {name: seconds for name, seconds in status.signs.items() if seconds is not None},
    )  # fmt: skip
    rows = {row.kind: row for row in status.backlog}
    yield _gauge(
        "backlog", "Due work that is not done.", "kind", {kind: row.waiting for kind, row in rows.items()}
    )
    ages = {kind: waiting_seconds(row) for kind, row in rows.items()}
    yield _gauge("backlog_age_seconds", "How long the oldest due work waits.", "kind", ages)
    limits = {kind: limit[0] for kind, limit in LIMITS.items()}
    yield _gauge("backlog_limit_seconds", "From which age on /status says 503.", "kind", limits)
    if status.cache:
        yield _gauge("queue_tasks", "Tasks that wait in the broker.", "queue", _waiting_tasks())
    if status.database:
        meaning = "Inboxes whose carrier's list of received texts was not read for ten minutes."
        yield _gauge("lists_behind", meaning, "", {"": lists_behind()})
        yield _gauge("database_connections", "Connections to PostgreSQL.", "state", _connections())
    yield _gauge("build_info", "The version that runs.", "version", {version(): 1})


def _gauge(name: str, meaning: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(f"heymarket_{name}", meaning, labels=[label] if label else [])
    for value_of, value in values.items():
        family.add_metric([value_of] if label else [], value)
    return family


def _parts(status: Status) -> dict[str, float]:
    return {"database": float(status.database), "cache": float(status.cache)}


def _waiting_tasks() -> dict[str, float]:
    counted = cache.on_server(lambda server: {queue: server.llen(queue) for queue in QUEUES}, otherwise={})
    return dict(counted)


def _connections() -> dict[str, float]:
    return {state: float(count) for state, count in fetch(_CONNECTIONS)}


@once
def version() -> str:
    """The version of the product, as pyproject.toml names it."""
    project = loads((settings.BASE_DIR / "pyproject.toml").read_text())["project"]
    return str(project["version"])
