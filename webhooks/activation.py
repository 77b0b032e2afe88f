"""An endpoint is switched off and on; what it was not told waits meanwhile, and then goes out in order."""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from kernel.sql import fetch
from webhooks import outbox
from webhooks.models import OPEN_STATES, Delivery, DeliveryState, Endpoint

# All of them, in the order of their ids, as everybody who locks several deliveries does.
_THESE = """
    SELECT id FROM webhooks_delivery WHERE team_id = $1 AND endpoint_id = $2 AND {which} ORDER BY id FOR NO KEY UPDATE
"""
PARK = f"""
    UPDATE webhooks_delivery SET state = 'waiting', due_at = NULL WHERE team_id = $1 AND id IN (
        {_THESE.format(which="state IN ('waiting', 'sending')")})
"""
LOCK = _THESE.format(which="id = ANY($3)")
# Once they are locked: what was erased until then stays so.
RESTART = """
    UPDATE webhooks_delivery d SET state = 'waiting', due_at = $2, attempt_count = 0, first_attempt_at = NULL, outcome = ''
    FROM webhooks_webhookevent e WHERE d.team_id = $1 AND d.id = ANY($3) AND d.state <> 'erased'
    AND e.team_id = $1 AND e.id = d.event_id AND NOT (e.erased AND e.number = '') RETURNING d.id
"""
DELETE = f"DELETE FROM webhooks_delivery WHERE team_id = $1 AND id IN ({_THESE.format(which='true')})"


def deactivate(endpoint: Endpoint, reason: str, *, letter: bool = False) -> None:
    """Under the endpoint's row lock. With `letter`, owners and admins are told by mail, after the commit."""
    now = timezone.now()
    _save(
        endpoint, active=False, deactivated_at=now, deactivation_reason=reason[:300], paused_until=None,
        disabled_email_due_at=now if letter else None,
    )  # fmt: skip
    fetch(PARK, endpoint.team_id, endpoint.id)


def activate(endpoint: Endpoint) -> int:
    """What waits goes out, oldest first, and what was given up is tried again before it; how many that are."""
    _save(
        endpoint,
        active=True,
        deactivated_at=None,
        deactivation_reason="",
        disabled_email_due_at=None,
        failures=0,
        paused_until=None,
    )
    waiting = Delivery.objects.filter(team_id=endpoint.team_id, endpoint_id=endpoint.id)
    ids = list(
        waiting.filter(state__in=(*OPEN_STATES, DeliveryState.FAILED))
        .order_by("id")
        .values_list("id", flat=True)
    )
    return restart_deliveries(endpoint, ids)


def restart_deliveries(endpoint: Endpoint, ids: Sequence[int]) -> int:
    """Have these sent at once, as if they had never been tried; how many. Their attempt_count so far stay on record."""
    _save(endpoint, failures=0, paused_until=None)
    fetch(LOCK, endpoint.team_id, endpoint.id, list(ids))
    anew = fetch(RESTART, endpoint.team_id, timezone.now(), list(ids))
    outbox.wake_on_commit(endpoint.team_id, endpoint.id)
    return len(anew)


def delete_endpoint(endpoint: Endpoint) -> None:
    """With its deliveries, and the events that no other endpoint was told of; under its row lock, as claims are.

    The endpoint's row goes last, so that a text that arrives meanwhile waits for a moment only.
    """
    team_id = endpoint.team_id
    fetch(DELETE, team_id, endpoint.id)
    fetch(
        "DELETE FROM webhooks_webhookevent e WHERE e.team_id = $1 AND NOT EXISTS ("
        "SELECT FROM webhooks_delivery d WHERE d.team_id = $1 AND d.event_id = e.id)",
        team_id,
    )
    endpoint.delete()


def _save(endpoint: Endpoint, **changes: Any) -> None:
    for name, value in changes.items():
        setattr(endpoint, name, value)
    endpoint.save(update_fields=list(changes))


def lock_endpoint(team_id: int, endpoint_id: int) -> Endpoint | None:
    """Weakly: whoever writes new deliveries for it need not wait."""
    found = Endpoint.objects.select_for_update(no_key=True)
    return found.filter(team_id=team_id, id=endpoint_id).first()
