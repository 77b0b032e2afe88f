"""Deliveries are sent again: one of them, or everything since a time."""

from datetime import datetime

from django.db.models import Q

from kernel.tenancy import scope
from webhooks import activation
from webhooks.activation import lock_endpoint
from webhooks.models import Delivery, DeliveryState, Endpoint

NOT_REPLAYABLE = (DeliveryState.ERASED, DeliveryState.SENDING)


def replayable(endpoint: Endpoint, since: datetime | None = None) -> Q:
    """Which deliveries of an endpoint can be sent again: all but those that are being sent, or were erased."""
    mine = Q(team_id=endpoint.team_id, endpoint_id=endpoint.id, event__team_id=endpoint.team_id)
    mine &= ~Q(state__in=NOT_REPLAYABLE) & ~Q(event__erased=True, event__number="")
    return mine & Q(event__created_at__gte=since) if since else mine


def count_replayable(endpoint: Endpoint, since: datetime) -> int:
    return Delivery.objects.filter(replayable(endpoint, since)).count()


def replay_deliveries(
    endpoint: Endpoint, *, since: datetime | None = None, delivery_id: int | None = None
) -> int:
    """Send deliveries again, under the ids of their events and in their order; how many. None while it is off."""
    with scope(endpoint.team_id):
        now = lock_endpoint(endpoint.team_id, endpoint.id)
        if now is None or not now.active:
            return 0
        which = replayable(endpoint, since)
        which &= Q(id=delivery_id) if delivery_id else Q()
        ids = list(Delivery.objects.filter(which).order_by("id").values_list("id", flat=True))
        return activation.restart_deliveries(now, ids)
