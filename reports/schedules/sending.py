"""Sends what is due. A schedule's row is put off when it is claimed, so that of two workers one sends the letter.

A worker that is killed leaves the row put off by CLAIM_HOLDS; then it is sent, at worst for a second time.
"""

import logging
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from celery import current_app
from django.utils import timezone

from kernel.tenancy import scope
from reports.schedules import report_email
from reports.schedules.models import ReportSchedule
from reports.schedules.report_email import ReportDelayed, ReportUnsendable
from reports.scope_lookups import due_schedules

log = logging.getLogger(__name__)

CLAIM_HOLDS = timedelta(minutes=15)
# Waits before the next try; about a day after the first, it is given up.
RETRY_WAITS = [
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=15),
]
OUR_FAULT = "Something went wrong on our side, and was logged."


@dataclass(frozen=True)
class ScheduleClaim:
    schedule: ReportSchedule
    day: date  # that the letter is of
    until: datetime  # what the row says while the claim holds


def start_due() -> None:
    """Start a task for each schedule that is due."""
    for found in due_schedules(timezone.now(), 100):
        current_app.send_task("reports.tasks.send_scheduled_report", tuple(found), queue="bulk", expires=60)


def send_if_due(team_id: int, schedule_id: int) -> None:
    """Send a schedule's letter if it is due."""
    found = claim(team_id, schedule_id)
    if found is None:
        return
    try:
        people = report_email.send_report(found.schedule, found.day)
    except ReportDelayed as why:
        _put_off(found, str(why))
    except ReportUnsendable as why:
        _settle(found, error=str(why))
    except Exception:
        log.exception("scheduled report %s of team %s could not be made", schedule_id, team_id)
        _put_off(found, OUR_FAULT)
    else:
        _settle(found, error="", sent_at=timezone.now(), sent_to=people)


def claim(team_id: int, schedule_id: int) -> ScheduleClaim | None:
    """Put the row off for as long as the claim holds; None when it is not due, or is another's."""
    with scope(team_id):
        now = timezone.now()
        schedule = ReportSchedule.objects.with_team(team_id).filter(id=schedule_id, due_at__lte=now).first()
        if schedule is None:
            return None
        day = schedule.recurrence.newest(now, schedule.zone)
        # By another clock than when it was put down, the hour may be still to come.
        too_early = day <= schedule.settled_day
        until = schedule.recurrence.following(now, schedule.zone) if too_early else now + CLAIM_HOLDS
        row = ReportSchedule.objects.filter(team_id=team_id, id=schedule_id, due_at=schedule.due_at)
        if not row.update(due_at=until) or too_early:
            return None
        return ScheduleClaim(schedule, day, until)


def _put_off(claim: ScheduleClaim, why: str) -> None:
    tries = claim.schedule.tries + 1
    if tries > len(RETRY_WAITS):
        _settle(claim, error=f"{why} Given up after a day.")
        return
    with scope(claim.schedule.team_id):
        _claimed(claim).update(tries=tries, error=why, due_at=timezone.now() + RETRY_WAITS[tries - 1])


def _settle(claim: ScheduleClaim, **told: object) -> None:
    schedule = claim.schedule
    with scope(schedule.team_id):
        following = schedule.recurrence.following(timezone.now(), schedule.zone)
        ReportSchedule.objects.filter(team_id=schedule.team_id, id=schedule.id).update(**told)
        _claimed(claim).update(due_at=following, settled_day=claim.day, tries=0)


def _claimed(claim: ScheduleClaim) -> Any:
    """The row, unless somebody changed or paused the schedule meanwhile, which holds."""
    return ReportSchedule.objects.filter(
        team_id=claim.schedule.team_id, id=claim.schedule.id, due_at=claim.until
    )
