"""Imports of suppression lists: the run that reads a file of numbers into a team's own list, and its file."""

from django.db import models

from accounts.audit.actions import AuditAction, TargetType
from accounts.audit.recording import Target
from contacts.runs.models import AuditedRun, Run, RunState
from kernel.tenancy import TenantIsolation, TenantKey, TenantModel, TenantReference
from optout.suppression_lists.models import SuppressionList


class SuppressionListImport(Run):
    """A file of numbers that is added to a suppression list, or replaces it. `position` and `total` count bytes."""

    kind = "suppression_list_import"
    rest_ratio = 0.5

    suppression_list = TenantKey(SuppressionList, related_name="imports")
    replaces = models.BooleanField(
        default=False
    )  # numbers that the file lacks leave the list, after the last row
    dated = models.DateField()  # the day whose state the file has
    country = models.CharField(max_length=2)  # of numbers without a country code
    file_name = models.CharField(max_length=255, blank=True)  # empty: pasted
    lines = models.PositiveIntegerField(default=0)  # read so far
    unreadable = models.JSONField(default=list)  # the first lines without a readable number
    team_id: int
    suppression_list_id: int

    def audited(self) -> AuditedRun:
        target = Target(TargetType.SUPPRESSION_LIST, self.suppression_list.name, self.suppression_list_id)
        return AuditedRun(AuditAction.SUPPRESSION_LIST_STARTED, AuditAction.SUPPRESSION_LIST_ENDED, target)

    class Meta:
        constraints = [
            TenantIsolation(name="contacts_suppressionlistimport_isolation"),
            TenantReference(
                field="suppression_list", on_delete="CASCADE", name="contacts_suppressionlistimport_list"
            ),
        ]
        indexes = [
            models.Index(fields=["team", "suppression_list", "-id"], name="contacts_suppressionimport_of")
        ]

    def end(self, state: RunState, sentence: str = "") -> None:
        super().end(state, sentence)
        self.files.filter(team_id=self.team_id).delete()


class SuppressionListFile(TenantModel):
    """The uploaded or pasted numbers, for the worker; deleted when the run ends."""

    run = TenantKey(SuppressionListImport, related_name="files")
    data = models.BinaryField()

    class Meta:
        constraints = [
            TenantIsolation(name="contacts_suppressionlistfile_isolation"),
            TenantReference(field="run", on_delete="CASCADE", name="contacts_suppressionlistfile_of"),
            models.UniqueConstraint(fields=["team", "run"], name="contacts_suppressionlistfile_once"),
        ]
