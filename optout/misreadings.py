"""Misreadings: automatic opt-outs in a person's own words that the reader misunderstood. Pure rules."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from optout.models import Action, ConsentEvent, Origin, Suppression, SuppressionKind

# An owner or admin may mark an automatic opt-out as misread for this long.
MISREAD_WITHIN = timedelta(hours=24)

# The beginning of the reason of a ledger entry that lifts a misread opt-out; the member's reason follows.
MISREAD = "misread: "


def misread_opt_out(
    opt_outs: Iterable[Suppression], history: Iterable[ConsentEvent], message_id: int, now: datetime
) -> Suppression | None:
    """The opt-out in force that this text alone caused, by the person's own words and within the day; None otherwise.

    A later text that opts out states it anew, so that the opt-out no longer rests on the misread text. `history` has
    the newest entries first.
    """
    stated = (
        event for event in history if event.action == Action.OPTED_OUT and event.origin == Origin.CONTACT
    )
    newest = next(stated, None)
    if newest is None or newest.message_id != message_id or not newest.explains_opt_out:
        return None
    if now > newest.recorded_at + MISREAD_WITHIN:
        return None
    own = (row for row in opt_outs if row.kind == SuppressionKind.OPT_OUT and row.origin == Origin.CONTACT)
    return next((row for row in own if row.event_id == newest.id), None)
