"""Wake-ups for the worker of broadcasts, published to Celery. A lost one only delays: the sweep finds the rows."""

import logging
from datetime import datetime

from celery import current_app
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from kernel.background import BatchQueue

log = logging.getLogger(__name__)

QUEUE = "broadcasts"
BROADCAST_TASK = "messaging.tasks.work_on_broadcast"
RECONCILE_TASK = "messaging.tasks.reconcile_broadcast"
LANE_TASK = "messaging.tasks.work_on_lane"


def wake_broadcast_on_commit(team_id: int, broadcast_id: int, due_at: datetime) -> None:
    """Let a worker look at the broadcast, if it is due now. Does not wait and does not fail."""
    if due_at <= timezone.now():
        transaction.on_commit(lambda: _queue.put((team_id, broadcast_id)))


def publish(task: str, team_id: int, id: int, *, after: float = 0.0, queue: str = QUEUE) -> None:
    """Start a task about a broadcast or a lane after so many seconds. Does not fail; for workers, which may wait."""
    try:
        current_app.send_task(task, (team_id, id), queue=queue, countdown=after or None, expires=after + 60)
    except OperationalError as error:
        log.warning("%s not started for %s of team %s: %s", task, id, team_id, error)


def _publish(broadcasts: list[tuple[int, int]]) -> None:
    for team_id, id in dict.fromkeys(broadcasts):
        publish(BROADCAST_TASK, team_id, id)


_queue: BatchQueue[tuple[int, int]] = BatchQueue(_publish)
