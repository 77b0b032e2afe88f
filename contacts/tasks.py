"""What Celery does for contacts: long runs, in a worker of their own so that no text waits behind them."""

from celery import shared_task

from contacts import runs


@shared_task
def advance(team_id: int, run_id: int, kind: str) -> None:
    runs.advance(team_id, run_id, kind)


@shared_task
def sweep_runs() -> None:
    runs.sweep()
