"""Held recipients of a broadcast: how many wait for their sending hours, and whose begin first."""

from dataclasses import dataclass
from datetime import datetime

from messaging.broadcasts.models import Broadcast, BroadcastRecipient, RecipientState


@dataclass(frozen=True)
class HeldRecipients:
    """Those who are held, and when and why the first of them is no longer."""

    count: int
    until: datetime | None
    reason: str


def find_held(broadcast: Broadcast) -> HeldRecipients | None:
    """None if nobody is held. In the scope of the team."""
    rows = BroadcastRecipient.objects.filter(
        team_id=broadcast.team_id, broadcast_id=broadcast.id, state=RecipientState.HELD
    )
    first = rows.order_by("held_until", "id").first()
    return HeldRecipients(rows.count(), first.held_until, first.held_reason) if first else None
