"""Endpoints, events, deliveries of events to endpoints, and attempts of deliveries."""

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

# How long old secrets stay valid after a rotation, unless an admin removes them.
OLD_SECRET_LIFETIME = timedelta(hours=24)


class EventType(models.TextChoices):
    """The types of events. The values are part of the public API."""

    OPT_OUT = "target_opt_out", "A number opted out"
    OPT_IN = "target_opt_in", "A number opted back in"
    BLOCKED = "target_blocked", "A number was blocked"
    UNBLOCKED = "target_unblocked", "A number was unblocked"
    HELD = "target_held", "A text was held for review"
    RELEASED = "target_released", "A held or marked text was judged to be no opt-out"
    HELD_FOR_REVIEW = "held_for_review", "A held text waits for a member’s decision"
    DOUBLE_OPT_IN = "target_double_opt_in", "A person confirmed a double opt-in"
    RECEIVED = "message_received", "A text arrived"
    SENT = "message_sent", "A text was accepted by the carrier"
    DELIVERED = "message_delivered", "A text reached the phone"
    FAILED = "message_failed", "A text failed"
    CHAT_STARTED = "chat_started", "A conversation began"
    CHAT_REASSIGNED = "chat_reassigned", "A conversation was assigned"
    CHAT_CLOSED = "chat_closed", "A conversation was closed"
    CHAT_OPENED = "chat_opened", "A conversation was reopened by a member"
    CHAT_TRANSFERRED = "chat_transferred", "A conversation was moved to another inbox"
    CHAT_SNOOZED = "chat_snoozed", "A conversation was snoozed"
    CHAT_WOKEN = "chat_woken", "A snooze ended at its time, or by a member"
    NOTE_CREATED = "note_created", "A private note was written"
    MESSAGE_SCHEDULED = "message_scheduled", "A text was scheduled"
    BROADCAST_FINISHED = "broadcast_finished", "A broadcast has ended"
    LEDGER_ROOT = "ledger_root", "The daily root of the consent ledger was made"
    CONTACT_CREATED = "contact_created", "A contact was created"
    CONTACT_UPDATED = "contact_updated", "A contact was changed"
    CONTACT_DELETED = "contact_deleted", "A contact was deleted"
    AUDIT_RECORDED = "audit_recorded", "An entry was written to the audit log"
    TEST = "test", "Test event"  # sent by a member to one endpoint


def event_choices() -> list[tuple[Any, Any]]:
    """As a function, so that a new type needs no migration."""
    return EventType.choices


SUBSCRIBABLE_TYPES = tuple(kind for kind in EventType if kind != EventType.TEST)
CONSENT_TYPES = (
    EventType.OPT_OUT,
    EventType.OPT_IN,
    EventType.BLOCKED,
    EventType.UNBLOCKED,
    EventType.HELD,
    EventType.RELEASED,
)


class PayloadFormat(models.TextChoices):
    """How requests to an endpoint are written (webhooks.formats)."""

    STANDARD = "standard", "Standard Webhooks: signed, with all fields. For new receivers"
    HEYMARKET = (
        "heymarket",
        "Heymarket’s old format: with a token, unsigned. For receivers that were written for the Heymarket API",
    )
    N8N = "n8n", "n8n: the trigger of a workflow, which n8n adds and removes itself"


CHOSEN_FORMATS = (PayloadFormat.STANDARD, PayloadFormat.HEYMARKET)  # by whoever adds an endpoint


class DeliveryState(models.TextChoices):
    """The states of a delivery.

    waiting ──► sending ──► delivered       (a 2xx response)
       ▲           ├──────► failed          (three days of attempts, or 410 Gone; the endpoint is turned off)
       ├───────────┘                        (the attempt failed, or its worker was killed)
       └── delivered | failed               (replayed, or the endpoint was turned on again)
    waiting | sending ──► erased            (the number was erased before the delivery)
    """

    WAITING = "waiting"
    SENDING = "sending"
    DELIVERED = "delivered"
    FAILED = "failed"
    ERASED = "erased"


OPEN_STATES = (DeliveryState.WAITING, DeliveryState.SENDING)
DUE = ["team", "endpoint", "due_at"]
URGENT = Q(urgent=True, state=DeliveryState.WAITING)


class UpdatableModel(TenantModel):
    """A tenant model with partial updates."""

    class Meta(TenantModel.Meta):
        abstract = True

    def update(self, **values: Any) -> None:
        """Set these fields and save no others."""
        for name, value in values.items():
            setattr(self, name, value)
        self.save(update_fields=list(values))


class Endpoint(UpdatableModel):
    """The URL of another system, and the events that it wants."""

    name = models.CharField(max_length=60)
    url = models.CharField(max_length=500)
    events = ArrayField(models.CharField(max_length=20, choices=event_choices))
    format = models.CharField(
        max_length=9, choices=PayloadFormat, default=PayloadFormat.STANDARD, db_default=PayloadFormat.STANDARD
    )
    # Of a trigger of n8n (webhooks.n8n_triggers): its event, and what the data of its events has. Null: anything.
    trigger = models.CharField(max_length=30, blank=True, default="", db_default="")
    condition = models.JSONField(null=True)
    secrets = EncryptedField(
        default=list
    )  # newest first, like "whsec_…"; empty before its format first needed one
    token = EncryptedField(null=True)  # of the old format
    rotated_at = models.DateTimeField(null=True)  # when the older secrets became old
    active = models.BooleanField(default=True)
    deactivated_at = models.DateTimeField(null=True)
    deactivation_reason = models.CharField(max_length=300, blank=True)
    disabled_email_due_at = models.DateTimeField(null=True)  # null: no email to owners and admins is due
    failures = models.PositiveSmallIntegerField(default=0)  # consecutive attempts without a response
    paused_until = models.DateTimeField(null=True)  # because of `failures`
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [TenantIsolation(name="webhooks_endpoint_isolation")]

    def __str__(self) -> str:
        return self.name

    def new_secret(self) -> str:
        """What proves to the receiver that requests are ours, which is to be shown once: a secret, or a token."""
        if self.is_signed:
            return self.rotate_secret()
        self.token = token = secrets.token_urlsafe(24)
        return token

    def rotate_secret(self) -> str:
        """Add a secret, which is to be shown once. Secrets that are in force stay valid for OLD_SECRET_LIFETIME."""
        secret, now = f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}", timezone.now()
        self.secrets = [secret, *(self.secrets_in_force(now) if self.readable_secrets() else [])]
        self.rotated_at = now
        return secret

    def drop_old_secrets(self) -> None:
        """Keep only the newest secret. Unreadable secrets are kept, since their key may be missing only for a while."""
        if readable := self.readable_secrets():
            self.secrets = readable[:1]

    @property
    def is_signed(self) -> bool:
        return self.format != PayloadFormat.HEYMARKET

    @property
    def is_of_n8n(self) -> bool:
        return self.format == PayloadFormat.N8N

    def secret_trouble(self) -> str:
        """Why nothing can prove that requests are ours, in a sentence; empty if its secret or token can."""
        try:
            found = self.secrets if self.is_signed else self.token
        except Undecipherable:
            return (
                "The saved secret cannot be read: ENCRYPTION_KEYS no longer lists the key that it was saved with."
                " List that key again, or create a new one."
            )
        return "" if found else "It has no secret or token yet. Create a new one: nothing is sent before."

    def readable_secrets(self) -> list[str]:
        """All secrets; none if no key in ENCRYPTION_KEYS decrypts them."""
        try:
            return list(self.secrets)
        except Undecipherable:
            return []

    def secrets_in_force(self, now: datetime) -> list[str]:
        """The secrets that sign now, newest first. Raises Undecipherable if no key in ENCRYPTION_KEYS decrypts them."""
        return list(self.secrets if self.old_secrets_until > now else self.secrets[:1])

    @property
    def old_secrets_until(self) -> datetime:
        return (self.rotated_at or self.created_at) + OLD_SECRET_LIFETIME


class OrderedJSONField(models.JSONField):
    """JSON that keeps the order of its names, unlike `jsonb`."""

    def db_type(self, connection: Any) -> str:
        return "json"

    def from_db_value(self, value: Any, *_: Any) -> Any:
        return value  # psycopg has parsed it; Django would parse it again


class WebhookEvent(TenantModel):
    """Something that happened and that endpoints are told about; the same for every endpoint."""

    uid = models.CharField(max_length=40)  # like "evt_…"; the webhook-id of every attempt
    type = models.CharField(max_length=20, choices=event_choices)
    number = models.CharField(max_length=64, blank=True)
    data = OrderedJSONField()
    # The contact's ID in `data`, and the ID of the contact that it was merged into, for erasure: numbers change, and
    # row-level security prevents the use of an index on JSON.
    contact_id = models.BigIntegerField(null=True)
    merged_into = models.BigIntegerField(null=True)
    position = models.PositiveIntegerField(null=True)  # of the ledger entry, for a change of standing
    erased = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            TenantIsolation(name="webhooks_webhookevent_isolation"),
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


class Delivery(UpdatableModel):
    """One event on its way to one endpoint."""

    team = models.ForeignKey(
        "accounts.Team", on_delete=models.DO_NOTHING, db_index=False, related_name="deliveries"
    )
    endpoint = TenantKey(Endpoint, related_name="deliveries")
    event = TenantKey(WebhookEvent, related_name="deliveries")
    # The number of the event, for the order of a number's deliveries.
    number = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=9, choices=DeliveryState)
    attempt_count = models.PositiveSmallIntegerField(default=0)
    first_attempt_at = models.DateTimeField(null=True)
    claimed_at = models.DateTimeField(null=True)
    # Next attempt or end of the claim; null while the endpoint is off.
    due_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=200, blank=True)  # of the last attempt, if it failed
    created_at = models.DateTimeField()
    urgent = models.BooleanField(null=True)  # a change of standing, which is delivered before other events

    class Meta:
        constraints = [
            TenantIsolation(name="webhooks_delivery_isolation"),
            TenantReference(field="endpoint", on_delete="CASCADE", name="webhooks_delivery_endpoint"),
            TenantReference(field="event", on_delete="CASCADE", name="webhooks_delivery_event"),
            models.UniqueConstraint(fields=["team", "event", "endpoint"], name="webhooks_delivery_once"),
        ]
        indexes = [
            models.Index(fields=["team", "endpoint", "-id"], name="webhooks_delivery_list"),
            models.Index(fields=DUE, condition=Q(state__in=OPEN_STATES), name="webhooks_delivery_due"),
            models.Index(
                fields=["team", "endpoint", "number", "id"],
                condition=Q(state__in=OPEN_STATES),
                name="webhooks_delivery_order",
            ),
            models.Index(fields=DUE, condition=URGENT, name="webhooks_delivery_urgent"),
        ]

    @property
    def shown_number(self) -> str:
        return display(self.number) if self.number else ""

    @property
    def is_failing(self) -> bool:
        """Whether its last attempt failed."""
        return self.state == DeliveryState.FAILED or (self.state in OPEN_STATES and bool(self.outcome))

    @property
    def open(self) -> bool:
        return self.state in OPEN_STATES


class Attempt(TenantModel):
    """An attempt of a delivery: its response, or the reason why there was none."""

    delivery = TenantKey(Delivery, related_name="attempts")
    at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True)  # of HTTP; null without a response
    error = models.CharField(max_length=200, blank=True)
    response_body = models.TextField(blank=True)  # at most KEPT_CHARACTERS
    duration = models.PositiveIntegerField()  # milliseconds
    signature = models.TextField(blank=True)  # the header

    class Meta:
        constraints = [
            TenantIsolation(name="webhooks_attempt_isolation"),
            TenantReference(field="delivery", on_delete="CASCADE", name="webhooks_attempt_delivery"),
        ]
        indexes = [models.Index(fields=["team", "delivery", "id"], name="webhooks_attempt_of")]

    @property
    def succeeded(self) -> bool:
        return self.status is not None and 200 <= self.status < 300
