"""What an import did, kept for a while so that it can be taken back; and the taking back."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models

from contacts.imports.models import Import
from contacts.runs.models import AT_WORK, Run
from kernel.tenancy import TenantIsolation, TenantKey, TenantModel, TenantReference

UNDO_PERIOD = timedelta(days=30)  # so long after an import has ended it can be undone; then its records go


def undo_deadline(run: Import) -> datetime | None:
    """Until when an import can be undone; None while it has not ended."""
    return run.ended_at + UNDO_PERIOD if run.ended and run.ended_at else None


def _ids() -> Any:
    return ArrayField(models.BigIntegerField(), null=True)


class ImportChange(TenantModel):
    """All that an import did to one contact, written by the statements that do it; gone once it is undone."""

    run = TenantKey(Import, related_name="changes")
    contact_id = models.BigIntegerField()  # the contact, as a plain id: it may be deleted by then
    created = models.BooleanField(default=False)
    at = models.DateTimeField(null=True)  # the contact's updated_at as the import left it …
    was_at = models.DateTimeField(null=True)  # … and as the import found it
    before = models.JSONField(null=True)  # the values that it changed, as they were …
    after = models.JSONField(null=True)  # … and as it wrote them, to tell what somebody changed since
    lists = _ids()  # that it put the contact on, and the entries that it made for that
    entries = _ids()
    tags = _ids()
    taggings = _ids()
    left = _ids()  # lists that it took the contact off

    class Meta:
        constraints = [
            TenantIsolation(name="contacts_importchange_wall"),
            TenantReference(field="run", on_delete="CASCADE", name="contacts_importchange_of"),
            models.UniqueConstraint(fields=["team", "run", "contact_id"], name="contacts_importchange_once"),
        ]


class MadeKind(models.TextChoices):
    """What an import makes besides contacts."""

    EVENT = "event"  # a line of the ledger: an opt-out that it recorded, or one that it lifted
    REPEATED = "repeated"  # another import's line, which it would have written itself: undoing that one leaves it alone
    LIST = "list"
    TAG = "tag"


class ImportMade(TenantModel):
    """Something that an import made, by its plain id."""

    run = TenantKey(Import, related_name="made")
    kind = models.CharField(max_length=8, choices=MadeKind)
    what = models.BigIntegerField()

    class Meta:
        constraints = [
            TenantIsolation(name="contacts_importmade_wall"),
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
    """The undo of an import. What it has dealt with is no longer on record, so nothing is taken back twice."""

    kind = "import_undo"
    rest_ratio = 0.5

    run = TenantKey(Import, related_name="undos")
    lift = models.BooleanField(default=False)  # also lift the opt-outs that the import recorded
    reached = models.BigIntegerField(default=0)  # the id of the last contact that was dealt with
    reached_event = models.BigIntegerField(default=0)  # the same, of the ledger's lines

    class Meta:
        constraints = [
            TenantIsolation(name="contacts_importundo_wall"),
            TenantReference(field="run", on_delete="CASCADE", name="contacts_importundo_of"),
            models.UniqueConstraint(
                fields=["team", "run"], condition=models.Q(state__in=AT_WORK), name="contacts_importundo_one"
            ),
        ]
        indexes = [models.Index(fields=["team", "run", "-id"], name="contacts_importundo_newest")]
