"""Custom field models: a field's definition, the values that filters read, and the run that deletes its values."""

from collections.abc import Iterable
from typing import Any, Self

from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from accounts.audit.actions import AuditAction, TargetType
from accounts.audit.recording import Target
from contacts.custom_fields.values import FieldKind
from contacts.runs.models import AuditedRun, Run
from kernel.sql import fetch
from kernel.tenancy import TenantIsolation, TenantKey, TenantModel, TenantReference

MAX_FIELDS = 50  # of a team
_LOCK_KEYS = (
    "SELECT key FROM contacts_customfield WHERE team_id = $1 AND key = ANY($2) ORDER BY id FOR KEY SHARE"
)


# Of the column's name, next to the columns of every contact.
_PREFIX = "custom."


def keys_in(columns: Iterable[str]) -> list[str]:
    """The keys of the custom fields among these columns."""
    return [name.removeprefix(_PREFIX) for name in columns if name.startswith(_PREFIX)]


class CustomFieldQuerySet(models.QuerySet["CustomField"]):
    def of(self, team_id: int) -> Self:
        """The fields of a team, in its order."""
        return self.filter(team_id=team_id).order_by("position", "id")

    def held(self, team_id: int, keys: Iterable[str]) -> set[str]:
        """The keys that still have a field, locked until the transaction ends. Lock them before contacts."""
        return {key for (key,) in fetch(_LOCK_KEYS, team_id, list(keys))}


class CustomField(TenantModel):
    """A field that a team defines. Contact.custom has its values under its key, which renaming keeps."""

    name = models.CharField(max_length=60)
    key = models.CharField(max_length=60)  # permanent; names the field in the API, files and addresses
    kind = models.CharField(max_length=10, choices=FieldKind, default=FieldKind.TEXT)
    options = models.JSONField(default=list)  # of a choice, in order
    position = models.PositiveSmallIntegerField(default=0)
    # Whether FilterValue has all values of the field; false for one from before filters until
    # `manage.py fill_filter_values` has run.
    filterable = models.BooleanField(default=True, db_default=False)
    created_at = models.DateTimeField(default=timezone.now)

    objects: Any = CustomFieldQuerySet.as_manager()

    class Meta:
        constraints = [
            TenantIsolation(name="contacts_customfield_isolation"),
            models.UniqueConstraint("team", Lower("name"), name="contacts_customfield_name"),
            models.UniqueConstraint(fields=["team", "key"], name="contacts_customfield_key"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def column(self) -> str:
        """The name of its column in tables, imports and forms."""
        return f"{_PREFIX}{self.key}"


class FilterValue(TenantModel):
    """A value of Contact.custom as filters read it. A trigger keeps these rows (contacts/triggers.sql).

    PostgreSQL uses no index for values inside a JSON object under row-level security; these two it uses.
    """

    contact = TenantKey("contacts.Contact", related_name="+")
    key = models.CharField(max_length=60)
    # In lower case and without accents (SQL function contacts_folded); a date as 2026-03-31, true or false.
    words = models.CharField(max_length=200, db_collation="C")
    number = models.FloatField(null=True)  # of a number

    class Meta:
        constraints = [
            TenantIsolation(name="contacts_filtervalue_isolation"),
            TenantReference(field="contact", on_delete="CASCADE", name="contacts_filtervalue_contact"),
            models.UniqueConstraint(fields=["team", "contact", "key"], name="contacts_filtervalue_once"),
        ]
        indexes = [
            models.Index(fields=["team", "key", "words", "contact"], name="contacts_filtervalue_words"),
            models.Index(
                fields=["team", "key", "number", "contact"],
                condition=models.Q(number__isnull=False),
                name="contacts_filtervalue_number",
            ),
        ]


class FieldDeletion(Run):
    """The run that removes the values of a deleted field from its contacts."""

    kind = "custom_field_deletion"
    rest_ratio = 0.5

    name = models.CharField(max_length=60)
    key = models.CharField(max_length=60)
    reached = models.BigIntegerField(default=0)  # ID of the last contact that was handled
    found = models.PositiveIntegerField(default=0)  # values that this pass has removed

    class Meta:
        constraints = [TenantIsolation(name="contacts_fielddeletion_isolation")]

    def audited(self) -> AuditedRun:
        return AuditedRun(
            AuditAction.FIELD_DELETED,
            AuditAction.FIELD_EMPTIED,
            Target(TargetType.CUSTOM_FIELD, self.name, self.id),
        )

    def __str__(self) -> str:
        return self.name
