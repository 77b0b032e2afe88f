"""Wake-ups for workers: a Celery message for a run that waits. The row of the run is the source of truth."""

import logging

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

from contacts.runs.models import Run

log = logging.getLogger(__name__)


def wake(run: Run) -> None:
    """Wake a worker for the run after the commit. Without a broker the sweep finds the run."""
    transaction.on_commit(lambda: send(run.team_id, run.id, run.kind))


def send(team_id: int, run_id: int, kind: str) -> None:
    """Send the Celery message that has a worker advance this run."""
    try:
        current_app.send_task("contacts.tasks.advance", (team_id, run_id, kind), queue="bulk", expires=60)
    except OperationalError:
        log.warning("no broker to wake a worker for %s %s; the sweep will find it", kind, run_id)
