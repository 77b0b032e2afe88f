"""Double opt-in: whom an inbox asked to confirm that they want texts, how often, and when they did."""

from django.db import models

from accounts.models import Inbox
from kernel.tenancy import TenantIsolation, TenantKey, TenantModel, TenantReference


class DoubleOptIn(TenantModel):
    """A number that an inbox asked. Until it answers, the inbox sends it nothing but replies."""

    inbox = TenantKey(Inbox, related_name="double_opt_ins")
    number = models.CharField(max_length=64)
    prompts = models.PositiveSmallIntegerField(default=1)  # the first one and the reminders
    asked_at = models.DateTimeField()  # the newest prompt
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            TenantIsolation(name="optout_doubleoptin_isolation"),
            TenantReference(field="inbox", name="optout_doubleoptin_inbox"),
            models.UniqueConstraint(fields=["team", "number", "inbox"], name="optout_doubleoptin_once"),
        ]
