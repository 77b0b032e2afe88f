"""Writer of ledger entries, their suppressions and their webhook events.

Only optout.consent and optout.bulk_consent call it, with the locks of the numbers held.
"""

from collections.abc import Sequence

from kernel.sql import ReturnedId, insert_together
from optout.ledger_entry import StandingChange
from optout.models import ConsentEvent, Suppression
from optout.webhook_events import record_consent_events


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
    return events


def _delete_suppressions(team_id: int, rows: Sequence[Suppression]) -> None:
    if rows:
        Suppression.objects.filter(team_id=team_id, id__in=[row.id for row in rows]).delete()
