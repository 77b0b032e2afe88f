"""Sending of scheduled reports: claim, send, settle. A claim moves `due_at`, so that only one worker sends the email.

If a worker is killed, another sends the report after CLAIM_HOLDS, at worst for a second time.
"""

import logging
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from kernel.tenancy import scope
from reports.schedules import report_email
from reports.schedules.models import ReportSchedule
from reports.schedules.report_email import ReportDelayed, ReportUnsendable

log = logging.getLogger(__name__)

CLAIM_HOLDS = timedelta(minutes=15)
# Waits before each retry, about a day in total.
RETRY_WAITS = [timedelta(minutes=5), timedelta(minutes=30), *(timedelta(hours=n) for n in (2, 6, 15))]
OUR_FAULT = "An error occurred on our side."


@dataclass(frozen=True)
class ScheduleClaim:
    schedule: ReportSchedule
    day: date  # on which the report was due
    held_until: datetime  # due_at of the row while the claim holds


def send_if_due(team_id: int, schedule_id: int) -> None:
    """Send the report of a schedule by email if it is due."""
    claimed = claim(team_id, schedule_id)
    if claimed is None:
        return
    try:
        people = report_email.send_report(claimed.schedule, claimed.day)
    except ReportDelayed as error:
        _retry_later(claimed, str(error))
    except ReportUnsendable as error:
        _settle(claimed, error=str(error))
    except Exception:
        log.exception("scheduled report %s of team %s failed", schedule_id, team_id)
        _retry_later(claimed, OUR_FAULT)
    else:
        _settle(claimed, error="", sent_at=timezone.now(), sent_to=people)


def claim(team_id: int, schedule_id: int) -> ScheduleClaim | None:
    """Claim a schedule for CLAIM_HOLDS; None if it is not due or another worker has claimed it."""
    with scope(team_id):
        now = timezone.now()
        schedule = ReportSchedule.objects.with_team(team_id).filter(id=schedule_id, due_at__lte=now).first()
        if schedule is None:
            return None
        day = schedule.recurrence.last_due_day(now, schedule.zone)
        # After a change of the team's time zone, the hour may still be to come.
        too_early = day <= schedule.settled_day
        held_until = schedule.recurrence.next_due_at(now, schedule.zone) if too_early else now + CLAIM_HOLDS
        row = ReportSchedule.objects.filter(team_id=team_id, id=schedule_id, due_at=schedule.due_at)
        if not row.update(due_at=held_until) or too_early:
            return None
        return ScheduleClaim(schedule, day, held_until)


def _retry_later(claim: ScheduleClaim, reason: str) -> None:
    tries = claim.schedule.tries + 1
    if tries > len(RETRY_WAITS):
        _settle(claim, error=f"{reason} We stopped trying after a day.")
        return
    with scope(claim.schedule.team_id):
        _claimed(claim).update(tries=tries, error=reason, due_at=timezone.now() + RETRY_WAITS[tries - 1])


def _settle(claim: ScheduleClaim, **fields: object) -> None:
    schedule = claim.schedule
    with scope(schedule.team_id):
        next_due_at = schedule.recurrence.next_due_at(timezone.now(), schedule.zone)
        ReportSchedule.objects.filter(team_id=schedule.team_id, id=schedule.id).update(**fields)
        _claimed(claim).update(due_at=next_due_at, settled_day=claim.day, tries=0)


def _claimed(claim: ScheduleClaim) -> Any:
    """The row, unless a member changed or paused the schedule in the meantime."""
    return ReportSchedule.objects.filter(
        team_id=claim.schedule.team_id, id=claim.schedule.id, due_at=claim.held_until
    )
