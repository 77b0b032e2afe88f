"""Carrier opt-outs: what the carriers' own opt-out lists have, as far as it is known. No standing follows from them."""

from django.db import models
from django.db.models import Q

from accounts.models import Inbox
from kernel.tenancy import TenantIsolation, TenantKey, TenantModel, TenantReference


class CarrierOptOut(TenantModel):
    """A number to which the carrier of an inbox refuses texts, or is expected to refuse them.

    A carrier keeps a list for each of its numbers or Messaging Services, so the row is about one inbox. It ends when
    the person texts START to that inbox.
    """

    inbox = TenantKey(Inbox, related_name="carrier_opt_outs")
    number = models.CharField(max_length=64)
    since = models.DateTimeField()  # the first refusal, or the opt-in that this carrier did not get
    last_at = models.DateTimeField()  # the last of them
    refusals = models.PositiveIntegerField(default=0)  # 0: expected, and not seen yet
    message_id = models.BigIntegerField(null=True)  # the text that was refused last
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            TenantIsolation(name="optout_carrieroptout_isolation"),
            TenantReference(field="inbox", name="optout_carrieroptout_inbox"),
            models.UniqueConstraint(fields=["team", "inbox", "number"], name="optout_carrieroptout_once"),
        ]
        indexes = [
            models.Index(
                fields=["team", "-last_at", "-id"],
                name="optout_carrieroptout_newest",
                condition=Q(ended_at__isnull=True),
            ),
        ]
