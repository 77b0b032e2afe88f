"""What Celery does for contacts: long runs, in a worker of their own so that no text waits behind them."""

from celery import shared_task

from accounts import scope_lookups
from contacts.imports.undo import operation
from contacts.runs import worker
from kernel.tenancy import scope


@shared_task
def advance(team_id: int, run_id: int, kind: str) -> None:
    worker.advance(team_id, run_id, kind)


@shared_task
def sweep_runs() -> None:
    worker.sweep()


@shared_task
def purge_expired_undo_records() -> None:
    for team_id in scope_lookups.team_ids_by_slug().values():
        with scope(team_id):
            operation.purge_expired(team_id)
