"""Receipts: which endpoints received a change of standing, for the pages that show it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kernel.loading import Loader
from webhooks.models import CONSENT_TYPES, Delivery, DeliveryState


@dataclass(frozen=True)
class Receipt:
    """An endpoint that received the change `at` this time, or has not received it yet, and why."""

    name: str
    at: datetime | None
    why_not: str


def receipts_loader(team_id: int, number: str, position: int) -> Loader[list[Receipt]]:
    """The receipts of a ledger entry, ordered by endpoint; one query. Endpoints that do not want it have none."""
    deliveries: Any = Delivery.objects.filter(
        team_id=team_id,
        event__team_id=team_id,
        event__number=number,
        event__type__in=CONSENT_TYPES,
        event__position=position,
    ).select_related("endpoint")
    (found,) = yield [deliveries.order_by("endpoint__name", "id")]
    return [Receipt(delivery.endpoint.name, delivery.delivered_at, _why_not(delivery)) for delivery in found]


def _why_not(delivery: Delivery) -> str:
    if delivery.delivered_at:
        return ""
    if not delivery.endpoint.active:
        return "turned off"
    if delivery.state in (DeliveryState.FAILED, DeliveryState.ERASED):
        return "failed"
    if delivery.endpoint.failures:
        return "not responding"
    return delivery.outcome.rstrip(".") or "waiting"
