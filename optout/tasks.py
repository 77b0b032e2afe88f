"""Celery tasks of consent: the daily roots. They run on the "bulk" queue, so that no text waits for them."""

from celery import shared_task

from optout.roots import emails, making
from optout.scope_lookups import teams_without_root


@shared_task
def make_due_roots() -> None:
    """Start a task for each team that has no root of today, or has not been sent it."""
    for team_id in teams_without_root():
        make_team_root.apply_async((team_id,), queue="bulk", expires=600)


@shared_task
def make_team_root(team_id: int) -> None:
    emails.send_root(making.make_root(team_id))
