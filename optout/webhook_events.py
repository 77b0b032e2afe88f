"""Webhook events of consent: changed standings, as ledger entries in the API's words; held texts; double opt-ins."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from accounts.models import Inbox
from optout import feed, wording
from optout.changed_scope import changed_scope
from optout.ledger_entry import StandingChange
from optout.models import PERSONS_OWN, Action, ConsentEvent, Origin, StandingState
from optout.reviews import Review
from webhooks import outbox
from webhooks.models import EventType, WebhookEvent
from webhooks.outbox import Event
from webhooks.payloads import number_fields, timestamp

EVENT_TYPES = {
    Action.OPTED_OUT: EventType.OPT_OUT,
    Action.OPTED_IN: EventType.OPT_IN,
    Action.BLOCKED: EventType.BLOCKED,
    Action.UNBLOCKED: EventType.UNBLOCKED,
    Action.HELD: EventType.HELD,
    Action.RELEASED: EventType.RELEASED,
}


def record_consent_events(changes: Iterable[StandingChange]) -> None:
    """Record the events of one team's changes that were just written.

    An entry that changed nothing has no event, except that a text was held or released.
    """
    entries = [
        change.event
        for change in changes
        if (change.event.changed or Action(change.event.action).is_note)
        and EVENT_TYPES[Action(change.event.action)] in change.wanted_event_types
    ]
    if entries:
        outbox.record_events(entries[0].team_id, [_event(entry) for entry in entries])


def record_held_for_review(review: Review, entry: ConsentEvent) -> None:
    """Record that a text waits for a decision. `target_held` is about its number, and this about the text."""
    data = {
        **number_fields(review.number),
        "review_id": review.id,
        "message_id": review.message_id,
        "event_id": entry.id,
        "inbox": {"id": entry.inbox_id, "name": entry.inbox_name},
        "words": entry.words,
        "reason": entry.reason,
        "due_on": review.due_on.isoformat() if review.due_on else None,
        "at": timestamp(review.at),
    }
    outbox.record_events(review.team_id, [Event(EventType.HELD_FOR_REVIEW, review.number, data)])


def record_double_opt_in(inbox: Inbox, number: str, words: str, message_id: int, at: datetime) -> None:
    """Record that a person confirmed the inbox's double opt-in by this text."""
    data = {
        **number_fields(number),
        "message_id": message_id,
        "inbox": {"id": inbox.id, "name": inbox.name},
        "words": words,
        "at": timestamp(at),
    }
    outbox.record_events(inbox.team_id, [Event(EventType.DOUBLE_OPT_IN, number, data)])


def _event(entry: ConsentEvent) -> Event:
    return Event(EVENT_TYPES[Action(entry.action)], entry.number, _data(entry), entry.position)


def _data(entry: ConsentEvent) -> dict[str, Any]:
    return {
        **number_fields(entry.number),
        "event_id": entry.id,
        "action": entry.action,
        "before": StandingState(entry.before).api_word,
        "after": StandingState(entry.after).api_word,
        "scope": changed_scope(entry)._asdict(),
        "initiated_by": {"origin": entry.origin, "name": entry.actor_name},
        "persons_own": Origin(entry.origin) in PERSONS_OWN,
        "words": entry.words,
        "reason": entry.reason,
        "source": entry.source,
        "sentence": wording.describe_entry(entry),
        "inbox": {"id": entry.inbox_id, "name": entry.inbox_name} if entry.inbox_id else None,
        "happened_at": timestamp(entry.happened_at),
        "recorded_at": timestamp(entry.recorded_at),
        "number_position": entry.position,
        "position": entry.position,  # its name in older versions
    }


def feed_fields(event: WebhookEvent) -> dict[str, Any]:
    """The entry's position in the feed, which exists only after its transaction. In the scope of the team."""
    if not (event_id := event.data.get("event_id")):  # written before events had it
        return {}
    return {"feed_position": feed.position_of(event.team_id, event_id)}
