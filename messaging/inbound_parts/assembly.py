"""Assembly of long texts that a carrier delivers in parts, and of what came of them if a part never comes.

A text has the ID of the first of its parts that is there. One that stays incomplete is found by
messaging.missed_texts, like a text that its webhook did not bring: a STOP in it counts.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import groupby

from django.utils import timezone

from accounts.models import Inbox
from messaging.carriers.base import InboundText
from messaging.inbound_parts.models import InboundPart

COMPLETE_WITHIN = timedelta(minutes=1)  # after its newest part a text counts as it is
KEPT = timedelta(days=3)  # longer than a carrier delivers again
GAP = " … "  # in the place of parts that are missing


def texts_of_parts(inbox: Inbox, since: datetime, until: datetime | None) -> list[InboundText]:
    """The texts of this period whose parts had time to come, complete or not, in the scope of the inbox's team."""
    now = timezone.now()
    rows = InboundPart.objects.filter(team_id=inbox.team_id, inbox_id=inbox.id)
    rows.filter(created_at__lt=now - KEPT).delete()
    found = rows.filter(created_at__gte=since, created_at__lte=until or now).order_by(
        "number", "reference", "created_at", "id"
    )
    texts = groupby(found, key=lambda part: (part.number, part.reference))
    groups = [list(parts) for _, parts in texts]
    return [assembled(group) for group in groups if group[-1].created_at <= now - COMPLETE_WITHIN]


def assembled(parts: Sequence[InboundPart]) -> InboundText:
    """The text of these parts, each position once, with a gap for each row of missing ones."""
    by_position = {part.position: part for part in sorted(parts, key=lambda part: part.id, reverse=True)}
    first = by_position[min(by_position)]
    return InboundText(
        carrier_id=first.carrier_id,
        sender=first.number,
        body=_joined(by_position, first.total),
        sent_at=min((part.sent_at for part in by_position.values() if part.sent_at), default=None),
        segments=first.total,
        left_out="" if len(by_position) == first.total else "A part of it did not arrive.",
    )


def _joined(parts: dict[int, InboundPart], total: int) -> str:
    places: Iterable[str | None] = (parts[n].body if n in parts else None for n in range(1, total + 1))
    return "".join(
        GAP if missing else "".join(body or "" for body in bodies)
        for missing, bodies in groupby(places, key=lambda body: body is None)
    ).strip()
