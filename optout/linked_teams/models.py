"""Models of linked teams: the links of a team, the requests for them, and opt-outs that are still to be copied.

Only database functions (scope_lookups.sql, triggers.sql) write links and what is to be copied: a request of one team's
owner that the other team's owner accepts is the only way to a link.
"""

from django.db import models
from django.utils import timezone

from kernel.tenancy import TenantIsolation, TenantModel


class TeamLink(TenantModel):
    """One team's side of a link: the people's own opt-outs from each of the two teams apply to the other."""

    other_id = models.BigIntegerField()
    other_name = models.CharField(max_length=80)  # at that time
    asked_by = models.CharField(max_length=254)  # the two owners
    accepted_by = models.CharField(max_length=254)
    linked_at = models.DateTimeField()
    # Whether this team's opt-outs from before the link are listed for copying.
    is_listed = models.BooleanField(default=True, db_default=True)

    class Meta:
        constraints = [
            TenantIsolation(name="optout_teamlink_isolation"),
            models.UniqueConstraint(fields=["team", "other_id"], name="optout_teamlink_once"),
        ]

    def __str__(self) -> str:
        return self.other_name


class LinkOutcome(models.TextChoices):
    """open -> accepted | declined | withdrawn."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class LinkRequest(TenantModel):
    """An owner's request to link this team with one of the teams that the person with this address owns."""

    email = models.EmailField()  # in lower case
    asked_by = models.CharField(max_length=254)
    outcome = models.CharField(max_length=10, choices=LinkOutcome, default=LinkOutcome.OPEN)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            TenantIsolation(name="optout_linkrequest_isolation"),
            models.UniqueConstraint(
                fields=["team", "email"],
                condition=models.Q(outcome="open"),
                name="optout_linkrequest_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["email"], condition=models.Q(outcome="open"), name="optout_linkrequest_email"
            )
        ]


class LinkedOptOut(TenantModel):
    """A ledger entry of this team that is still to be copied to a linked team. A trigger adds it with the entry."""

    event_id = models.BigIntegerField()
    target_id = models.BigIntegerField()  # the linked team

    class Meta:
        constraints = [
            TenantIsolation(name="optout_linkedoptout_isolation"),
            models.UniqueConstraint(
                fields=["team", "event_id", "target_id"], name="optout_linkedoptout_once"
            ),
        ]
