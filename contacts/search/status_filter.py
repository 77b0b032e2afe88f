"""Status filter of the contacts page: the standing of the contact's number in all inboxes, or an open hold."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, OuterRef

from optout.models import StandingState, Suppression, SuppressionKind
from optout.reviews import open_holds

HELD, PARTLY = "held", "partly"
STATUS_CHOICES = [
    *StandingState.choices,
    (PARTLY, "Opted out of single inboxes"),
    (HELD, "Held for review"),
]


def has_status(team_id: int, status: str) -> Iterator[Any]:
    """The conditions of a status on contacts: block over opt-out over active; or that a text of theirs is held."""
    match status:
        case "held":
            yield Exists(open_holds(team_id).filter(number=OuterRef("number")))
        case "partly":
            rows = Suppression.objects.filter(team_id=team_id, number=OuterRef("number"))
            yield Exists(rows.exclude(inbox=None))
        case StandingState.ACTIVE:
            yield ~is_suppressed(team_id)
        case _:
            yield is_suppressed(team_id, kind=status)
    if status == StandingState.OPTED_OUT:
        yield ~is_suppressed(team_id, kind=SuppressionKind.BLOCK)


def is_suppressed(team_id: int, **conditions: str) -> Exists:
    """Whether a number may not be texted from any inbox, because of a row of these conditions."""
    rows = Suppression.objects.filter(team_id=team_id, number=OuterRef("number"), inbox=None)
    return Exists(rows.filter(**conditions))
