"""What reports read: how often each thing happened, and the changes of consent; both kept up by reports.rollup."""

from django.db import models

import reports.schedules.models  # noqa: F401  Django finds the models of the app here
from accounts.models import Team
from kernel.tenancy import TenantIsolation, TenantModel
from optout.models import Action, Origin


class DirtyMark(TenantModel):
    """The hour of this moment must be counted again. Written by triggers."""

    at = models.DateTimeField()
    event_id = models.BigIntegerField(null=True)  # a new ledger entry

    class Meta:
        constraints = [TenantIsolation(name="reports_dirtymark_wall")]


class Grain(models.TextChoices):
    """What one row of Tally is about."""

    HOUR = "hour"
    DAY = "day"
    MONTH = "month"
    HOUR_OF_DAY = "hour_of_day"  # an hour of the day, throughout a month


ALL_SENDERS = "*"


class Rollup(TenantModel):
    """How often a measure was seen, by the team's clock: see reports.measures for the measures.

    Nothing here is known only here: each row is recounted from texts and changes when one of them changes.
    """

    grain = models.CharField(max_length=11, choices=Grain)
    is_histogram = models.BooleanField()  # a bucket of a histogram: many rows, which most pages pass by
    sender = models.CharField(
        max_length=100
    )  # "member 12", "named API (CRM)"; EVERYBODY for all of them together
    day = models.DateField()  # of a month, its first
    hour = models.DateTimeField(null=True)  # when the hour began
    hour_of_day = models.PositiveSmallIntegerField(null=True)  # 0 to 23, of an hour and of Grain.HOUR_OF_DAY
    inbox_id = models.BigIntegerField()  # 0 for what belongs to none
    measure = models.CharField(max_length=40)
    count = models.BigIntegerField()

    class Meta:
        constraints = [
            TenantIsolation(name="reports_rollup_wall"),
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
    """How far a team's tallies go, and by whose clock. Without such a row nothing is counted yet."""

    team = models.ForeignKey(Team, on_delete=models.DO_NOTHING, db_index=False, related_name="rollup_state")
    time_zone = models.CharField(max_length=40)
    counted_at = models.DateTimeField()

    class Meta:
        constraints = [
            TenantIsolation(name="reports_rollupstate_wall"),
            models.UniqueConstraint(fields=["team"], name="reports_rollupstate_once"),
        ]


class IndexedChange(TenantModel):
    """An opt-out or opt-in of the ledger, with what reports find it by. Whose it was stands in the ledger alone.

    The text before it is looked for once, soon after: when that is erased, nobody can find it any more.
    """

    event_id = models.BigIntegerField()
    at = models.DateTimeField()  # when it happened
    action = models.CharField(max_length=10, choices=Action)
    origin = models.CharField(max_length=12, choices=Origin)
    repeated = models.BooleanField()  # whether it changed nothing
    inbox_id = models.BigIntegerField()  # where it was heard, else that of the last text; 0 for none
    last_message_id = models.BigIntegerField(
        null=True
    )  # the last text that we had sent this number before it
    sender = models.CharField(max_length=100, blank=True)  # of that text, as Tally has it

    class Meta:
        constraints = [
            TenantIsolation(name="reports_indexedchange_wall"),
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
    """How many of a team's contacts could be texted once on this day, by its own clock. Only written; see snapshots."""

    day = models.DateField()
    at = models.DateTimeField()
    contacts = models.PositiveIntegerField()
    opted_out = models.PositiveIntegerField()  # their number is, in all inboxes
    blocked = models.PositiveIntegerField()  # the same; who is both counts here alone

    class Meta:
        constraints = [
            TenantIsolation(name="reports_snapshot_wall"),
            models.UniqueConstraint(fields=["team", "day"], name="reports_snapshot_once"),
        ]

    @property
    def textable(self) -> int:
        return self.contacts - self.opted_out - self.blocked
