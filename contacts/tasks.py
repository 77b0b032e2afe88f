"""What Celery does for contacts: long runs, in a worker of their own so that no text waits behind them."""

from celery import shared_task

from accounts import doors
from accounts.tenancy import scope
from contacts import runs
from contacts.imports import undoing


@shared_task
def advance(team_id: int, run_id: int, kind: str) -> None:
    runs.advance(team_id, run_id, kind)


@shared_task
def sweep_runs() -> None:
    runs.sweep()


@shared_task
def forget_imports() -> None:
    for team_id in doors.teams().values():
        with scope(team_id):
            undoing.forget(team_id)
