"""FIXME module docstring."""

from datetime import datetime, timedelta

from django.utils import timezone

from accounts import scope_lookups
from kernel.sql import fetch
from kernel.tenancy import scope
from webhooks.models import CONSENT_TYPES

KEPT = timedelta(days=30)


KEPT_OF_CONSENT = timedelta(days=365)  # that a system was told of an opt-out, and when


AT_ONCE = 5000


# Deliveries and tries go with their event. What waits for so long is for an endpoint that nobody switched on again.
FORGET = """
    WITH old AS (
        SELECT id FROM webhooks_webhookevent WHERE team_id = $1 AND (
            created_at < $2 AND NOT type = ANY($4) OR created_at < $3) ORDER BY id LIMIT $5),
    gone AS (
        DELETE FROM webhooks_webhookevent e USING old WHERE e.team_id = $1 AND e.id = old.id RETURNING 1)
    SELECT count(*) FROM gone
"""


def delete_old_events() -> None:
    """In every team, some thousands a transaction."""
    for team_id in scope_lookups.team_ids_by_slug().values():
        while _forget(team_id, timezone.now()) == AT_ONCE:
            pass


def _forget(team_id: int, now: datetime) -> int:
    with scope(team_id):
        ((gone,),) = fetch(FORGET, team_id, now - KEPT, now - KEPT_OF_CONSENT, list(CONSENT_TYPES), AT_ONCE)
    return int(gone)
