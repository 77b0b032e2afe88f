"""Writer of ledger entries, their suppressions and their webhook events.

Only optout.consent, optout.bulk_consent and optout.holds call it, with the locks of the numbers held.
"""

from collections.abc import Sequence

from kernel.sql import ReturnedId, insert_together
from optout.ledger_entry import StandingChange
from optout.models import Action, ConsentEvent, Suppression
from optout.review_endings import end_reviews, reopen_reviews
from optout.webhook_events import record_consent_events

HELD_AGAIN = "held again, because the decision was taken back"


def write(change: StandingChange) -> ConsentEvent:
    """Write one change: its entry and its suppression in one round trip."""
    _delete_suppressions(change.event.team_id, change.lifted)
    added = {}
    if row := change.added:
        added["suppression"] = Suppression.insert_statement(
            team_id=row.team_id,
            number=row.number,
            kind=row.kind,
            origin=row.origin,
            inbox_id=row.inbox_id,
            created_at=row.created_at,
            event_id=ReturnedId("event"),
        )
    change.event.pk = insert_together(event=change.event.as_insert_statement(), **added)["event"]
    record_consent_events([change])
    _settle_reviews(change)
    return change.event


def write_all(team_id: int, changes: Sequence[StandingChange]) -> list[ConsentEvent]:
    """Write the changes of many numbers, each number once, in a few round trips."""
    _delete_suppressions(team_id, [row for change in changes for row in change.lifted])
    events = ConsentEvent.objects.bulk_create(change.event for change in changes)
    added = []
    for change, event in zip(changes, events, strict=True):
        if change.added:
            change.added.event_id = event.id
            added.append(change.added)
    Suppression.objects.bulk_create(added)
    record_consent_events(changes)
    for change in changes:
        _settle_reviews(change)
    return events


def _settle_reviews(change: StandingChange) -> None:
    """End or reopen the number's reviews. A hold that is open again is an entry, right after this one."""
    if change.has_open_reviews:
        end_reviews(change.event)
    last = change.event
    for review in reopen_reviews(change.event, change.lifted):
        if review.held_event_id:
            last = _hold_again(last, review.held_event_id, change.wanted_event_types)


def _hold_again(last: ConsentEvent, held_event_id: int, wanted: frozenset[str]) -> ConsentEvent:
    held = ConsentEvent.objects.get(team_id=last.team_id, id=held_event_id)
    event = ConsentEvent(
        team_id=last.team_id, number=last.number, position=last.position + 1, action=Action.HELD,
        origin=last.origin, before=last.after, after=last.after, inbox_id=held.inbox_id,
        inbox_name=held.inbox_name, actor_id=last.actor_id, actor_name=last.actor_name,
        message_id=held.message_id, words=held.words, reason=HELD_AGAIN, happened_at=last.recorded_at,
        recorded_at=last.recorded_at, previous_hash=last.hash,
    )  # fmt: skip
    event.hash = event.digest()
    event.insert()
    record_consent_events([StandingChange(event, wanted_event_types=wanted)])
    return event


def _delete_suppressions(team_id: int, rows: Sequence[Suppression]) -> None:
    if rows:
        Suppression.objects.filter(team_id=team_id, id__in=[row.id for row in rows]).delete()
