"""Celery task of portability: teams that are to be deleted."""

from celery import shared_task
from django.utils import timezone

from portability.deletion.due_teams import work_on_due_teams


@shared_task
def delete_due_teams() -> None:
    """Warn owners a day before, begin what is due, and go on with what has begun, for some minutes."""
    work_on_due_teams(timezone.now())
