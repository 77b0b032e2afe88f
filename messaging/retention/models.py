"""Models of retention: a team's rule, and its daily runs."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import models
from django.utils import timezone

from accounts.models import Team
from kernel.tenancy import TenantIsolation, TenantModel
from messaging.retention.ages import Age, AgeUnit


class RetentionRule(TenantModel):
    """When a team's texts and attachments are erased; without an age they are kept. A team without a row keeps all."""

    texts_count = models.PositiveIntegerField(null=True, blank=True)
    texts_unit = models.CharField(max_length=6, choices=AgeUnit, default=AgeUnit.YEARS)
    files_count = models.PositiveIntegerField(null=True, blank=True)  # of attachments, before their texts
    files_unit = models.CharField(max_length=6, choices=AgeUnit, default=AgeUnit.YEARS)
    starts_on = models.DateField(null=True)  # the day of the first run, in the team's time zone

    class Meta:
        constraints = [
            TenantIsolation(name="messaging_retentionrule_isolation"),
            models.UniqueConstraint(fields=["team"], name="messaging_retentionrule_once"),
        ]

    @property
    def texts(self) -> Age | None:
        return Age(self.texts_count, AgeUnit(self.texts_unit)) if self.texts_count else None

    @property
    def files(self) -> Age | None:
        """Only of attachments that go before their texts."""
        return Age(self.files_count, AgeUnit(self.files_unit)) if self.files_count else None

    @property
    def is_on(self) -> bool:
        return bool(self.texts_count or self.files_count)


class RunEnd(models.TextChoices):
    """How a run ended."""

    DONE = "done", "Done"
    STOPPED = "stopped", "Stopped"  # by a change of the rule, or by the next day's run


class RetentionRun(TenantModel):
    """The run of one day: what it erases, and how much it has erased so far. It ends once."""

    day = models.DateField()  # in the team's time zone
    texts_rule = models.CharField(max_length=20, blank=True)  # the age in words
    files_rule = models.CharField(max_length=20, blank=True)
    texts_before = models.DateTimeField(null=True)
    files_before = models.DateTimeField(null=True)
    texts = models.PositiveIntegerField(default=0)
    files = models.PositiveIntegerField(default=0)
    notes = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)
    end_state = models.CharField(max_length=7, choices=RunEnd, blank=True)

    class Meta:
        constraints = [
            TenantIsolation(name="messaging_retentionrun_isolation"),
            models.UniqueConstraint(fields=["team", "day"], name="messaging_retentionrun_once"),
        ]

    @classmethod
    def of_day(cls, rule: RetentionRule, team: Team, day: date) -> "RetentionRun":
        """The run that the rule asks for on a day; not saved."""
        zone = ZoneInfo(team.time_zone)
        ages: dict[str, Any] = {"texts": rule.texts, "files": rule.files}
        rules = {f"{what}_rule": str(age) for what, age in ages.items() if age}
        cutoffs = {f"{what}_before": age.cutoff(day, zone) for what, age in ages.items() if age}
        return cls(team=team, day=day, **rules, **cutoffs)

    @property
    def counts(self) -> dict[str, int]:
        return {"texts": self.texts, "files": self.files, "private_notes": self.notes}

    def local_cutoffs(self, zone: ZoneInfo) -> dict[str, str]:
        """The first day that is kept, of each rule."""
        ends: dict[str, datetime | None] = {
            "texts_before": self.texts_before,
            "files_before": self.files_before,
        }
        return {name: str(end.astimezone(zone).date()) for name, end in ends.items() if end}
