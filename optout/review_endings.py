"""Endings of reviews: what a change of a number's standing means for its open reviews. Called by the ledger's writer.

An opt-out or a block settles what was open in its inboxes, and so does an opt-in, for the texts before it. What the
carrier reports about one inbox does not. A mistake that is lifted brings back the holds and marks that it settled.
"""

from collections.abc import Sequence
from typing import Any

from optout.models import Action, ConsentEvent, Origin, Suppression
from optout.reviews import Review, ReviewKind, ReviewOutcome

_ABOUT_OPT_OUTS = (ReviewKind.HOLD, ReviewKind.MARK)


def end_reviews(event: ConsentEvent) -> None:
    """End the number's open reviews that this entry settles; the entry is written."""
    rows: Any = Review.objects.open().filter(team_id=event.team_id, number=event.number)
    outcome = ReviewOutcome.OVERTAKEN
    if event.only_in_inbox:
        rows = rows.filter(inbox_id=event.inbox_id)
    if event.action == Action.OPTED_OUT and not _is_carriers(event):
        rows = rows.exclude(kind=ReviewKind.APPOINTMENT)
    elif event.is_opt_in:
        rows = rows.filter(at__lte=event.obtained_at or event.happened_at)
        outcome = ReviewOutcome.DONE if event.obtained_at else outcome
    elif event.action != Action.BLOCKED:
        return
    rows.update(
        outcome=outcome,
        decided_at=event.recorded_at,
        decided_by_id=event.actor_id,
        decided_by_name=event.actor_name,
        decision_event_id=event.id,
    )


def reopen_reviews(event: ConsentEvent, lifted: Sequence[Suppression]) -> list[Review]:
    """Open the holds and marks again that the lifted suppressions settled, unless the person opted in."""
    if event.is_opt_in or not lifted:
        return []
    settled = Review.objects.select_related("inbox").filter(
        team_id=event.team_id,
        number=event.number,
        kind__in=_ABOUT_OPT_OUTS,
        outcome__in=(ReviewOutcome.OVERTAKEN, ReviewOutcome.OPTED_OUT),
        decision_event_id__in=[row.event_id for row in lifted],
    )
    rows = list(settled.order_by("id"))
    Review.objects.filter(team_id=event.team_id, id__in=[row.id for row in rows]).update(**OPEN_AGAIN)
    return rows


OPEN_AGAIN: dict[str, Any] = {
    "outcome": ReviewOutcome.OPEN,
    "decided_at": None,
    "decided_by_id": None,
    "decided_by_name": "",
    "decision_event_id": None,
}


def _is_carriers(event: ConsentEvent) -> bool:
    return event.origin == Origin.CARRIER and any(Suppression.inbox_id_in(name) for name in event.added)
