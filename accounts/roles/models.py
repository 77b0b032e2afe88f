"""A team's own roles: names for sets of rights, which members, invitations and seats refer to."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower

from kernel.tenancy import TenantIsolation, TenantModel


class TeamRole(TenantModel):
    """A role that a team composed of rights (accounts.rights says of which). Whoever has it has the role "member"."""

    name = models.CharField(max_length=40)
    description = models.CharField(max_length=200, blank=True)
    rights = ArrayField(models.CharField(max_length=40), default=list)

    class Meta:
        constraints = [
            TenantIsolation(name="accounts_teamrole_isolation"),
            models.UniqueConstraint("team", Lower("name"), name="accounts_teamrole_name"),
        ]

    def __str__(self) -> str:
        return self.name
