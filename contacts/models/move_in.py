"""A move-in: the opt-outs of a former vendor on their way into the do-not-text list."""

from typing import Any

from django.db import models

from accounts.tenancy import TenantKey, TenantModel, TenantReference, TenantWall
from contacts.models.run import Run, State


class MoveIn(Run):
    """A list of numbers from elsewhere; kept for good, with its counts and the lines that were not taken as they are.

    It is checked as soon as it is there, and waits to be confirmed. Its `position` and `total` count bytes of the file
    while it is checked, and lines while it runs.
    """

    source = models.CharField(max_length=120)  # who the former vendor is
    country = models.CharField(max_length=2)  # of numbers without a country code, and of the order of dates
    file_name = models.CharField(max_length=255, blank=True)  # empty: pasted
    lines = models.PositiveIntegerField(default=0)  # read so far, for whoever takes the check up

    class Meta:
        constraints = [TenantWall(name="contacts_movein_wall")]
        indexes = [models.Index(fields=["team", "-id"], name="contacts_movein_newest")]

    def end(self, state: State, sentence: str = "") -> None:
        super().end(state, sentence)
        self.files.filter(team_id=self.team_id).delete()  # of no use any more
        self.rows.filter(team_id=self.team_id).delete()

    def opened(self) -> Any:
        from contacts import move_in_reading  # which is about this model

        return move_in_reading.opened(self)

    def batch(self, work: Any) -> None:
        from contacts import move_in

        move_in.batch(self, work)


class MoveInFile(TenantModel):
    """The list as it came, so that whichever worker has the run can read it; gone once it is checked."""

    of = TenantKey(MoveIn, related_name="files")
    data = models.BinaryField()

    class Meta:
        constraints = [
            TenantWall(name="contacts_moveinfile_wall"),
            TenantReference(field="of", on_delete="CASCADE", name="contacts_moveinfile_of"),
            models.UniqueConstraint(fields=["team", "of"], name="contacts_moveinfile_once"),
        ]


class MoveInRow(TenantModel):
    """A number as it was read, waiting to be recorded; each once, gone once it is."""

    of = TenantKey(MoveIn, related_name="rows")
    line = models.PositiveIntegerField()
    number = models.CharField(max_length=64)
    at = models.DateTimeField(null=True)  # when they opted out there; empty where the list does not say
    source = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            TenantWall(name="contacts_moveinrow_wall"),
            TenantReference(field="of", on_delete="CASCADE", name="contacts_moveinrow_of"),
            models.UniqueConstraint(fields=["team", "of", "number"], name="contacts_moveinrow_once"),
        ]
        indexes = [models.Index(fields=["team", "of", "line"], name="contacts_moveinrow_line")]


class MoveInRemark(TenantModel):
    """A line that was left out, or taken otherwise than it stands there, with the reason."""

    of = TenantKey(MoveIn, related_name="remarks")
    line = models.PositiveIntegerField()
    reason = models.CharField(max_length=300)
    cells = models.JSONField(default=list)

    class Meta:
        constraints = [
            TenantWall(name="contacts_moveinremark_wall"),
            TenantReference(field="of", on_delete="CASCADE", name="contacts_moveinremark_of"),
        ]
        indexes = [models.Index(fields=["team", "of", "line", "id"], name="contacts_moveinremark_line")]
