"""Import undo models: records of the changes that an import made, kept for the undo period, and the undo run."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models

from accounts.audit.actions import AuditAction, TargetType
from accounts.audit.recording import Target
from contacts.imports.models import Import
from contacts.runs.models import AT_WORK, AuditedRun, Run
from kernel.tenancy import TenantIsolation, TenantKey, TenantModel, TenantReference

UNDO_PERIOD = timedelta(days=30)  # after the end of an import; then its change records are deleted


def undo_deadline(run: Import) -> datetime | None:
    """The time until which an import can be undone; None before the import has ended."""
    return run.ended_at + UNDO_PERIOD if run.ended and run.ended_at else None


def _ids() -> Any:
    return ArrayField(models.BigIntegerField(), null=True)


class ImportChange(TenantModel):
    """All changes of an import to one contact, written by the same SQL statements; deleted when undone."""

    run = TenantKey(Import, related_name="changes")
    contact_id = models.BigIntegerField()  # a plain ID: the contact may have been deleted
    created = models.BooleanField(default=False)
    at = models.DateTimeField(null=True)  # the contact's updated_at after the import
    was_at = models.DateTimeField(null=True)  # … and before it
    before = models.JSONField(null=True)  # the values that it changed, before …
    after = models.JSONField(null=True)  # … and after, to detect later changes
    lists = _ids()  # that it added the contact to, and the IDs of the list entries
    entries = _ids()
    tags = _ids()
    taggings = _ids()
    left = _ids()  # lists that it removed the contact from

    class Meta:
        constraints = [
            TenantIsolation(name="contacts_importchange_isolation"),
            TenantReference(field="run", on_delete="CASCADE", name="contacts_importchange_of"),
            models.UniqueConstraint(fields=["team", "run", "contact_id"], name="contacts_importchange_once"),
        ]


class MadeKind(models.TextChoices):
    """Kinds of rows that an import creates besides contacts."""

    EVENT = "event"  # a ledger entry: an opt-out that it recorded or lifted
    # An entry of another import that this import would have written too: undoing the other import keeps the opt-out.
    REPEATED = "repeated"
    LIST = "list"
    TAG = "tag"


class ImportMade(TenantModel):
    """A row that an import created, by its plain ID."""

    run = TenantKey(Import, related_name="made")
    kind = models.CharField(max_length=8, choices=MadeKind)
    what = models.BigIntegerField()

    class Meta:
        constraints = [
            TenantIsolation(name="contacts_importmade_isolation"),
            TenantReference(field="run", on_delete="CASCADE", name="contacts_importmade_of"),
            models.UniqueConstraint(fields=["team", "run", "kind", "what"], name="contacts_importmade_once"),
        ]
        indexes = [
            models.Index(
                fields=["team", "what"],
                condition=models.Q(kind=MadeKind.REPEATED),
                name="contacts_importmade_repeated",
            ),
        ]


class ImportUndo(Run):
    """The undo of an import. Each batch deletes the records that it handled, so nothing is undone twice."""

    kind = "import_undo"
    rest_ratio = 0.5

    run = TenantKey(Import, related_name="undos")
    lift = models.BooleanField(default=False)  # also lift the opt-outs that the import recorded
    reached = models.BigIntegerField(default=0)  # ID of the last contact that was handled
    reached_event = models.BigIntegerField(default=0)  # ID of the last ledger entry that was handled

    class Meta:
        constraints = [
            TenantIsolation(name="contacts_importundo_isolation"),
            TenantReference(field="run", on_delete="CASCADE", name="contacts_importundo_of"),
            models.UniqueConstraint(
                fields=["team", "run"], condition=models.Q(state__in=AT_WORK), name="contacts_importundo_one"
            ),
        ]
        indexes = [models.Index(fields=["team", "run", "-id"], name="contacts_importundo_newest")]

    def audited(self) -> AuditedRun:
        target = Target(TargetType.IMPORT, self.run.file_name, self.run_id)
        return AuditedRun(AuditAction.IMPORT_UNDO_STARTED, AuditAction.IMPORT_UNDO_ENDED, target)


def changes_of(run: Import) -> models.QuerySet[ImportChange]:
    return ImportChange.objects.filter(team_id=run.team_id, run_id=run.id)


def created_rows_of(run: Import, *kinds: MadeKind) -> models.QuerySet[ImportMade]:
    """The rows that an import created: all, or those of these kinds."""
    return ImportMade.objects.filter(team_id=run.team_id, run_id=run.id, kind__in=kinds or MadeKind.values)
