"""Erasure of a person from events, deliveries and responses."""

from collections.abc import Sequence

from kernel.sql import fetch
from webhooks.models import CONSENT_TYPES, Delivery, EventType

# These events are delivered even after an erasure, without words and names; their number is erased after the delivery.
# All other events are no longer delivered.
SENT_AFTER_ERASURE = [*CONSENT_TYPES, EventType.CONTACT_DELETED]
PERSONAL_FIELDS = [
    "words", "reason", "source", "sentence", "text", "media", "first", "last", "display_name", "email",
]  # fmt: skip

# The events to erase: of the numbers $2, of the contacts $3 under other numbers, and of contacts that were merged into
# these. $1 is the team.
AFFECTED_EVENTS = """
    WITH RECURSIVE contact AS (
        SELECT unnest($3::bigint[]) AS id UNION
        SELECT e.contact_id FROM contact JOIN webhooks_webhookevent e ON e.team_id = $1 AND e.merged_into = contact.id)
    SELECT id FROM webhooks_webhookevent WHERE team_id = $1 AND number = ANY($2) UNION
    SELECT e.id FROM contact JOIN webhooks_webhookevent e ON e.team_id = $1 AND e.contact_id = contact.id
"""
# Deliveries are always locked in the order of their IDs.
LOCK = """
    SELECT id FROM webhooks_delivery WHERE team_id = $1 AND event_id = ANY($2) ORDER BY id FOR NO KEY UPDATE
"""
ERASE_RESPONSES = """
    UPDATE webhooks_attempt SET response_body = '' WHERE team_id = $1 AND response_body <> '' AND delivery_id IN (
        SELECT id FROM webhooks_delivery WHERE team_id = $1 AND event_id = ANY($2))
"""
ERASE_DELIVERIES = """
    UPDATE webhooks_delivery d SET number = '', due_at = NULL,
        state = CASE WHEN d.state = 'delivered' THEN d.state ELSE 'erased' END
    FROM webhooks_webhookevent e WHERE e.team_id = $1 AND e.id = ANY($2) AND d.team_id = $1 AND d.event_id = e.id
    AND NOT (e.type = ANY($3) AND d.state IN ('waiting', 'sending', 'failed'))
"""
ERASE_EVENTS = """
    WITH affected AS (
        SELECT e.id, EXISTS (SELECT FROM webhooks_delivery d WHERE d.team_id = $1 AND d.event_id = e.id
            AND d.state IN ('waiting', 'sending', 'failed')) AS open
        FROM webhooks_webhookevent e WHERE e.team_id = $1 AND e.id = ANY($2))
    UPDATE webhooks_webhookevent e SET erased = true,
        data = CASE WHEN affected.open THEN (e.data::jsonb - $3::text[])::json ELSE '{}' END,
        number = CASE WHEN affected.open THEN e.number ELSE '' END
    FROM affected WHERE e.team_id = $1 AND e.id = affected.id
"""
STRIP_EVENT = """
    UPDATE webhooks_webhookevent e SET data = '{}', number = '' WHERE e.team_id = $1 AND e.id = $2 AND e.erased
    AND NOT EXISTS (SELECT FROM webhooks_delivery d WHERE d.team_id = $1 AND d.event_id = e.id
        AND d.state IN ('waiting', 'sending', 'failed'))
"""


def erase_events(team_id: int, numbers: Sequence[str], contact_ids: Sequence[int] = ()) -> None:
    """Erase numbers, words and names from the stored events of these numbers, in the scope of the team.

    The events of their contacts under earlier numbers are erased too.
    """
    ids = [id for (id,) in fetch(AFFECTED_EVENTS, team_id, list(numbers), list(contact_ids))]
    fetch(LOCK, team_id, ids)
    fetch(ERASE_RESPONSES, team_id, ids)
    fetch(ERASE_DELIVERIES, team_id, ids, SENT_AFTER_ERASURE)
    fetch(ERASE_EVENTS, team_id, ids, PERSONAL_FIELDS)


def strip_delivered_event(delivery: Delivery) -> None:
    """Erase the rest of an erased event after its last delivery."""
    if delivery.event.erased:
        delivery.update(number="")
        fetch(STRIP_EVENT, delivery.team_id, delivery.event_id)
