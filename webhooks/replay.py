"""Replay: send a delivery again, or all deliveries of events since a time."""

from datetime import datetime

from django.db.models import Q

from kernel.tenancy import scope
from webhooks.activation import lock_endpoint, restart_deliveries
from webhooks.models import Delivery, DeliveryState, Endpoint

NOT_REPLAYABLE = (DeliveryState.ERASED, DeliveryState.SENDING)


def replayable(endpoint: Endpoint, since: datetime | None = None) -> Q:
    """The condition of an endpoint's deliveries that can be sent again: neither being sent nor erased."""
    condition = Q(team_id=endpoint.team_id, endpoint_id=endpoint.id, event__team_id=endpoint.team_id)
    condition &= ~Q(state__in=NOT_REPLAYABLE) & ~Q(event__erased=True, event__number="")
    return condition & Q(event__created_at__gte=since) if since else condition


def count_replayable(endpoint: Endpoint, since: datetime) -> int:
    return Delivery.objects.filter(replayable(endpoint, since)).count()


def replay_deliveries(
    endpoint: Endpoint, *, since: datetime | None = None, delivery_id: int | None = None
) -> int:
    """Send deliveries again in their order, under the IDs of their events; how many. None while the endpoint is off."""
    with scope(endpoint.team_id):
        locked = lock_endpoint(endpoint.team_id, endpoint.id)
        if locked is None or not locked.active:
            return 0
        condition = replayable(endpoint, since)
        condition &= Q(id=delivery_id) if delivery_id else Q()
        ids = Delivery.objects.filter(condition).order_by("id").values_list("id", flat=True)
        return restart_deliveries(locked, list(ids))
