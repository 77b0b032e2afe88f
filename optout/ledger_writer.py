"""FIXME module docstring."""

from collections.abc import Sequence

from kernel.sql import ReturnedId, insert_together
from optout import webhook_events
from optout.models import ConsentEvent, Suppression
from optout.standing_change import StandingChange


def write(change: StandingChange) -> ConsentEvent:
    """Write one change: event and suppression in one round trip."""
    _delete_suppressions(change.event.team_id, change.lifted)
    made = {}
    if change.added:
        values = change.added
        made["suppression"] = Suppression.insert_statement(
            team_id=values.team_id,
            number=values.number,
            kind=values.kind,
            origin=values.origin,
            inbox_id=values.inbox_id,
            created_at=values.created_at,
            event_id=ReturnedId("event"),
        )
    change.event.pk = insert_together(event=change.event.as_insert_statement(), **made)["event"]
    webhook_events.record_events([change])
    return change.event


def write_all(team_id: int, changes: Sequence[StandingChange]) -> list[ConsentEvent]:
    """Write the changes of many numbers, each once, in a few round trips."""
    _delete_suppressions(team_id, [row for change in changes for row in change.lifted])
    events = ConsentEvent.objects.bulk_create(change.event for change in changes)
    added = []
    for change, event in zip(changes, events, strict=True):
        if change.added:
            change.added.event_id = event.id
            added.append(change.added)
    Suppression.objects.bulk_create(added)
    webhook_events.record_events(changes)
    return events


def _delete_suppressions(team_id: int, rows: Sequence[Suppression]) -> None:
    if rows:
        Suppression.objects.filter(team_id=team_id, id__in=[row.id for row in rows]).delete()
