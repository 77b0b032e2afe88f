"""Due holds: a hold that nobody decided by its due day becomes an opt-out."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from accounts.models import Team
from kernel import change_tokens
from kernel.tenancy import scope
from optout.ledger_entry import LedgerEntryDraft
from optout.ledger_writer import write
from optout.models import ConsentEvent, Origin, SuppressionKind
from optout.number_locks import lock_key
from optout.number_state import fetch_number_state
from optout.opt_out_scope import only_inbox
from optout.reviews import Review, ReviewOutcome

LAPSED = "nobody decided within ten business days whether this text asks to stop"


def lapse(
    team_id: int, review_id: int, also: Callable[[ConsentEvent], None] | None = None
) -> ConsentEvent | None:
    """Turn a hold whose due day has passed into an opt-out; None if it is decided or not yet due. May be repeated.

    `also` is called in its transaction.
    """
    with scope(team_id):
        found = Review.objects.filter(team_id=team_id, id=review_id).first()
    if found is None:
        return None
    with scope(team_id, lock=lock_key(team_id, found.number)):
        rows = Review.objects.open().holds().filter(team_id=team_id, id=review_id)
        review = rows.select_related("inbox__team").first()
        before = fetch_number_state(team_id, found.number)
        zone = ZoneInfo(Team.objects.get(id=team_id).time_zone)
        if review is None or review.due_on is None or review.held_event_id is None:
            return None
        if before.now.astimezone(zone).date() <= review.due_on:
            return None
        held = ConsentEvent.objects.get(team_id=team_id, id=review.held_event_id)
        draft = LedgerEntryDraft(
            team_id, review.number, Origin.CONTACT, before, before.now, review.inbox, held.words,
            review.message_id, LAPSED, each_inbox_since=review.inbox.team.each_inbox_since,
        )  # fmt: skip
        event = write(draft.suppress(SuppressionKind.OPT_OUT, only_inbox(review.inbox, held.words)))
        Review.objects.filter(team_id=team_id, id=review_id).update(outcome=ReviewOutcome.LAPSED)
        if also:
            also(event)
        change_tokens.renew_on_commit(team_id)
    return event
