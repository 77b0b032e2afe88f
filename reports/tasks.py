"""Celery tasks of the reports. They run on the "bulk" queue, so that no text waits for them."""

from celery import shared_task
from django.utils import timezone

from accounts.models import Team
from kernel.tenancy import scope
from reports import rollup, snapshots
from reports.schedules import sending
from reports.scope_lookups import due_schedules, teams_with_stale_rollups, teams_without_snapshot


@shared_task
def update_rollups() -> None:
    """Start an update for every team whose rollups are stale."""
    for team_id in teams_with_stale_rollups():
        update_team_rollups.apply_async((team_id,), queue="bulk", expires=60)


@shared_task
def update_team_rollups(team_id: int) -> None:
    with scope(team_id):
        rollup.recount_or_rebuild(Team.objects.get(id=team_id))


@shared_task
def take_due_snapshots() -> None:
    """Start a snapshot for every team that has none of today."""
    for team_id in teams_without_snapshot():
        take_team_snapshot.apply_async((team_id,), queue="bulk", expires=3600)


@shared_task
def take_team_snapshot(team_id: int) -> None:
    with scope(team_id):
        snapshots.take_snapshot(Team.objects.get(id=team_id))


@shared_task
def send_due_reports() -> None:
    """Start a task for each schedule that is due."""
    for schedule in due_schedules(timezone.now(), 100):
        send_scheduled_report.apply_async(tuple(schedule), queue="bulk", expires=60)


@shared_task
def send_scheduled_report(team_id: int, schedule_id: int) -> None:
    sending.send_if_due(team_id, schedule_id)
