"""What reports read: how often each thing happened, and the changes of consent; both kept up by reports.fold."""

from django.db import models

from accounts.models import Team
from accounts.tenancy import TenantModel, TenantWall
from optout.models import Action, Origin
from reports.schedules.models import Recipient, Schedule

# Django looks for the tables of this room here.
__all__ = [
    "EVERYBODY", "Books", "Change", "Grain", "Mark", "Recipient", "Schedule", "Snapshot", "Tally",
]  # fmt: skip


class Mark(TenantModel):
    """Something at this moment counts differently now, and its hour is to be counted again. Written by triggers."""

    at = models.DateTimeField()
    event_id = models.BigIntegerField(null=True)  # a new line of the ledger

    class Meta:
        constraints = [TenantWall(name="reports_mark_wall")]


class Grain(models.TextChoices):
    """What one row of Tally is about."""

    HOUR = "hour"
    DAY = "day"
    MONTH = "month"
    CLOCK = "clock"  # an hour of the day, throughout a month


EVERYBODY = "*"


class Tally(TenantModel):
    """How often a measure was seen, by the team's clock: see reports.sources for the measures.

    Nothing here is known only here: each row is recounted from texts and changes when one of them changes.
    """

    grain = models.CharField(max_length=5, choices=Grain)
    timed = models.BooleanField()  # a bucket of a histogram: many rows, which most pages pass by
    sender = models.CharField(
        max_length=100
    )  # "member 12", "named API (CRM)"; EVERYBODY for all of them together
    day = models.DateField()  # of a month, its first
    hour = models.DateTimeField(null=True)  # when the hour began
    clock = models.PositiveSmallIntegerField(null=True)  # 0 to 23, of an hour and of GRAIN.CLOCK
    inbox_id = models.BigIntegerField()  # 0 for what belongs to none
    measure = models.CharField(max_length=40)
    count = models.BigIntegerField()

    class Meta:
        constraints = [
            TenantWall(name="reports_tally_wall"),
            models.UniqueConstraint(
                fields=["team", "grain", "timed", "sender", "day", "hour", "clock", "inbox_id", "measure"],
                nulls_distinct=False,
                name="reports_tally_once",
            ),
        ]
        indexes = [models.Index(fields=["team", "grain", "timed", "day", "hour"], name="reports_tally_place")]


class Books(TenantModel):
    """How far a team's tallies go, and by whose clock. Without such a row nothing is counted yet."""

    team = models.ForeignKey(Team, on_delete=models.DO_NOTHING, db_index=False, related_name="report_books")
    time_zone = models.CharField(max_length=40)
    counted_at = models.DateTimeField()

    class Meta:
        constraints = [
            TenantWall(name="reports_books_wall"),
            models.UniqueConstraint(fields=["team"], name="reports_books_once"),
        ]


class Change(TenantModel):
    """An opt-out or opt-in of the ledger, with what reports find it by. Whose it was stands in the ledger alone.

    The text before it is looked for once, soon after: when that is erased, nobody can find it any more.
    """

    event_id = models.BigIntegerField()
    at = models.DateTimeField()  # when it happened
    action = models.CharField(max_length=10, choices=Action)
    origin = models.CharField(max_length=10, choices=Origin)
    again = models.BooleanField()  # whether it changed nothing
    inbox_id = models.BigIntegerField()  # where it was heard, else that of the last text; 0 for none
    last_message_id = models.BigIntegerField(
        null=True
    )  # the last text that we had sent this number before it
    sender = models.CharField(max_length=100, blank=True)  # of that text, as Tally has it

    class Meta:
        constraints = [
            TenantWall(name="reports_change_wall"),
            models.UniqueConstraint(fields=["team", "event_id"], name="reports_change_once"),
        ]
        indexes = [
            models.Index(fields=["team", "at", "id"], name="reports_change_time"),
            models.Index(
                fields=["team", "action", "origin", "again", "at", "id"], name="reports_change_kind"
            ),
            models.Index(
                fields=["team", "inbox_id", "action", "origin", "again", "at", "id"],
                name="reports_change_box",
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
            TenantWall(name="reports_snapshot_wall"),
            models.UniqueConstraint(fields=["team", "day"], name="reports_snapshot_once"),
        ]

    @property
    def textable(self) -> int:
        return self.contacts - self.opted_out - self.blocked
