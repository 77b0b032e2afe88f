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

# In the order of their ids, as everybody who locks several deliveries does. $1 team, $2 numbers.
LOCK = """
    SELECT d.id FROM accounts_hookevent e JOIN accounts_delivery d ON d.team_id = $1 AND d.event_id = e.id
    WHERE e.team_id = $1 AND e.number = ANY($2) ORDER BY d.id FOR NO KEY UPDATE OF d
"""
ANSWERS = """
    UPDATE accounts_attempt a SET answer = '' WHERE a.team_id = $1 AND a.answer <> '' AND a.delivery_id IN (
        SELECT d.id FROM accounts_hookevent e JOIN accounts_delivery d ON d.team_id = $1 AND d.event_id = e.id
        WHERE e.team_id = $1 AND e.number = ANY($2))
"""
DELIVERIES = """
    UPDATE accounts_delivery d SET number = '', due_at = NULL,
        state = CASE WHEN d.state = 'delivered' THEN d.state ELSE 'erased' END
    FROM accounts_hookevent e WHERE e.team_id = $1 AND e.number = ANY($2) AND d.team_id = $1 AND d.event_id = e.id
    AND NOT (e.type = ANY($3) AND d.state IN ('waiting', 'sending', 'failed'))
"""
EVENTS = """
    WITH theirs AS (
        SELECT e.id, EXISTS (SELECT FROM accounts_delivery d WHERE d.team_id = $1 AND d.event_id = e.id
            AND d.state IN ('waiting', 'sending', 'failed')) AS open
        FROM accounts_hookevent e WHERE e.team_id = $1 AND e.number = ANY($2))
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


def erase(team_id: int, numbers: Sequence[str]) -> None:
    """Take some numbers and what was written with them out of the stored events, in the scope of the team."""
    wanted = list(numbers)
    ask(LOCK, team_id, wanted)
    ask(ANSWERS, team_id, wanted)
    ask(DELIVERIES, team_id, wanted, TOLD_ALL_THE_SAME)
    ask(EVENTS, team_id, wanted, WORDS)


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
