"""Models of the reports: rollups, the index of consent changes, and snapshots. `reports.rollup` keeps them current."""

from django.db import models
from django.db.models.functions import Now

import reports.schedules.models  # noqa: F401  Django finds the models of the app here
from accounts.models import Team
from kernel.tenancy import TenantIsolation, TenantModel
from optout.models import Action, Origin


class DirtyMark(TenantModel):
    """The hour of `at` must be counted again. Triggers write these rows; see triggers.sql."""

    at = models.DateTimeField()
    event_id = models.BigIntegerField(null=True)  # a new ledger entry
    marked_at = models.DateTimeField(null=True, db_default=Now())

    class Meta:
        constraints = [TenantIsolation(name="reports_dirtymark_isolation")]


class Grain(models.TextChoices):
    """The time span of one rollup row."""

    HOUR = "hour"
    DAY = "day"
    MONTH = "month"
    HOUR_OF_DAY = "hour_of_day"  # an hour of the day on all days of a month


ALL_SENDERS = "*"


class Rollup(TenantModel):
    """How often a measure occurred, in the team's time zone. `reports.measures` lists the measures.

    Every row can be counted again from texts and consent changes.
    """

    grain = models.CharField(max_length=11, choices=Grain)
    is_histogram = models.BooleanField()  # a histogram bucket: many rows, which most pages skip
    # "member 12", "named API (CRM)", or ALL_SENDERS for all of them together
    sender = models.CharField(max_length=100)
    day = models.DateField()  # the first day of a month
    hour = models.DateTimeField(null=True)  # the start of the hour
    hour_of_day = models.PositiveSmallIntegerField(null=True)  # 0 to 23, for HOUR and HOUR_OF_DAY
    inbox_id = models.BigIntegerField()  # 0: no inbox
    measure = models.CharField(max_length=40)
    count = models.BigIntegerField()

    class Meta:
        constraints = [
            TenantIsolation(name="reports_rollup_isolation"),
            models.UniqueConstraint(
                fields=[
                    "team",
                    "grain",
                    "is_histogram",
                    "sender",
                    "day",
                    "hour",
                    "hour_of_day",
                    "inbox_id",
                    "measure",
                ],
                nulls_distinct=False,
                name="reports_rollup_once",
            ),
        ]
        indexes = [
            models.Index(fields=["team", "grain", "is_histogram", "day", "hour"], name="reports_rollup_place")
        ]


class RollupState(TenantModel):
    """Until when a team's rollups count, and in which time zone. A team without this row has no rollups yet."""

    team = models.ForeignKey(Team, on_delete=models.DO_NOTHING, db_index=False, related_name="rollup_state")
    time_zone = models.CharField(max_length=40)
    counted_at = models.DateTimeField()

    class Meta:
        constraints = [
            TenantIsolation(name="reports_rollupstate_isolation"),
            models.UniqueConstraint(fields=["team"], name="reports_rollupstate_once"),
        ]


class IndexedChange(TenantModel):
    """An index entry for an opt-out or opt-in of the ledger. It has no number: erasure leaves it alone.

    The last text before it is looked up once, soon after the change, because it may be erased later.
    """

    event_id = models.BigIntegerField()
    at = models.DateTimeField()  # happened_at of the ledger entry
    action = models.CharField(max_length=10, choices=Action)
    origin = models.CharField(max_length=12, choices=Origin)
    repeated = models.BooleanField()  # changed nothing, or copied from a former number
    inbox_id = models.BigIntegerField()  # of the ledger entry, else of the last text; 0: no inbox
    last_message_id = models.BigIntegerField(null=True)  # our last text to this number before the change
    sender = models.CharField(max_length=100, blank=True)  # of that text, as in Rollup

    class Meta:
        constraints = [
            TenantIsolation(name="reports_indexedchange_isolation"),
            models.UniqueConstraint(fields=["team", "event_id"], name="reports_indexedchange_once"),
        ]
        indexes = [
            models.Index(fields=["team", "at", "id"], name="reports_indexedchange_time"),
            models.Index(
                fields=["team", "action", "origin", "repeated", "at", "id"], name="reports_indexedchange_kind"
            ),
            models.Index(
                fields=["team", "inbox_id", "action", "origin", "repeated", "at", "id"],
                name="reports_indexedchange_box",
            ),
        ]


class Snapshot(TenantModel):
    """How many of a team's contacts could be texted at one moment of a day in the team's time zone."""

    day = models.DateField()
    at = models.DateTimeField()
    contacts = models.PositiveIntegerField()
    opted_out = models.PositiveIntegerField()  # contacts whose number is opted out of all inboxes
    blocked = models.PositiveIntegerField()  # likewise; a number that is both counts only as blocked

    class Meta:
        constraints = [
            TenantIsolation(name="reports_snapshot_isolation"),
            models.UniqueConstraint(fields=["team", "day"], name="reports_snapshot_once"),
        ]

    @property
    def textable(self) -> int:
        return self.contacts - self.opted_out - self.blocked
