"""The people whom a team knows; whether they may be texted is a fact about their number, kept in optout."""

from typing import Any

from django.db import models
from django.utils import timezone

from accounts.models import Team
from accounts.numbers import display
from accounts.tenancy import TenantModel, TenantWall
from optout.models import StandingQuerySet


class ContactQuerySet(StandingQuerySet):
    def know(self, team: Team, number: str) -> None:
        """See to it that the team has a contact for this number."""
        now = timezone.now()
        self.model(team=team, number=number, created_at=now, updated_at=now).insert(unless_there=True)


class Contact(TenantModel):
    """A person whom a team knows; one number, unique in the team."""

    number = models.CharField(max_length=64)
    name = models.CharField(max_length=120, blank=True)
    email = models.EmailField(blank=True)
    note = models.TextField(blank=True, max_length=2000)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(auto_now=True)

    objects: Any = ContactQuerySet.as_manager()

    class Meta:
        constraints = [
            TenantWall(name="contacts_contact_wall"),
            models.UniqueConstraint(fields=["team", "number"], name="contacts_contact_number"),
        ]

    def __str__(self) -> str:
        return self.name or display(self.number)
