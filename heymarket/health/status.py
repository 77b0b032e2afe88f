"""Status of the installation: database, cache, signs of life and backlog, with what is wrong in sentences."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import DatabaseError, transaction
from django.utils import timezone

import contacts.scope_lookups
import messaging.scope_lookups
import reports.scope_lookups
import webhooks.scope_lookups
from heymarket.health.signs_of_life import BEAT, last_signs
from kernel.backlog import Backlog
from kernel.cache import cache
from kernel.sql import fetch

LONGEST_ANSWER = 2_000  # milliseconds that the database has to answer
LONGEST_SILENCE = 30  # seconds without a sign of life
# Seconds that the oldest due work of a kind may wait, with the words for one and for several.
LIMITS = {
    "texts": (60, "text", "texts"),
    "scheduled_texts": (120, "scheduled text", "scheduled texts"),
    "broadcasts": (120, "broadcast", "broadcasts"),
    "opt_ins": (300, "check of an opt-in", "checks of opt-ins"),
    "attachments": (600, "attachment", "attachments"),
    "webhooks": (300, "webhook event", "webhook events"),
    "runs": (600, "import or other run", "imports and other runs"),
    "rollups": (900, "change that reports have not counted", "changes that reports have not counted"),
}
DATABASE_DOWN = "PostgreSQL does not answer."
CACHE_DOWN = "Valkey does not answer: workers are not woken, and find their work in sweeps once it is back."


@dataclass
class Status:
    """What was found. `problems` are sentences; without any the installation works."""

    database: bool = False
    cache: bool = False
    signs: dict[str, float | None] = field(default_factory=dict)  # seconds since the last sign
    backlog: list[Backlog] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return {
            "ok": not self.problems,
            "problems": self.problems,
            "database": self.database,
            "cache": self.cache,
            "seconds_since_sign_of_life": self.signs,
            "backlog": {
                row.kind: {
                    "waiting": row.waiting,
                    "oldest_seconds": waiting_seconds(row),
                    "limit_seconds": LIMITS[row.kind][0],
                }
                for row in self.backlog
            },
        }


def read_status() -> Status:
    """Ask everything, and judge it. Takes at most a few seconds, whatever is away."""
    status = Status(database=database_answers(), cache=cache_answers())
    if status.database:
        status.backlog = _read_backlog()
    if status.cache:
        now = time.time()
        status.signs = {name: at and round(now - at, 1) for name, at in last_signs().items()}
    status.problems = list(find_problems(status))
    return status


def database_answers() -> bool:
    try:
        with transaction.atomic():
            fetch(f"SET LOCAL statement_timeout = {LONGEST_ANSWER}")
            fetch("SELECT 1")
    except DatabaseError:
        return False
    return True


def cache_answers() -> bool:
    """Asked directly: the cache itself hides that it is away."""
    return bool(cache.on_server(lambda server: server.ping(), otherwise=False))


def _read_backlog() -> list[Backlog]:
    packages = (messaging, webhooks, contacts, reports)
    return [row for package in packages for row in package.scope_lookups.backlog()]


def find_problems(status: Status) -> Iterator[str]:
    """What is wrong, worst first."""
    if not status.database:
        yield DATABASE_DOWN
    if not status.cache:
        yield CACHE_DOWN
    for name, seconds in status.signs.items():
        if seconds is None or seconds > LONGEST_SILENCE:
            who = "Beat" if name == BEAT else f"Every worker of the queue {name}"
            yield f"{who} is silent{'' if seconds is None else f' for {seconds:.0f} seconds'}."
    for row in status.backlog:
        limit, one, several = LIMITS[row.kind]
        if (seconds := waiting_seconds(row)) > limit:
            due = f"1 {one} is due" if row.waiting == 1 else f"{row.waiting} {several} are due, the oldest"
            yield f"{due} for {seconds:.0f} seconds."


def waiting_seconds(row: Backlog) -> float:
    return round(max(0.0, (timezone.now() - row.since).total_seconds()), 1) if row.since else 0.0
