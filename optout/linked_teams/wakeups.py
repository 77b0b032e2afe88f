"""Wake-ups for the worker that copies waiting opt-outs to linked teams.

A lost wake-up loses nothing: the rows are the queue, and a task copies what waits each ten seconds.
"""

import logging

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

from kernel.background import BatchQueue

log = logging.getLogger(__name__)


def wake_copying_on_commit(team_id: int) -> None:
    """Let a worker copy what waits in this team as soon as it is stored. Does not wait and does not fail."""
    transaction.on_commit(lambda: copy_queue.put(team_id))


def _publish(teams: list[int]) -> None:
    try:
        for team_id in dict.fromkeys(teams):
            current_app.send_task("optout.tasks.copy_opt_outs_of_team", (team_id,), expires=60)
    except OperationalError as error:
        log.warning("wake-up not published for opt-outs of teams %s: %s", teams, error)


copy_queue: BatchQueue[int] = BatchQueue(_publish)
