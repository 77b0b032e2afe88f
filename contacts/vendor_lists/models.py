"""A move-in: the opt-outs of a former vendor on their way into the do-not-text list."""

from django.db import models

from contacts.runs.models import Run, RunState
from kernel.tenancy import TenantIsolation, TenantKey, TenantModel, TenantReference


class VendorListImport(Run):
    """A list of numbers from elsewhere; kept for good, with its counts and the lines that were not taken as they are.

    It is checked as soon as it is there, and waits to be confirmed. Its `position` and `total` count bytes of the file
    while it is checked, and lines while it runs.
    """

    kind = "vendor_list"

    source = models.CharField(max_length=120)  # who the former vendor is
    country = models.CharField(max_length=2)  # of numbers without a country code, and of the order of dates
    file_name = models.CharField(max_length=255, blank=True)  # empty: pasted
    lines = models.PositiveIntegerField(default=0)  # read so far, for whoever takes the check up

    class Meta:
        constraints = [TenantIsolation(name="contacts_vendorlistimport_wall")]
        indexes = [models.Index(fields=["team", "-id"], name="contacts_vendorlist_newest")]

    def end(self, state: RunState, sentence: str = "") -> None:
        super().end(state, sentence)
        self.files.filter(team_id=self.team_id).delete()  # of no use any more
        self.rows.filter(team_id=self.team_id).delete()


class VendorListFile(TenantModel):
    """The list as it came, so that whichever worker has the run can read it; gone once it is checked."""

    run = TenantKey(VendorListImport, related_name="files")
    data = models.BinaryField()

    class Meta:
        constraints = [
            TenantIsolation(name="contacts_vendorlistfile_wall"),
            TenantReference(field="run", on_delete="CASCADE", name="contacts_vendorlistfile_of"),
            models.UniqueConstraint(fields=["team", "run"], name="contacts_vendorlistfile_once"),
        ]


class VendorListRow(TenantModel):
    """A number as it was read, waiting to be recorded; each once, gone once it is."""

    run = TenantKey(VendorListImport, related_name="rows")
    line = models.PositiveIntegerField()
    number = models.CharField(max_length=64)
    at = models.DateTimeField(null=True)  # when they opted out there; empty where the list does not say
    source = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            TenantIsolation(name="contacts_vendorlistrow_wall"),
            TenantReference(field="run", on_delete="CASCADE", name="contacts_vendorlistrow_of"),
            models.UniqueConstraint(fields=["team", "run", "number"], name="contacts_vendorlistrow_once"),
        ]
        indexes = [models.Index(fields=["team", "run", "line"], name="contacts_vendorlistrow_line")]


class VendorListRemark(TenantModel):
    """A line that was left out, or taken otherwise than it stands there, with the reason."""

    run = TenantKey(VendorListImport, related_name="remarks")
    line = models.PositiveIntegerField()
    reason = models.CharField(max_length=300)
    cells = models.JSONField(default=list)

    class Meta:
        constraints = [
            TenantIsolation(name="contacts_vendorlistremark_wall"),
            TenantReference(field="run", on_delete="CASCADE", name="contacts_vendorlistremark_of"),
        ]
        indexes = [models.Index(fields=["team", "run", "line", "id"], name="contacts_vendorlistremark_line")]
