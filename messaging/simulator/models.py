"""Models of the simulator: the behavior of the simulated carrier, and its record of texts."""

from django.db import models
from django.utils import timezone

from accounts.models import Inbox
from kernel.tenancy import TenantIsolation, TenantKey, TenantModel, TenantReference


class SimulatorBehavior(TenantModel):
    """The behavior of the simulated carrier for one inbox."""

    inbox = TenantKey(Inbox, related_name="simulator_behaviors")
    # Replies to STOP and START itself, rejects with 21610.
    keeps_opt_outs = models.BooleanField(default=False)
    refuses = models.BooleanField(default=False)  # rejects every send with 21610
    fails = models.BooleanField(default=False)  # reports every text as undelivered
    delay = models.PositiveSmallIntegerField(default=0)  # seconds before it accepts a text

    class Meta:
        constraints = [
            TenantIsolation(name="messaging_simulatorbehavior_isolation"),
            TenantReference(field="inbox", on_delete="CASCADE", name="messaging_simulatorbehavior_inbox"),
            models.UniqueConstraint(fields=["team", "inbox"], name="messaging_simulatorbehavior_once"),
        ]


class SimulatedText(TenantModel):
    """The simulated carrier's record of a text, as the simulated phone shows it."""

    inbox = TenantKey(Inbox, related_name="simulated_texts")
    number = models.CharField(max_length=64)
    from_handset = models.BooleanField()
    by_carrier = models.BooleanField(default=False)  # the carrier's own reply, not a text of the team
    body = models.TextField(blank=True)
    media = models.JSONField(
        default=list, db_default=models.Value([], models.JSONField())
    )  # IDs of attachments
    carrier_id = models.CharField(max_length=64)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            TenantIsolation(name="messaging_simulatedtext_isolation"),
            TenantReference(field="inbox", on_delete="CASCADE", name="messaging_simulatedtext_inbox"),
        ]
        indexes = [
            models.Index(fields=["team", "inbox", "number", "-id"], name="messaging_simulatedtext_phone")
        ]
