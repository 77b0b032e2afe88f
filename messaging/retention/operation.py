"""Daily runs of retention: batches of one transaction each, until nothing is left that the team's rule erases.

Celery only wakes a worker; the rule's row and the run's row are the truth. A killed worker loses its current batch and
nothing else: the sweep finds the team again, and the next worker goes on with what is left.
"""

import time
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from accounts.audit.actions import ActorKind, AuditAction
from accounts.audit.recording import AuditActor, record_action
from accounts.models import Team
from kernel import change_tokens, pacing
from kernel.deadlocks import retry_deadlocks
from kernel.tenancy import scope
from messaging.retention.erasure import erase_batch
from messaging.retention.models import RetentionRule, RetentionRun, RunEnd

TURN = 30.0  # seconds after which another team's work gets the worker
REST = 0.5  # of the time of the batch before


def retain(team_id: int) -> bool:
    """Do batches of today's run of a team until it ends or its turn does. True if there is more to do."""
    turn = time.monotonic()
    while True:
        began = time.monotonic()
        if not retry_deadlocks(lambda: _do_batch(team_id)):
            return False
        pacing.rest(time.monotonic() - began, REST)
        if time.monotonic() - turn > TURN:
            return True


def local_day(team: Team) -> date:
    return datetime.now(ZoneInfo(team.time_zone)).date()


def stop_runs(team_id: int, today: date | None = None) -> None:
    """End the runs that are not of this day; without a day all. In the scope of the team."""
    rows = RetentionRun.objects.filter(team_id=team_id, ended_at=None)
    for run in rows.exclude(day=today) if today else rows:
        _end(run, RunEnd.STOPPED)


def _do_batch(team_id: int) -> bool:
    """One batch under the lock of the rule, so that a change of the rule is either before it or after it."""
    with scope(team_id):
        locked = RetentionRule.objects.select_for_update(no_key=True, skip_locked=True)
        rule = locked.select_related("team").filter(team_id=team_id).first()
        run = _run_of_today(rule) if rule else None
        if run is None:
            return False
        more = erase_batch(run)
        if more:
            run.save()
        else:
            _end(run, RunEnd.DONE)
        change_tokens.renew_on_commit(team_id)
        return more


def _run_of_today(rule: RetentionRule) -> RetentionRun | None:
    """Today's run, begun if it is due; None if nothing is to do today, or no more."""
    today = local_day(rule.team)
    if not rule.is_on or rule.starts_on is None or today < rule.starts_on:
        return None
    run = RetentionRun.objects.filter(team_id=rule.team_id, day=today).first()
    if run is None:
        stop_runs(rule.team_id, today)
        run = RetentionRun.of_day(rule, rule.team, today)
        run.save()
    return None if run.ended_at else run


def _end(run: RetentionRun, end_state: RunEnd) -> None:
    run.ended_at, run.end_state = timezone.now(), end_state
    run.save()
    zone = ZoneInfo(Team.objects.get(id=run.team_id).time_zone)
    by = AuditActor(ActorKind.SYSTEM, str(ActorKind.SYSTEM.label))
    details: dict[str, Any] = {"state": end_state.value, **run.local_cutoffs(zone), **run.counts}
    record_action(run.team_id, by, AuditAction.RETENTION_RUN_ENDED, **details)
