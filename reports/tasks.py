"""What Celery does for reports: tallies are kept up by the worker for long works, so that no text waits for them."""

from celery import shared_task

from accounts import doors
from accounts.models import Team
from accounts.tenancy import scope
from reports import fold, snapshots
from reports.schedules import due


@shared_task
def fold_everywhere() -> None:
    """Start a fold for every team in which something is to be counted."""
    for team_id in doors.tallies_waiting():
        fold_tallies.apply_async((team_id,), queue="bulk", expires=60)


@shared_task
def fold_tallies(team_id: int) -> None:
    with scope(team_id):
        fold.keep_up(Team.objects.get(id=team_id))


@shared_task
def take_snapshots() -> None:
    """Start one for every team whose day has none yet."""
    for team_id in doors.snapshots_waiting():
        take_snapshot.apply_async((team_id,), queue="bulk", expires=3600)


@shared_task
def take_snapshot(team_id: int) -> None:
    with scope(team_id):
        snapshots.take(Team.objects.get(id=team_id))


@shared_task
def sweep_schedules() -> None:
    due.sweep()


@shared_task
def send_scheduled(team_id: int, schedule_id: int) -> None:
    due.send(team_id, schedule_id)
