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

SAME_TEXT = timedelta(minutes=10)  # parts that lie further apart are of another text
COMPLETE_WITHIN = timedelta(minutes=1)  # after its newest part a text counts as it is
KEPT = timedelta(days=3)  # longer than a carrier delivers again
GAP = " … "  # in the place of parts that are missing


def texts_of_parts(inbox: Inbox, since: datetime, until: datetime | None) -> list[InboundText]:
    """The texts of this period whose parts had time to come, complete or not, in the scope of the inbox's team."""
    now = timezone.now()
    rows = InboundPart.objects.filter(team_id=inbox.team_id, inbox_id=inbox.id)
    rows.filter(created_at__lt=now - KEPT).delete()
    period = since - SAME_TEXT, (until or now) + SAME_TEXT  # no text of the period is cut
    found = rows.filter(created_at__range=period).order_by("number", "reference", "id")
    same = groupby(found, key=lambda part: (part.number, part.reference))
    texts = [text for _, parts in same for text in separate_texts(parts)]
    return [assembled(text) for text in texts if since <= text[-1].created_at <= now - COMPLETE_WITHIN]


def separate_texts(parts: Iterable[InboundPart]) -> list[list[InboundPart]]:
    """The parts of one number and reference, oldest first, by text: phones use a reference again."""
    texts: list[list[InboundPart]] = []
    for part in parts:
        if found := next((text for text in reversed(texts) if _lacks(text, part)), None):
            found.append(part)
        else:
            texts.append([part])
    return texts


def _lacks(text: Sequence[InboundPart], part: InboundPart) -> bool:
    """Whether the part may belong to the text, and the text has no other in its place."""
    first = text[0]
    is_near = first.total == part.total and part.created_at - first.created_at <= SAME_TEXT
    return is_near and all(other.position != part.position for other in text)


def assembled(parts: Sequence[InboundPart]) -> InboundText:
    """The text of these parts, with a gap for each row of missing ones."""
    by_position = {part.position: part for part in parts}
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
