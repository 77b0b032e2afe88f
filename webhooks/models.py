"""Webhooks to others as rows: where they go, what happened, each delivery of it, and each try."""

import base64
import secrets
from datetime import datetime, timedelta
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from kernel.encryption import EncryptedField, Undecipherable
from kernel.phone_numbers import display
from kernel.tenancy import TenantIsolation, TenantKey, TenantModel, TenantReference

# After a rotation the old secrets sign beside the new one for so long, or until an admin removes them.
OLD_SECRET_LIFETIME = timedelta(hours=24)


class EventType(models.TextChoices):
    """What others are told of. The values are the words of the API."""

    OPT_OUT = "target_opt_out", "A number opted out"
    OPT_IN = "target_opt_in", "A number opted back in"
    BLOCKED = "target_blocked", "A number was blocked"
    UNBLOCKED = "target_unblocked", "A number was unblocked"
    RECEIVED = "message_received", "A text arrived"
    SENT = "message_sent", "A text was taken by the carrier"
    FAILED = "message_failed", "A text did not leave, or did not arrive"
    CONTACT_CREATED = "contact_created", "A contact was created"
    CONTACT_DELETED = "contact_deleted", "A contact was deleted"
    TEST = "test", "A test"  # sent by hand, to one endpoint


SUBSCRIBABLE_TYPES = tuple(kind for kind in EventType if kind != EventType.TEST)
CONSENT_TYPES = (EventType.OPT_OUT, EventType.OPT_IN, EventType.BLOCKED, EventType.UNBLOCKED)


class DeliveryState(models.TextChoices):
    """Where a delivery is on its way.

    waiting ──► sending ──► delivered       (any answer 2xx)
       ▲           ├──────► failed          (three days of tries, or 410 Gone; the endpoint is switched off)
       ├───────────┘                        (tried again later; or its worker was killed)
       └── delivered | failed               (replayed; or the endpoint was switched on again)
    waiting | sending ──► erased            (what was written with the number was erased before it was told)
    """

    WAITING = "waiting"
    SENDING = "sending"
    DELIVERED = "delivered"
    FAILED = "failed", "Given up"
    ERASED = "erased"


OPEN_STATES = (DeliveryState.WAITING, DeliveryState.SENDING)


class Endpoint(TenantModel):
    """An address of another system, and what it wants to be told."""

    name = models.CharField(max_length=60)
    url = models.CharField(max_length=500)
    events = ArrayField(models.CharField(max_length=20, choices=EventType))
    secrets = EncryptedField(default=list)  # newest first; "whsec_…"
    rotated_at = models.DateTimeField(null=True)  # when all but the first of the secrets became old ones
    active = models.BooleanField(default=True)
    deactivated_at = models.DateTimeField(null=True)
    deactivation_reason = models.CharField(max_length=300, blank=True)
    disabled_email_due_at = models.DateTimeField(
        null=True
    )  # owners and admins are still to be told that it is off
    # Tries in a row that found nobody there, and until when it is left in peace for that.
    failures = models.PositiveSmallIntegerField(default=0)
    paused_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [TenantIsolation(name="webhooks_endpoint_wall")]

    def __str__(self) -> str:
        return self.name

    def rotate_secret(self) -> str:
        """A new secret, which signs from now on, beside all that were in force until now; to be shown once."""
        secret, now = f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}", timezone.now()
        self.secrets = [secret, *(self.secrets_in_force(now) if self.readable_secrets() else [])]
        self.rotated_at = now
        return secret

    def drop_old_secrets(self) -> None:
        """Nothing where none can be read: it may be that a key is only missing for a while."""
        if readable := self.readable_secrets():
            self.secrets = readable[:1]

    def readable_secrets(self) -> list[str]:
        try:
            return list(self.secrets)
        except Undecipherable:
            return []  # its key is lost, and so is it

    def secrets_in_force(self, now: datetime) -> list[str]:
        """Raises Undecipherable when no key in ENCRYPTION_KEYS opens them."""
        newest, *old = self.secrets
        return [newest, *(old if self.old_secrets_until > now else [])]

    @property
    def old_secrets_until(self) -> datetime:
        return (self.rotated_at or self.created_at) + OLD_SECRET_LIFETIME


class OrderedJSONField(models.JSONField):
    """JSON whose names stay in their order, which `jsonb` would lose."""

    def db_type(self, connection: Any) -> str:
        return "json"

    def from_db_value(self, value: Any, *_: Any) -> Any:
        return value  # psycopg reads it; what Django reads by itself is jsonb


class WebhookEvent(TenantModel):
    """Something that happened and that others are told of, the same for each endpoint."""

    uid = models.CharField(max_length=40)  # "evt_…"; the webhook-id, in every try
    type = models.CharField(max_length=20, choices=EventType)
    number = models.CharField(max_length=64, blank=True)
    data = OrderedJSONField()
    # Of a contact that came or went, and of the one it was merged into, the ids that `data` has: numbers change, and
    # no index looks into JSON behind row security.
    contact_id = models.BigIntegerField(null=True)
    merged_into = models.BigIntegerField(null=True)
    position = models.PositiveIntegerField(null=True)  # of consent: the line in the number's ledger
    erased = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            TenantIsolation(name="webhooks_webhookevent_wall"),
            models.UniqueConstraint(fields=["team", "uid"], name="webhooks_webhookevent_uid"),
        ]
        indexes = [
            models.Index(fields=["team", "number", "-id"], name="webhooks_webhookevent_number"),
            models.Index(fields=["team", "created_at"], name="webhooks_webhookevent_age"),
            models.Index(
                fields=["team", "contact_id"],
                condition=Q(contact_id__isnull=False),
                name="webhooks_webhookevent_contact",
            ),
            models.Index(
                fields=["team", "merged_into"],
                condition=Q(merged_into__isnull=False),
                name="webhooks_webhookevent_merged",
            ),
        ]

    def __str__(self) -> str:
        return self.uid


class Delivery(TenantModel):
    """One event on its way to one endpoint."""

    team = models.ForeignKey(
        "accounts.Team", on_delete=models.DO_NOTHING, db_index=False, related_name="deliveries"
    )
    endpoint = TenantKey(Endpoint, related_name="deliveries")
    event = TenantKey(WebhookEvent, related_name="deliveries")
    number = models.CharField(max_length=64, blank=True)  # the event's: deliveries of one number go in order
    state = models.CharField(max_length=9, choices=DeliveryState)
    attempt_count = models.PositiveSmallIntegerField(default=0)
    first_attempt_at = models.DateTimeField(null=True)
    claimed_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)  # to be looked at again; null while its endpoint is off
    delivered_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=200, blank=True)  # of a last try that failed, in a few words
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            TenantIsolation(name="webhooks_delivery_wall"),
            TenantReference(field="endpoint", on_delete="CASCADE", name="webhooks_delivery_endpoint"),
            TenantReference(field="event", on_delete="CASCADE", name="webhooks_delivery_event"),
            models.UniqueConstraint(fields=["team", "event", "endpoint"], name="webhooks_delivery_once"),
        ]
        indexes = [
            models.Index(fields=["team", "endpoint", "-id"], name="webhooks_delivery_list"),
            models.Index(
                fields=["team", "endpoint", "due_at"],
                condition=Q(state__in=OPEN_STATES),
                name="webhooks_delivery_due",
            ),
            models.Index(
                fields=["team", "endpoint", "number", "id"],
                condition=Q(state__in=OPEN_STATES),
                name="webhooks_delivery_order",
            ),
        ]

    @property
    def shown_number(self) -> str:
        return display(self.number) if self.number else ""

    @property
    def is_failing(self) -> bool:
        """Whether a try of it has failed, and none succeeded since."""
        return self.state == DeliveryState.FAILED or (self.state in OPEN_STATES and bool(self.outcome))

    @property
    def open(self) -> bool:
        return self.state in OPEN_STATES


class Attempt(TenantModel):
    """One try of a delivery: what was answered, or why nothing was."""

    delivery = TenantKey(Delivery, related_name="attempts")
    at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True)  # of HTTP; null where nobody answered
    error = models.CharField(max_length=200, blank=True)
    response_body = models.TextField(blank=True)  # its beginning
    duration = models.PositiveIntegerField()  # milliseconds
    signature = models.TextField(blank=True)  # as it was sent

    class Meta:
        constraints = [
            TenantIsolation(name="webhooks_attempt_wall"),
            TenantReference(field="delivery", on_delete="CASCADE", name="webhooks_attempt_delivery"),
        ]
        indexes = [models.Index(fields=["team", "delivery", "id"], name="webhooks_attempt_of")]

    @property
    def good(self) -> bool:
        return self.status is not None and 200 <= self.status < 300
