"""How many texts of an inbox carriers refused in the last seven days because of its number or its words."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count

from accounts.models import Inbox
from messaging.carriers.error_codes import carrier_page_url, carrier_reason
from messaging.models import Message
from messaging.numbers.filter_codes import ADVICE, advice_for

PERIOD = timedelta(days=7)


@dataclass(frozen=True)
class FilteredTexts:
    """The texts with one code."""

    code: str
    count: int
    reason: str
    advice: str
    page_url: str


def filtered_texts(inbox: Inbox, now: datetime) -> list[FilteredTexts]:
    """By code, the most frequent first. The index has only texts with a code."""
    texts = Message.objects.filter(
        team_id=inbox.team_id, inbox_id=inbox.id, error_code__in=ADVICE, at__gt=now - PERIOD
    )
    counts = (
        texts.exclude(error_code="")
        .values_list("error_code")
        .annotate(count=Count("id"))
        .order_by("-count", "error_code")
    )
    return [
        FilteredTexts(
            code, count, carrier_reason(code), advice_for(code, inbox.number_type), carrier_page_url(code)
        )
        for code, count in counts
    ]
