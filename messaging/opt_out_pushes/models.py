"""Models of pushes: how far an inbox's carrier was told of our opt-outs, and what it has of which number."""

from django.db import models
from django.db.models import Q

from accounts.models import Inbox
from kernel.tenancy import TenantIsolation, TenantKey, TenantModel, TenantReference


class OptOutPush(TenantModel):
    """That an inbox's carrier is told of our opt-outs. The feed of the ledger is the queue, so none is lost."""

    inbox = TenantKey(Inbox, related_name="opt_out_pushes")
    active = models.BooleanField(default=True)
    position = models.BigIntegerField(default=0)  # in the feed: what is before it was told
    due_at = models.DateTimeField()  # of the next round, or of the end of a worker's lease
    pushed_at = models.DateTimeField(null=True)  # the carrier took changes
    error = models.CharField(max_length=300, blank=True)  # why the last round ended early
    failed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            TenantIsolation(name="messaging_optoutpush_isolation"),
            TenantReference(field="inbox", on_delete="CASCADE", name="messaging_optoutpush_inbox"),
            models.UniqueConstraint(fields=["team", "inbox"], name="messaging_optoutpush_once"),
        ]
        indexes = [models.Index(fields=["due_at"], name="messaging_optoutpush_due", condition=Q(active=True))]


class PushedOptOut(TenantModel):
    """What the carrier of an inbox was told of a number last, or did not take."""

    inbox = TenantKey(Inbox, related_name="pushed_opt_outs")
    number = models.CharField(max_length=64)
    opted_out = models.BooleanField()
    at = models.DateTimeField()
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            TenantIsolation(name="messaging_pushedoptout_isolation"),
            TenantReference(field="inbox", on_delete="CASCADE", name="messaging_pushedoptout_inbox"),
            models.UniqueConstraint(fields=["team", "inbox", "number"], name="messaging_pushedoptout_once"),
        ]
        indexes = [
            models.Index(
                fields=["team", "inbox", "-at", "-id"],
                name="messaging_pushedoptout_refused",
                condition=~Q(error=""),
            )
        ]
