"""Celery tasks of consent. The rows are the truth: a task that is lost is done by the next one."""

from celery import shared_task

from optout import due_holds
from optout.scope_lookups import holds_due

BATCH = 500


@shared_task
def lapse_due_holds() -> None:
    """Turn the holds that nobody decided in time into opt-outs, each in a transaction of its own."""
    for hold in holds_due(BATCH):
        due_holds.lapse(hold.team_id, hold.id)
