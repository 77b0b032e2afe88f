"""Whether others have been told of a number's newest change of standing, for the pages that show it."""

from dataclasses import dataclass
from datetime import datetime

from webhooks.models import CONSENT_TYPES, Delivery, DeliveryState


@dataclass(frozen=True)
class Receipt:
    """One endpoint: told `at`, or not yet, with the reason if there is one."""

    name: str
    at: datetime | None
    why_not: str


def receipts_of(team_id: int, number: str, position: int) -> list[Receipt]:
    """Who was to be told of this line of the number's ledger, by name; one query. Nobody where nobody wanted to be."""
    found = Delivery.objects.filter(
        team_id=team_id,
        event__team_id=team_id,
        event__number=number,
        event__type__in=CONSENT_TYPES,
        event__position=position,
    )
    return [_told(delivery) for delivery in found.select_related("endpoint").order_by("endpoint__name", "id")]


def _told(delivery: Delivery) -> Receipt:
    if delivery.delivered_at:
        return Receipt(delivery.endpoint.name, delivery.delivered_at, "")
    if not delivery.endpoint.active:
        return Receipt(delivery.endpoint.name, None, "it is switched off")
    if delivery.state in (DeliveryState.FAILED, DeliveryState.ERASED):
        return Receipt(delivery.endpoint.name, None, "given up")
    if delivery.endpoint.failures:
        return Receipt(delivery.endpoint.name, None, "nobody answers there")
    return Receipt(delivery.endpoint.name, None, delivery.outcome.rstrip(".") or "waiting")
