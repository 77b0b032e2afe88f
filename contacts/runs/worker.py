"""Worker loop: it does the batches of a run until the run ends. Each batch is one transaction.

Celery only wakes a worker; the rows are the source of truth. A killed worker loses its current batch and nothing else:
the sweep finds the silent run, and another worker continues from its position. Two workers on one run do no harm: a
batch is done under the row lock of the run, and a worker whose position differs from the run's position stops.

A batch that has killed two workers would kill every other one: then the run has failed. A run gives way to the runs of
other teams after a while, so that a long one delays nobody for longer than that.
"""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.utils import timezone

from contacts.runs.models import SILENCE_LIMIT, Run, RunState
from contacts.runs.queue import send
from contacts.runs.registry import RUN_KINDS, RunKind
from contacts.scope_lookups import runs_waiting
from kernel import change_tokens, pacing
from kernel.deadlocks import retry_deadlocks
from kernel.distribution.nodes import close_connections
from kernel.tenancy import scope

log = logging.getLogger(__name__)

MAX_TRIES = 3  # failures without a batch in between, after which the run ends as failed
MAX_KILLED = 2  # workers that may die in one batch
TURN = 30.0  # seconds after which a run gives way if another team's run waits
_KEEP_ALIVE = SILENCE_LIMIT.total_seconds() / 4

_KILLED = (
    "Its worker was killed twice in the same place, probably by a file or a batch that is too large. "
    "Completed work is kept."
)


def sweep() -> None:
    """Wake a worker for every run that waits or whose worker is silent."""
    for waiting in runs_waiting(timezone.now() - SILENCE_LIMIT):
        send(*waiting)


def advance(team_id: int, run_id: int, kind: str) -> None:
    """Do batches until the run ends, is cancelled, or another worker has it."""
    run_kind = RUN_KINDS[kind]
    with scope(team_id):
        run = _take(run_kind.model, team_id, run_id)
    if run is None:
        return
    try:
        with _opened(run_kind, run) as opened:
            turn = began = time.monotonic()
            while retry_deadlocks(lambda: _do_batch(run_kind, run, opened)):
                pacing.rest(time.monotonic() - began, run.rest_ratio)
                began = time.monotonic()
                if began - turn > TURN and _give_way(run):
                    return
                turn = began if began - turn > TURN else turn
    except Exception:  # a defect, or no connection to the database: the sweep tries again
        log.exception("batch failed: %s %s of team %s", kind, run_id, team_id)
        _record_failure(run)


def _take(model: Any, team_id: int, run_id: int) -> Any:
    """The run, marked as having a worker; None if it is not at work or another worker was at it a moment ago."""
    run = (
        model.objects.select_for_update(no_key=True, skip_locked=True)
        .filter(team_id=team_id, id=run_id)
        .first()
    )
    now = timezone.now()
    if run is None or not run.at_work or (run.alive_at and run.alive_at > now - SILENCE_LIMIT):
        return None
    if (run.interrupted or 0) >= MAX_KILLED:
        run.end(RunState.FAILED, _KILLED)
        run.save()
        return None
    run.interrupted = (run.interrupted or 0) + 1
    run.alive_at = now
    run.started_at = run.started_at or now
    run.save()
    return run


@contextmanager
def _opened(kind: RunKind, run: Run) -> Iterator[Any]:
    """What `kind.open` opens. While it opens a large file, no other worker takes the run for silent."""
    ready = threading.Event()
    thread = threading.Thread(target=_keep_alive, args=(run, ready), daemon=True)
    thread.start()
    try:
        with kind.open(run) as opened:
            ready.set()
            thread.join()
            yield opened
    finally:
        ready.set()


def _keep_alive(run: Run, ready: threading.Event) -> None:
    while not ready.wait(_KEEP_ALIVE):
        with scope(run.team_id):
            model: Any = type(run)
            model.objects.filter(team_id=run.team_id, id=run.id).update(alive_at=timezone.now())
        close_connections()


def _give_way(run: Run) -> bool:
    """Let another team's run have this worker, if one waits; this run goes to the end of the queue."""
    waiting = runs_waiting(timezone.now() - SILENCE_LIMIT)
    if all(other.team_id == run.team_id for other in waiting):
        return False
    with scope(run.team_id):
        _locked(run).update(alive_at=None, interrupted=0)
    send(run.team_id, run.id, run.kind)
    return True


def _do_batch(kind: RunKind, copy: Run, opened: Any) -> bool:
    """Do one batch in one transaction; `copy` is the worker's copy of the run. True if there is more to do."""
    with scope(copy.team_id):
        run = _locked(copy).first()
        if run is None or not run.at_work or (run.state, run.position) != (copy.state, copy.position):
            return False
        if run.cancel_asked:
            run.end(RunState.CANCELLED)
        else:
            kind.run_batch(run, opened)
        run.alive_at, run.tries = timezone.now(), 0
        run.interrupted = int(run.at_work)
        run.save()
    change_tokens.renew_on_commit(copy.team_id)
    copy.state, copy.position = run.state, run.position
    return run.at_work


def _record_failure(failed: Run) -> None:
    with scope(failed.team_id):
        run = _locked(failed).get()
        run.tries += 1
        run.interrupted = 0  # the worker lives
        if run.at_work and run.tries >= MAX_TRIES:
            run.end(RunState.FAILED, "An unexpected error occurred. Completed work is kept.")
        run.save()


def _locked(run: Run) -> Any:
    model: Any = type(run)
    return model.objects.select_for_update(no_key=True).filter(team_id=run.team_id, id=run.id)
