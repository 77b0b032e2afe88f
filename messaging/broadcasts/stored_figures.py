"""Model of a broadcast's figures as they were last counted, so that pages need not count large broadcasts each time."""

from django.db import models

from kernel.tenancy import TenantIsolation, TenantKey, TenantModel, TenantReference
from messaging.broadcasts.models import Broadcast


class BroadcastFigures(TenantModel):
    """The last count; see messaging.broadcasts.figures."""

    broadcast = TenantKey(Broadcast, related_name="figures")
    # {"states": [[state, reason, count]],
    #  "texts": [[hour, status, reason, code, replied, opted_out, understood, count]]}
    counts = models.JSONField()
    counted_at = models.DateTimeField()
    seconds = models.FloatField()  # that the count took
    broadcast_id: int

    class Meta:
        constraints = [
            TenantIsolation(name="messaging_broadcastfigures_isolation"),
            TenantReference(
                field="broadcast", on_delete="CASCADE", name="messaging_broadcastfigures_broadcast"
            ),
            models.UniqueConstraint(fields=["team", "broadcast"], name="messaging_broadcastfigures_once"),
        ]
