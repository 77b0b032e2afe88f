"""Page of an endpoint's deliveries, newest first, with a filter and a cursor."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from django.db.models import Q, TextChoices
from django.http import QueryDict

from kernel.keyset import Cursor, after
from webhooks.models import OPEN_STATES, Delivery, DeliveryState, Endpoint

PAGE_SIZE = 50


class DeliveryFilter(TextChoices):
    """The deliveries that the page shows."""

    ALL = "", "All"
    FAILED = "failed", "Failed"  # the last attempt failed; see Delivery.is_failing
    WAITING = "waiting", "Waiting"
    DELIVERED = "delivered", "Delivered"

    @property
    def condition(self) -> Q:
        match self:
            case DeliveryFilter.FAILED:
                return Q(state=DeliveryState.FAILED) | Q(state__in=OPEN_STATES) & ~Q(outcome="")
            case DeliveryFilter.WAITING:
                return Q(state__in=OPEN_STATES)
            case DeliveryFilter.DELIVERED:
                return Q(state=DeliveryState.DELIVERED)
        return Q()


@dataclass(frozen=True)
class DeliveryPage:
    show: DeliveryFilter
    deliveries: Sequence[Delivery]
    first: bool  # whether this is the first page
    next: Cursor | None  # of the next page
    unknown: bool = False  # whether the address asks for others than these filters

    @classmethod
    def read(cls, endpoint: Endpoint, query: QueryDict) -> Self:
        """The page for a query string; an unknown filter shows all."""
        value = query.get("show", "")
        show = DeliveryFilter(value) if value in DeliveryFilter.values else DeliveryFilter.ALL
        cursor = Cursor.read(query.get("before", ""), None)
        rows = Delivery.objects.filter(show.condition, team_id=endpoint.team_id, endpoint_id=endpoint.id)
        if cursor:
            rows = after(rows, "id", cursor)
        found = list(rows.select_related("event").order_by("-id")[: PAGE_SIZE + 1])
        deliveries = found[:PAGE_SIZE]
        following = Cursor(deliveries[-1].id) if len(found) > PAGE_SIZE else None
        return cls(show, deliveries, cursor is None, following, unknown=show != value)

    @property
    def has_open(self) -> bool:
        """Whether the state of a delivery on this page will change soon."""
        return any(delivery.open for delivery in self.deliveries)
