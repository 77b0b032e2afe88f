"""Model of a 10DLC registration: the brand and the campaign under which a long code texts the United States."""

from django.db import models

from accounts.models import Inbox
from kernel.tenancy import TenantIsolation, TenantKey, TenantModel, TenantReference


class RegistrationState(models.TextChoices):
    """How far the carriers' registry is with a brand or a campaign."""

    UNKNOWN = "unknown", "Not known"
    NONE = "none", "Not registered"
    PENDING = "pending", "In review"
    APPROVED = "approved", "Approved"
    REJECTED = "rejected", "Rejected"
    SUSPENDED = "suspended", "Suspended"


class Registration(TenantModel):
    """An inbox's registration, as a member entered it or as its carrier said at `read_at`."""

    inbox = TenantKey(Inbox, related_name="registrations")
    brand = models.CharField(max_length=80, blank=True)
    brand_state = models.CharField(
        max_length=10, choices=RegistrationState, default=RegistrationState.UNKNOWN
    )
    campaign = models.CharField(max_length=80, blank=True)
    campaign_state = models.CharField(
        max_length=10, choices=RegistrationState, default=RegistrationState.UNKNOWN
    )
    problem = models.TextField(blank=True)  # why it was rejected or suspended, in the carrier's words
    read_at = models.DateTimeField(null=True)  # null: entered by hand

    class Meta:
        constraints = [
            TenantIsolation(name="messaging_registration_isolation"),
            TenantReference(field="inbox", on_delete="CASCADE", name="messaging_registration_inbox"),
            models.UniqueConstraint(fields=["team", "inbox"], name="messaging_registration_once"),
        ]
