"""A team's own roles: names for sets of rights, which members, invitations and seats refer to."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower

from kernel.tenancy import TenantIsolation, TenantModel

# Rights that every own role had before they existed. A role without one of them has "without_…" in its row instead, so
# that rows of earlier releases, and of their exports, keep what they meant.
ONCE_EVERYBODYS = ("edit_contacts",)


class RightsField(ArrayField):
    """The names of a role's rights."""

    def deconstruct(self) -> Any:
        """As the field that it is in the database: migrations need not know this class."""
        name, _, args, kwargs = super().deconstruct()
        return name, "django.contrib.postgres.fields.ArrayField", args, kwargs

    def from_db_value(self, value: list[str] | None, *_: Any) -> list[str] | None:
        if value is None:
            return None
        added = [name for name in ONCE_EVERYBODYS if name not in value and _without(name) not in value]
        return [name for name in value if not name.startswith(_without(""))] + added

    def get_db_prep_save(self, value: list[str], connection: Any) -> Any:
        lacking = [_without(name) for name in ONCE_EVERYBODYS if name not in value]
        return super().get_db_prep_save([*value, *lacking], connection)


def _without(name: str) -> str:
    return f"without_{name}"


class TeamRole(TenantModel):
    """A role that a team composed of rights (accounts.rights says of which). Whoever has it has the role "member"."""

    name = models.CharField(max_length=40)
    description = models.CharField(max_length=200, blank=True)
    rights = RightsField(models.CharField(max_length=40), default=list)

    class Meta:
        constraints = [
            TenantIsolation(name="accounts_teamrole_isolation"),
            models.UniqueConstraint("team", Lower("name"), name="accounts_teamrole_name"),
        ]

    def __str__(self) -> str:
        return self.name
