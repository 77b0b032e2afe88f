"""What others are told when the standing of a number changes: a line of the ledger, in the words of the API."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from optout.models import Action, ConsentEvent, StandingState
from webhooks import outbox
from webhooks.models import EventType
from webhooks.outbox import Event
from webhooks.payloads import number_fields, timestamp

if TYPE_CHECKING:
    from optout.standing_change import StandingChange

EVENT_TYPES = {
    Action.OPTED_OUT: EventType.OPT_OUT,
    Action.OPTED_IN: EventType.OPT_IN,
    Action.BLOCKED: EventType.BLOCKED,
    Action.UNBLOCKED: EventType.UNBLOCKED,
}


def record_events(changes: "Iterable[StandingChange]") -> None:
    """Write the events of changes that were just written, of one team; lines that changed nothing are no news."""
    told = [
        change.event
        for change in changes
        if change.event.changed and EVENT_TYPES[Action(change.event.action)] in change.wanted_event_types
    ]
    if told:
        outbox.record_events(told[0].team_id, [_event(line) for line in told])


def _event(line: ConsentEvent) -> Event:
    return Event(EVENT_TYPES[Action(line.action)], line.number, _data(line), line.position)


def _data(line: ConsentEvent) -> dict[str, Any]:
    return {
        **number_fields(line.number),
        "action": line.action,
        "before": StandingState(line.before).api_word,
        "after": StandingState(line.after).api_word,
        "initiated_by": {"origin": line.origin, "name": line.actor_name},
        "words": line.words,
        "reason": line.reason,
        "source": line.source,
        "inbox": {"id": line.inbox_id, "name": line.inbox_name} if line.inbox_id else None,
        "happened_at": timestamp(line.happened_at),
        "recorded_at": timestamp(line.recorded_at),
        "position": line.position,
    }
