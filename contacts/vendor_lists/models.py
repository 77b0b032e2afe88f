"""Vendor list models: the run that imports a former vendor's opt-outs, its file, rows and remarks."""

from django.db import models

from accounts.audit.actions import AuditAction, TargetType
from accounts.audit.recording import Target
from contacts.runs.models import AuditedRun, Run, RunState
from kernel.tenancy import TenantIsolation, TenantKey, TenantModel, TenantReference


class VendorListImport(Run):
    """The import of a vendor list; kept permanently, with its counts and remarks.

    It is checked at once and then waits for confirmation. `position` and `total` count bytes of the file during the
    check, and lines while it runs.
    """

    kind = "vendor_list"

    source = models.CharField(max_length=120)  # the former vendor
    country = models.CharField(max_length=2)  # of numbers without a country code, and of the order of dates
    file_name = models.CharField(max_length=255, blank=True)  # empty: pasted
    lines = models.PositiveIntegerField(default=0)  # read so far: a resumed check continues after them

    class Meta:
        constraints = [TenantIsolation(name="contacts_vendorlistimport_isolation")]
        indexes = [models.Index(fields=["team", "-id"], name="contacts_vendorlist_newest")]

    def audited(self) -> AuditedRun:
        target = Target(TargetType.VENDOR_LIST, self.source, self.id)
        return AuditedRun(AuditAction.VENDOR_LIST_STARTED, AuditAction.VENDOR_LIST_ENDED, target)

    def end(self, state: RunState, sentence: str = "") -> None:
        super().end(state, sentence)
        self.files.filter(team_id=self.team_id).delete()
        self.rows.filter(team_id=self.team_id).delete()


class VendorListFile(TenantModel):
    """The uploaded or pasted list, for the worker that checks it; deleted after the check."""

    run = TenantKey(VendorListImport, related_name="files")
    data = models.BinaryField()

    class Meta:
        constraints = [
            TenantIsolation(name="contacts_vendorlistfile_isolation"),
            TenantReference(field="run", on_delete="CASCADE", name="contacts_vendorlistfile_of"),
            models.UniqueConstraint(fields=["team", "run"], name="contacts_vendorlistfile_once"),
        ]


class VendorListRow(TenantModel):
    """A number that waits to be recorded, once per list; deleted when the run ends."""

    run = TenantKey(VendorListImport, related_name="rows")
    line = models.PositiveIntegerField()
    number = models.CharField(max_length=64)
    at = models.DateTimeField(null=True)  # when the person opted out; null if the list does not say
    source = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            TenantIsolation(name="contacts_vendorlistrow_isolation"),
            TenantReference(field="run", on_delete="CASCADE", name="contacts_vendorlistrow_of"),
            models.UniqueConstraint(fields=["team", "run", "number"], name="contacts_vendorlistrow_once"),
        ]
        indexes = [models.Index(fields=["team", "run", "line"], name="contacts_vendorlistrow_line")]


class VendorListRemark(TenantModel):
    """A line that was skipped or changed, with the reason."""

    run = TenantKey(VendorListImport, related_name="remarks")
    line = models.PositiveIntegerField()
    reason = models.CharField(max_length=300)
    cells = models.JSONField(default=list)

    class Meta:
        constraints = [
            TenantIsolation(name="contacts_vendorlistremark_isolation"),
            TenantReference(field="run", on_delete="CASCADE", name="contacts_vendorlistremark_of"),
        ]
        indexes = [models.Index(fields=["team", "run", "line", "id"], name="contacts_vendorlistremark_line")]
