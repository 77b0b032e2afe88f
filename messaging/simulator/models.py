"""FIXME module docstring."""

from django.db import models
from django.utils import timezone

from accounts.models import Inbox
from kernel.tenancy import TenantIsolation, TenantKey, TenantModel, TenantReference


class SimulatorBehavior(TenantModel):
    """How the simulated carrier behaves for one inbox."""

    inbox = TenantKey(Inbox, related_name="simulator_behaviors")
    keeps_opt_outs = models.BooleanField(default=False)  # answers STOP and START itself, refuses with 21610
    refuses = models.BooleanField(default=False)  # refuses every send with 21610
    fails = models.BooleanField(default=False)  # cannot be reached
    delay = models.PositiveSmallIntegerField(default=0)  # seconds before it takes a text

    class Meta:
        constraints = [
            TenantIsolation(name="messaging_simulatorbehavior_wall"),
            TenantReference(field="inbox", on_delete="CASCADE", name="messaging_simulatorbehavior_inbox"),
            models.UniqueConstraint(fields=["team", "inbox"], name="messaging_simulatorbehavior_once"),
        ]


class SimulatedText(TenantModel):
    """The simulated carrier's own record: every text that passed it, as the handset shows them."""

    inbox = TenantKey(Inbox, related_name="simulated_texts")
    number = models.CharField(max_length=64)
    from_handset = models.BooleanField()
    by_carrier = models.BooleanField(default=False)  # the carrier's own confirmation, not a text of the team
    body = models.TextField(blank=True)
    carrier_id = models.CharField(max_length=64)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            TenantIsolation(name="messaging_simulatedtext_wall"),
            TenantReference(field="inbox", on_delete="CASCADE", name="messaging_simulatedtext_inbox"),
        ]
        indexes = [
            models.Index(fields=["team", "inbox", "number", "-id"], name="messaging_simulatedtext_phone")
        ]
