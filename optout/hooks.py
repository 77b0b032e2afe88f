"""What others are told when the standing of a number changes: a line of the ledger, in the words of the API."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from accounts.hooks import outbox
from accounts.hooks.models import EventType
from accounts.hooks.outbox import Event
from accounts.hooks.signing import moment
from accounts.hooks.words import number_in_words
from optout.models import Action, ConsentEvent, State

if TYPE_CHECKING:
    from optout.line import Change

TYPES = {
    Action.OPTED_OUT: EventType.OPT_OUT,
    Action.OPTED_IN: EventType.OPT_IN,
    Action.BLOCKED: EventType.BLOCKED,
    Action.UNBLOCKED: EventType.UNBLOCKED,
}


def tell(changes: "Iterable[Change]") -> None:
    """Write the events of changes that were just written, of one team; lines that changed nothing are no news."""
    told = [
        change.event
        for change in changes
        if change.event.changed and TYPES[Action(change.event.action)] in change.wanted
    ]
    if told:
        outbox.record(told[0].team_id, [_event(line) for line in told])


def _event(line: ConsentEvent) -> Event:
    return Event(TYPES[Action(line.action)], line.number, _data(line), line.position)


def _data(line: ConsentEvent) -> dict[str, Any]:
    return {
        **number_in_words(line.number),
        "action": line.action,
        "before": State(line.before).told,
        "after": State(line.after).told,
        "initiated_by": {"origin": line.origin, "name": line.actor_name},
        "words": line.words,
        "reason": line.reason,
        "source": line.source,
        "inbox": {"id": line.inbox_id, "name": line.inbox_name} if line.inbox_id else None,
        "happened_at": moment(line.happened_at),
        "recorded_at": moment(line.recorded_at),
        "position": line.position,
    }
