"""What is erased of a person does not linger in what others are told, and old events are forgotten."""

from collections.abc import Sequence

from kernel.sql import fetch
from webhooks.models import CONSENT_TYPES, Delivery, EventType

# That a number may not be texted, and that a contact is gone, is told after an erasure too: without words or names, and
# the number goes once it was told. All else is not told any more.
SENT_AFTER_ERASURE = [*CONSENT_TYPES, EventType.CONTACT_DELETED]
WORDS = ["words", "text", "media", "first", "last", "display_name", "email"]

# The events to erase: of numbers ($2), and what was told of contacts ($3) under others, or of those that were merged
# into them. $1 is the team.
THEIRS = """
    WITH RECURSIVE gone AS (
        SELECT unnest($3::bigint[]) AS id UNION
        SELECT e.contact_id FROM gone JOIN webhooks_webhookevent e ON e.team_id = $1 AND e.merged_into = gone.id)
    SELECT id FROM webhooks_webhookevent WHERE team_id = $1 AND number = ANY($2) UNION
    SELECT e.id FROM gone JOIN webhooks_webhookevent e ON e.team_id = $1 AND e.contact_id = gone.id
"""
# In the order of their ids, as everybody who locks several deliveries does. $1 team, $2 events.
LOCK = """
    SELECT id FROM webhooks_delivery WHERE team_id = $1 AND event_id = ANY($2) ORDER BY id FOR NO KEY UPDATE
"""
ANSWERS = """
    UPDATE webhooks_attempt SET response_body = '' WHERE team_id = $1 AND response_body <> '' AND delivery_id IN (
        SELECT id FROM webhooks_delivery WHERE team_id = $1 AND event_id = ANY($2))
"""
DELIVERIES = """
    UPDATE webhooks_delivery d SET number = '', due_at = NULL,
        state = CASE WHEN d.state = 'delivered' THEN d.state ELSE 'erased' END
    FROM webhooks_webhookevent e WHERE e.team_id = $1 AND e.id = ANY($2) AND d.team_id = $1 AND d.event_id = e.id
    AND NOT (e.type = ANY($3) AND d.state IN ('waiting', 'sending', 'failed'))
"""
EVENTS = """
    WITH theirs AS (
        SELECT e.id, EXISTS (SELECT FROM webhooks_delivery d WHERE d.team_id = $1 AND d.event_id = e.id
            AND d.state IN ('waiting', 'sending', 'failed')) AS open
        FROM webhooks_webhookevent e WHERE e.team_id = $1 AND e.id = ANY($2))
    UPDATE webhooks_webhookevent e SET erased = true,
        data = CASE WHEN theirs.open THEN (e.data::jsonb - $3::text[])::json ELSE '{}' END,
        number = CASE WHEN theirs.open THEN e.number ELSE '' END
    FROM theirs WHERE e.team_id = $1 AND e.id = theirs.id
"""
STRIP = """
    UPDATE webhooks_webhookevent e SET data = '{}', number = '' WHERE e.team_id = $1 AND e.id = $2 AND e.erased
    AND NOT EXISTS (SELECT FROM webhooks_delivery d WHERE d.team_id = $1 AND d.event_id = e.id
        AND d.state IN ('waiting', 'sending', 'failed'))
"""


def erase_events(team_id: int, numbers: Sequence[str], contact_ids: Sequence[int] = ()) -> None:
    """Take some numbers and what was written with them out of the stored events, in the scope of the team.

    Of their contacts also what was told of them under the numbers that they had before.
    """
    theirs = [id for (id,) in fetch(THEIRS, team_id, list(numbers), list(contact_ids))]
    fetch(LOCK, team_id, theirs)
    fetch(ANSWERS, team_id, theirs)
    fetch(DELIVERIES, team_id, theirs, SENT_AFTER_ERASURE)
    fetch(EVENTS, team_id, theirs, WORDS)


def strip_delivered_event(delivery: Delivery) -> None:
    """Forget what an erased event was about, now that it was told."""
    if delivery.event.erased:
        delivery.number = ""
        delivery.save(update_fields=["number"])
        fetch(STRIP, delivery.team_id, delivery.event_id)


# -- what is old -------------------------------------------------------------------------------------------------
