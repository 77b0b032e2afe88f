"""Model of line types: what a carrier's lookup said about a number, kept so that no number is paid for twice."""

from datetime import timedelta

from django.db import models
from django.db.models import Q

from accounts.models import Inbox
from kernel.tenancy import TenantIsolation, TenantKey, TenantModel, TenantReference
from messaging.line_types.kinds import LineKind

RENEW_AFTER = timedelta(days=365)  # numbers move from landlines to mobile phones


class LineType(TenantModel):
    """The line type of one number, for the whole team."""

    number = models.CharField(max_length=64)
    kind = models.CharField(max_length=8, choices=LineKind, default=LineKind.WAITING)
    inbox = TenantKey(Inbox, related_name="line_types")  # whose carrier is asked, and paid
    due_at = models.DateTimeField(null=True)  # when the carrier is asked; null once it was
    looked_up_at = models.DateTimeField(null=True)
    inbox_id: int

    class Meta:
        constraints = [
            TenantIsolation(name="messaging_linetype_isolation"),
            TenantReference(field="inbox", on_delete="CASCADE", name="messaging_linetype_inbox"),
            models.UniqueConstraint(fields=["team", "number"], name="messaging_linetype_once"),
        ]
        indexes = [
            models.Index(
                fields=["team", "inbox", "due_at"],
                name="messaging_linetype_next",
                condition=Q(due_at__isnull=False),
            )
        ]
