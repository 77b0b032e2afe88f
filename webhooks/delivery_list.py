"""An endpoint's deliveries, newest first, cut into pages out of an index."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from django.db.models import Q, TextChoices
from django.http import QueryDict

from webhooks.models import OPEN_STATES, Delivery, DeliveryState, Endpoint

PAGE_SIZE = 50


class DeliveryFilter(TextChoices):
    """Which of them."""

    ALL = "", "All"
    FAILED = "failed", "Failed"  # a try has failed, and none succeeded since
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
    first: bool
    next: int | None  # where the next one begins: older than this id

    @classmethod
    def read(cls, endpoint: Endpoint, query: QueryDict) -> Self:
        """As the page's address asks: bad values are as if they were not there."""
        asked, before = query.get("show", ""), query.get("before", "")
        show = DeliveryFilter(asked) if asked in DeliveryFilter.values else DeliveryFilter.ALL
        rows = Delivery.objects.filter(show.condition, team_id=endpoint.team_id, endpoint_id=endpoint.id)
        first = not (before.isdecimal() and before.isascii() and len(before) < 19)
        if not first:
            rows = rows.filter(id__lt=int(before))
        found = list(rows.select_related("event").order_by("-id")[: PAGE_SIZE + 1])
        return cls(
            show, found[:PAGE_SIZE], first, found[PAGE_SIZE - 1].id if len(found) > PAGE_SIZE else None
        )

    @property
    def moving(self) -> bool:
        """Whether something on it will soon be otherwise."""
        return any(delivery.open for delivery in self.deliveries)
