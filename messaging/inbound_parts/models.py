"""Model of a part of a long text, for carriers that deliver the parts one by one."""

from django.db import models

from accounts.models import Inbox
from kernel.tenancy import TenantIsolation, TenantKey, TenantModel, TenantReference


class InboundPart(TenantModel):
    """A part of a person's text, kept for some days: a second delivery of it finds it here."""

    inbox = TenantKey(Inbox, related_name="inbound_parts")
    number = models.CharField(max_length=64)
    reference = models.CharField(max_length=64)  # the same in all parts of a text
    position = models.PositiveSmallIntegerField()  # the first is 1
    total = models.PositiveSmallIntegerField()
    carrier_id = models.CharField(max_length=64)
    body = models.TextField(blank=True)
    sent_at = models.DateTimeField(null=True)  # the carrier's time
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            TenantIsolation(name="messaging_inboundpart_isolation"),
            TenantReference(field="inbox", on_delete="CASCADE", name="messaging_inboundpart_inbox"),
            models.UniqueConstraint(
                fields=["team", "inbox", "carrier_id"], name="messaging_inboundpart_once"
            ),
        ]
        indexes = [
            models.Index(fields=["team", "inbox", "created_at"], name="messaging_inboundpart_age"),
            models.Index(fields=["team", "number"], name="messaging_inboundpart_of"),
        ]

    def __str__(self) -> str:
        return f"{self.position} of {self.total}"
