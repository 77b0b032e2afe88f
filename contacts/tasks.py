"""Celery tasks for contacts. Their queue has its own worker, so that no text waits behind a long run."""

from celery import shared_task
from django.utils import timezone

from accounts.scope_lookups import team_ids_by_slug
from contacts import retention
from contacts.imports.undo.operation import purge_expired
from contacts.runs import worker
from kernel.tenancy import scope


@shared_task
def advance(team_id: int, run_id: int, kind: str) -> None:
    worker.advance(team_id, run_id, kind)


@shared_task
def sweep_runs() -> None:
    worker.sweep()


@shared_task(expires=3600)
def delete_expired_rows() -> None:
    for team_id in team_ids_by_slug().values():
        retention.delete_expired(team_id, timezone.now())


@shared_task
def purge_expired_undo_records() -> None:
    for team_id in team_ids_by_slug().values():
        with scope(team_id):
            purge_expired(team_id)
