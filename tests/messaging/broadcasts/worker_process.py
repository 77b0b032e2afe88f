"""A worker of broadcasts in a process of its own, to be killed: `python -m tests.messaging.broadcasts.worker_process`.

It does what a worker of Celery does with the published tasks. With VALKEY=away publishing fails, and only the
sweep finds work. It does not wait so long until it takes another worker for dead.
"""

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import django

django.setup()

from celery import current_app  # noqa: E402
from kombu.exceptions import OperationalError  # noqa: E402

from messaging import scope_lookups, tasks  # noqa: E402
from messaging.broadcasts import claims  # noqa: E402

THREADS = 4
pool = ThreadPoolExecutor(THREADS)


def send_task(name: str, args: tuple[int, int], countdown: float | None = None, **_: Any) -> None:
    if os.environ.get("VALKEY") == "away":
        raise OperationalError("Valkey is away")
    task = getattr(tasks, name.rpartition(".")[2])
    threading.Timer(countdown or 0, pool.submit, (task, *args)).start()


def main() -> None:
    claims.TAKEN_FOR_DEAD = timedelta(seconds=0.3)
    current_app.send_task = send_task  # type: ignore[assignment, method-assign]
    while True:
        if os.environ.get("VALKEY") == "away":
            _sweep_without_broker()
        else:
            tasks.sweep_broadcasts()
        time.sleep(0.1)


def _sweep_without_broker() -> None:
    """Celery's own retries would bring the tasks of the sweep later; here they are done at once."""
    for broadcast in scope_lookups.broadcasts_due(10):
        tasks.work_on_broadcast(broadcast.team_id, broadcast.id)
    for lane in scope_lookups.broadcast_lanes_due(10):
        tasks.work_on_lane(lane.team_id, lane.id)


if __name__ == "__main__":
    main()
