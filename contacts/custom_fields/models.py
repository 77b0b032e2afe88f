"""Fields that a team adds to its contacts: what they are named, what they take, and the work of taking one away."""

from collections.abc import Iterable
from typing import Any, Self

from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from contacts.custom_fields.values import FieldKind
from contacts.runs.models import Run
from kernel.sql import fetch
from kernel.tenancy import TenantIsolation, TenantModel

MAX_FIELDS = 50  # fields of a team
_HELD = "SELECT key FROM contacts_customfield WHERE team_id = $1 AND key = ANY($2) ORDER BY id FOR KEY SHARE"


# Of the name that a column has where it stands beside those that every contact has.
_PREFIX = "custom."


def keys_in(columns: Iterable[str]) -> list[str]:
    """The keys of the fields that some columns are about."""
    return [name.removeprefix(_PREFIX) for name in columns if name.startswith(_PREFIX)]


class CustomFieldQuerySet(models.QuerySet["CustomField"]):
    def of(self, team_id: int) -> Self:
        """A team's, in its order."""
        return self.filter(team_id=team_id).order_by("position", "id")

    def held(self, team_id: int, keys: Iterable[str]) -> set[str]:
        """Which of these keys are still fields, and stay so until the transaction ends. Before any contact's row."""
        return {key for (key,) in fetch(_HELD, team_id, list(keys))}


class CustomField(TenantModel):
    """A field of the team's own. Values stand under its key in Contact.custom, which its name may leave behind."""

    name = models.CharField(max_length=60)
    key = models.CharField(max_length=60)  # by which the API, files and addresses name it, for good
    kind = models.CharField(max_length=10, choices=FieldKind, default=FieldKind.TEXT)
    options = models.JSONField(default=list)  # of a choice: its words, in their order
    position = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)

    objects: Any = CustomFieldQuerySet.as_manager()

    class Meta:
        constraints = [
            TenantIsolation(name="contacts_customfield_wall"),
            models.UniqueConstraint("team", Lower("name"), name="contacts_customfield_name"),
            models.UniqueConstraint(fields=["team", "key"], name="contacts_customfield_key"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def column(self) -> str:
        """As a column of tables, imports and forms is named, beside those that every contact has."""
        return f"{_PREFIX}{self.key}"


class FieldDeletion(Run):
    """A field is gone already; its values are taken from the contacts, some hundred at a time."""

    kind = "custom_field_deletion"
    rest_ratio = 0.5

    name = models.CharField(max_length=60)
    key = models.CharField(max_length=60)
    reached = models.BigIntegerField(default=0)  # the id of the last contact that was looked at
    found = models.PositiveIntegerField(default=0)  # values that this pass has taken

    class Meta:
        constraints = [TenantIsolation(name="contacts_fielddeletion_wall")]

    def __str__(self) -> str:
        return self.name
