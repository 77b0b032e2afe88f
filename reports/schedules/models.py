"""Models of report schedules: a report that is sent by email each week or month, and its recipients."""

from datetime import datetime
from typing import Any, Self
from zoneinfo import ZoneInfo

from django.db import models
from django.utils import timezone

from kernel.tenancy import TenantIsolation, TenantKey, TenantModel, TenantReference
from reports.schedules.recurrence import Frequency, Recurrence


class ReportScheduleQuerySet(models.QuerySet[Any]):
    def with_team(self, team_id: int) -> Self:
        return self.filter(team_id=team_id).select_related("team").prefetch_related("recipients")


class ReportSchedule(TenantModel):
    """A report that is due at `due_at`. A worker claims the row by moving `due_at`, and settles it after sending."""

    report = models.CharField(max_length=20)  # a key of REPORT_KINDS
    query = models.CharField(max_length=500, blank=True)  # the filters as a query string, without the period
    every = models.CharField(max_length=5, choices=Frequency, default=Frequency.WEEK)
    weekday = models.PositiveSmallIntegerField(default=0)
    hour = models.PositiveSmallIntegerField(default=8)
    due_at = models.DateTimeField(null=True)  # when a worker must look at it next; null while paused
    settled_day = models.DateField()  # the last day whose report was sent or given up
    tries = models.PositiveSmallIntegerField(default=0)  # failed attempts to send the report that is due
    sent_at = models.DateTimeField(null=True)
    sent_to = models.PositiveSmallIntegerField(default=0)  # number of people
    error = models.CharField(max_length=300, blank=True)  # why the last report was not sent
    created_by = models.CharField(max_length=80)
    created_at = models.DateTimeField(default=timezone.now)

    objects: Any = ReportScheduleQuerySet.as_manager()

    class Meta:
        constraints = [TenantIsolation(name="reports_reportschedule_isolation")]
        indexes = [models.Index(fields=["due_at"], name="reports_reportschedule_due")]

    @property
    def recurrence(self) -> Recurrence:
        return Recurrence(self.every, self.weekday, self.hour)

    @property
    def recurrence_in_words(self) -> str:
        return self.recurrence.describe(self.team.clock)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.team.time_zone)

    @property
    def next_at(self) -> datetime | None:
        """The time of the next report; None while paused."""
        now = timezone.now()
        is_due = self.due_at is not None and self.due_at <= now
        return self.recurrence.next_due_at(now, self.zone) if is_due else self.due_at

    def resume(self) -> None:
        """Make the schedule due at its next time; reports that were missed are not sent."""
        now = timezone.now()
        self.settled_day, self.tries = self.recurrence.last_due_day(now, self.zone), 0
        self.due_at = self.recurrence.next_due_at(now, self.zone)

    def pause(self) -> None:
        self.due_at, self.tries = None, 0


class ReportRecipient(TenantModel):
    """A recipient, by plain member ID: a member who left is still shown by name, and receives nothing."""

    schedule = TenantKey(ReportSchedule, related_name="recipients")
    member_id = models.BigIntegerField()
    name = models.CharField(max_length=80)

    class Meta:
        constraints = [
            TenantIsolation(name="reports_reportrecipient_isolation"),
            TenantReference(field="schedule", on_delete="CASCADE", name="reports_reportrecipient_schedule"),
            models.UniqueConstraint(
                fields=["team", "schedule", "member_id"], name="reports_reportrecipient_once"
            ),
        ]
