"""Works on a run until it ends: each batch is one transaction that also moves the run's position.

Celery only wakes; the rows are the truth. A worker that is killed loses the batch it was at, and nothing else: the
sweep finds the run that has gone silent, and another worker goes on from its position. Two workers on one run do no
harm, since a batch is done under the run's row lock and a worker whose place is not the run's gives way.
"""

import logging
import time
from datetime import timedelta
from typing import Any

from celery import current_app
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from contacts.runs.models import SILENCE_LIMIT, Run, RunState
from contacts.runs.registry import RUN_KINDS
from contacts.scope_lookups import runs_waiting
from kernel import change_tokens
from kernel.tenancy import scope

log = logging.getLogger(__name__)


def wake(run: Run) -> None:
    """Have a worker begin after the commit. Without a broker the sweep does."""
    kind = next(kind for kind, model in RUN_KINDS.items() if isinstance(run, model))
    transaction.on_commit(lambda: _send(run.team_id, run.id, kind))


def sweep() -> None:
    """Wake for every run that waits, or whose worker has gone silent."""
    for found in runs_waiting(timezone.now() - SILENCE_LIMIT):
        _send(*found)


def _send(team_id: int, run_id: int, kind: str) -> None:
    try:
        current_app.send_task("contacts.tasks.advance", (team_id, run_id, kind), queue="bulk", expires=60)
    except OperationalError:
        log.warning("no broker to wake a worker for %s %s; the sweep will", kind, run_id)


def advance(team_id: int, run_id: int, kind: str) -> None:
    """Do batches until the run ends, is cancelled, or somebody else has it."""
    model: Any = RUN_KINDS[kind]
    with scope(team_id):
        run = _taken(model, team_id, run_id, SILENCE_LIMIT)
    if run is None:
        return
    try:
        with run.opened() as work:
            began = time.monotonic()
            while _batch(model, team_id, run, work):
                time.sleep(run.rest_ratio * (time.monotonic() - began))
                began = time.monotonic()
    except Exception:  # a defect, or a database that is away: the sweep tries again, a few times
        log.exception("%s %s of team %s broke off", kind, run_id, team_id)
        _broke_off(model, team_id, run_id)


# A run that breaks off this often without a batch in between has failed for good.
MAX_TRIES = 3


def _taken(model: Any, team_id: int, run_id: int, silent: timedelta) -> Any:
    """The run, marked as being worked on; None where it is not to be, or another worker has just been at it."""
    run = model.objects.select_for_update(skip_locked=True).filter(team_id=team_id, id=run_id).first()
    now = timezone.now()
    if run is None or not run.at_work or (run.alive_at and run.alive_at > now - silent):
        return None
    run.alive_at = now
    run.started_at = run.started_at or now
    run.save()
    return run


def _batch(model: Any, team_id: int, mine: Any, work: Any) -> bool:
    """One batch, in one transaction; whether there is more to do."""
    with scope(team_id):
        run = model.objects.select_for_update().filter(team_id=team_id, id=mine.id).first()
        if run is None or not run.at_work or (run.state, run.position) != (mine.state, mine.position):
            return False
        if run.cancel_asked:
            run.end(RunState.CANCELLED)
        else:
            run.batch(work)
        run.alive_at, run.tries = timezone.now(), 0
        run.save()
    change_tokens.renew_on_commit(team_id)
    mine.state, mine.position = run.state, run.position
    return run.at_work


def _broke_off(model: Any, team_id: int, run_id: int) -> None:
    with scope(team_id):
        run = model.objects.select_for_update().get(team_id=team_id, id=run_id)
        run.tries += 1
        if run.at_work and run.tries >= MAX_TRIES:
            run.end(
                RunState.FAILED,
                "Something went wrong here that we have to mend. What was done so far stays done.",
            )
        run.save()
