"""A report that is mailed each week or month, and to whom."""

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
    """The row is the truth about what is due: a worker claims it by putting it off, and settles it after the letter."""

    report = models.CharField(max_length=20)  # a word of catalogue.KINDS
    query = models.CharField(max_length=500, blank=True)  # its filters, as its address has them, without days
    every = models.CharField(max_length=5, choices=Frequency, default=Frequency.WEEK)
    weekday = models.PositiveSmallIntegerField(default=0)
    hour = models.PositiveSmallIntegerField(default=8)
    due_at = models.DateTimeField(null=True)  # when somebody must look at it again; null while it is paused
    settled_day = models.DateField()  # the newest day that a letter was sent of, or given up
    tries = models.PositiveSmallIntegerField(default=0)  # in vain, of the letter that is due
    sent_at = models.DateTimeField(null=True)
    sent_to = models.PositiveSmallIntegerField(default=0)  # how many people
    error = models.CharField(max_length=300, blank=True)  # why the last letter was not sent
    created_by = models.CharField(max_length=80)
    created_at = models.DateTimeField(default=timezone.now)

    objects: Any = ReportScheduleQuerySet.as_manager()

    class Meta:
        constraints = [TenantIsolation(name="reports_reportschedule_wall")]
        indexes = [models.Index(fields=["due_at"], name="reports_reportschedule_due")]

    @property
    def recurrence(self) -> Recurrence:
        return Recurrence(self.every, self.weekday, self.hour)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.team.time_zone)

    def resume(self) -> None:
        """Due next when its rhythm says so; what it missed until now is not made up for."""
        now = timezone.now()
        self.settled_day, self.tries = self.recurrence.newest(now, self.zone), 0
        self.due_at = self.recurrence.following(now, self.zone)

    def pause(self) -> None:
        self.due_at, self.tries = None, 0


class ReportRecipient(TenantModel):
    """A member who gets it, by a plain id: who left is still named, and gets nothing."""

    schedule = TenantKey(ReportSchedule, related_name="recipients")
    member_id = models.BigIntegerField()
    name = models.CharField(max_length=80)

    class Meta:
        constraints = [
            TenantIsolation(name="reports_reportrecipient_wall"),
            TenantReference(field="schedule", on_delete="CASCADE", name="reports_reportrecipient_schedule"),
            models.UniqueConstraint(
                fields=["team", "schedule", "member_id"], name="reports_reportrecipient_once"
            ),
        ]
