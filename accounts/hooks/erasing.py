"""What is erased of a person does not linger in what others are told, and old events are forgotten."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils import timezone

from accounts import doors
from accounts.hooks.models import CONSENT, Delivery, EventType
from accounts.statements import ask
from accounts.tenancy import scope

# That a number may not be texted, and that a contact is gone, is told after an erasure too: without words or names, and
# the number goes once it was told. All else is not told any more.
TOLD_ALL_THE_SAME = [*CONSENT, EventType.CONTACT_DELETED]
WORDS = ["words", "text", "media", "first", "last", "display_name", "email"]

# The events to erase: of numbers ($2), and what was told of contacts ($3) under others, or of those that were merged
# into them. $1 is the team.
THEIRS = """
    WITH RECURSIVE gone AS (
        SELECT unnest($3::bigint[]) AS id UNION
        SELECT e.whom FROM gone JOIN accounts_hookevent e ON e.team_id = $1 AND e.merged_into = gone.id)
    SELECT id FROM accounts_hookevent WHERE team_id = $1 AND number = ANY($2) UNION
    SELECT e.id FROM gone JOIN accounts_hookevent e ON e.team_id = $1 AND e.whom = gone.id
"""
# In the order of their ids, as everybody who locks several deliveries does. $1 team, $2 events.
LOCK = """
    SELECT id FROM accounts_delivery WHERE team_id = $1 AND event_id = ANY($2) ORDER BY id FOR NO KEY UPDATE
"""
ANSWERS = """
    UPDATE accounts_attempt SET answer = '' WHERE team_id = $1 AND answer <> '' AND delivery_id IN (
        SELECT id FROM accounts_delivery WHERE team_id = $1 AND event_id = ANY($2))
"""
DELIVERIES = """
    UPDATE accounts_delivery d SET number = '', due_at = NULL,
        state = CASE WHEN d.state = 'delivered' THEN d.state ELSE 'erased' END
    FROM accounts_hookevent e WHERE e.team_id = $1 AND e.id = ANY($2) AND d.team_id = $1 AND d.event_id = e.id
    AND NOT (e.type = ANY($3) AND d.state IN ('waiting', 'sending', 'failed'))
"""
EVENTS = """
    WITH theirs AS (
        SELECT e.id, EXISTS (SELECT FROM accounts_delivery d WHERE d.team_id = $1 AND d.event_id = e.id
            AND d.state IN ('waiting', 'sending', 'failed')) AS open
        FROM accounts_hookevent e WHERE e.team_id = $1 AND e.id = ANY($2))
    UPDATE accounts_hookevent e SET erased = true,
        data = CASE WHEN theirs.open THEN (e.data::jsonb - $3::text[])::json ELSE '{}' END,
        number = CASE WHEN theirs.open THEN e.number ELSE '' END
    FROM theirs WHERE e.team_id = $1 AND e.id = theirs.id
"""
STRIP = """
    UPDATE accounts_hookevent e SET data = '{}', number = '' WHERE e.team_id = $1 AND e.id = $2 AND e.erased
    AND NOT EXISTS (SELECT FROM accounts_delivery d WHERE d.team_id = $1 AND d.event_id = e.id
        AND d.state IN ('waiting', 'sending', 'failed'))
"""


def erase(team_id: int, numbers: Sequence[str], contact_ids: Sequence[int] = ()) -> None:
    """Take some numbers and what was written with them out of the stored events, in the scope of the team.

    Of their contacts also what was told of them under the numbers that they had before.
    """
    theirs = [id for (id,) in ask(THEIRS, team_id, list(numbers), list(contact_ids))]
    ask(LOCK, team_id, theirs)
    ask(ANSWERS, team_id, theirs)
    ask(DELIVERIES, team_id, theirs, TOLD_ALL_THE_SAME)
    ask(EVENTS, team_id, theirs, WORDS)


def strip(delivery: Delivery) -> None:
    """Forget what an erased event was about, now that it was told."""
    if delivery.event.erased:
        delivery.number = ""
        delivery.save(update_fields=["number"])
        ask(STRIP, delivery.team_id, delivery.event_id)


# -- what is old -------------------------------------------------------------------------------------------------

KEPT = timedelta(days=30)
KEPT_OF_CONSENT = timedelta(days=365)  # that a system was told of an opt-out, and when
AT_ONCE = 5000
# Deliveries and tries go with their event. What waits for so long is for an endpoint that nobody switched on again.
FORGET = """
    WITH old AS (
        SELECT id FROM accounts_hookevent WHERE team_id = $1 AND (
            created_at < $2 AND NOT type = ANY($4) OR created_at < $3) ORDER BY id LIMIT $5),
    gone AS (
        DELETE FROM accounts_hookevent e USING old WHERE e.team_id = $1 AND e.id = old.id RETURNING 1)
    SELECT count(*) FROM gone
"""


def forget_old() -> None:
    """In every team, some thousands a transaction."""
    for team_id in doors.teams().values():
        while _forget(team_id, timezone.now()) == AT_ONCE:
            pass


def _forget(team_id: int, now: datetime) -> int:
    with scope(team_id):
        ((gone,),) = ask(FORGET, team_id, now - KEPT, now - KEPT_OF_CONSENT, list(CONSENT), AT_ONCE)
    return int(gone)
