"""Celery tasks of consent: daily roots, and copies for linked teams. They run on "bulk", so that no text waits.

Only the copies of a woken worker are as urgent as texts, and few.
"""

from celery import shared_task

from optout.linked_teams.copying import copy_next, copy_waiting
from optout.roots import emails, making
from optout.scope_lookups import teams_to_copy, teams_without_root


@shared_task
def make_due_roots() -> None:
    """Start a task for each team that has no root of today, or has not been sent it."""
    for team_id in teams_without_root():
        make_team_root.apply_async((team_id,), queue="bulk", expires=600)


@shared_task
def copy_to_linked_teams() -> None:
    """Copy what waits in any team to its linked teams."""
    for team_id in teams_to_copy():
        copy_waiting(team_id)


@shared_task
def copy_opt_outs_of_team(team_id: int) -> None:
    """Copy the next few that wait in this team."""
    copy_next(team_id)


@shared_task
def make_team_root(team_id: int) -> None:
    emails.send_root(making.make_root(team_id))
