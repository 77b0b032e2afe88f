"""An endpoint is switched off and on; what it was not told waits meanwhile, and then goes out in order."""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from accounts.hooks import outbox
from accounts.hooks.models import OPEN, Delivery, DeliveryState, Endpoint
from accounts.statements import ask

# All of them, in the order of their ids, as everybody who locks several deliveries does.
_THESE = """
    SELECT id FROM accounts_delivery WHERE team_id = $1 AND endpoint_id = $2 AND {which} ORDER BY id FOR NO KEY UPDATE
"""
PARK = f"""
    UPDATE accounts_delivery SET state = 'waiting', due_at = NULL WHERE team_id = $1 AND id IN (
        {_THESE.format(which="state IN ('waiting', 'sending')")})
"""
LOCK = _THESE.format(which="id = ANY($3)")
# Once they are locked: what was erased until then stays so.
BEGIN_ANEW = """
    UPDATE accounts_delivery d SET state = 'waiting', due_at = $2, tries = 0, first_tried_at = NULL, outcome = ''
    FROM accounts_hookevent e WHERE d.team_id = $1 AND d.id = ANY($3) AND d.state <> 'erased'
    AND e.team_id = $1 AND e.id = d.event_id AND NOT (e.erased AND e.number = '') RETURNING d.id
"""
DELETE = f"DELETE FROM accounts_delivery WHERE team_id = $1 AND id IN ({_THESE.format(which='true')})"


def off(endpoint: Endpoint, reason: str, *, letter: bool = False) -> None:
    """Under the endpoint's row lock. With `letter`, owners and admins are told by mail, after the commit."""
    now = timezone.now()
    _save(
        endpoint, active=False, off_at=now, off_reason=reason[:300], rests_until=None,
        letter_due_at=now if letter else None,
    )  # fmt: skip
    ask(PARK, endpoint.team_id, endpoint.id)


def on(endpoint: Endpoint) -> int:
    """What waits goes out, oldest first, and what was given up is tried again before it; how many that are."""
    _save(endpoint, active=True, off_at=None, off_reason="", letter_due_at=None, failures=0, rests_until=None)
    waiting = Delivery.objects.filter(team_id=endpoint.team_id, endpoint_id=endpoint.id)
    ids = list(
        waiting.filter(state__in=(*OPEN, DeliveryState.FAILED)).order_by("id").values_list("id", flat=True)
    )
    return begin_anew(endpoint, ids)


def begin_anew(endpoint: Endpoint, ids: Sequence[int]) -> int:
    """Have these sent at once, as if they had never been tried; how many. Their tries so far stay on record."""
    _save(endpoint, failures=0, rests_until=None)
    ask(LOCK, endpoint.team_id, endpoint.id, list(ids))
    anew = ask(BEGIN_ANEW, endpoint.team_id, timezone.now(), list(ids))
    outbox.wake_on_commit(endpoint.team_id, endpoint.id)
    return len(anew)


def delete(endpoint: Endpoint) -> None:
    """With its deliveries, and the events that no other endpoint was told of; under its row lock, as claims are.

    The endpoint's row goes last, so that a text that arrives meanwhile waits for a moment only.
    """
    team_id = endpoint.team_id
    ask(DELETE, team_id, endpoint.id)
    ask(
        "DELETE FROM accounts_hookevent e WHERE e.team_id = $1 AND NOT EXISTS ("
        "SELECT FROM accounts_delivery d WHERE d.team_id = $1 AND d.event_id = e.id)",
        team_id,
    )
    endpoint.delete()


def _save(endpoint: Endpoint, **changes: Any) -> None:
    for name, value in changes.items():
        setattr(endpoint, name, value)
    endpoint.save(update_fields=list(changes))
