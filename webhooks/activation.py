"""Activation of endpoints: turn off, turn on, restart deliveries, delete, and the endpoint's row lock."""

from collections.abc import Sequence

from django.utils import timezone

from accounts.audit.actions import AuditAction
from accounts.audit.recording import AuditActor
from accounts.models import Member
from kernel.sql import fetch
from webhooks.audit import SYSTEM, host_of, record_endpoint
from webhooks.models import OPEN_STATES, Delivery, DeliveryState, Endpoint
from webhooks.outbox import wake_on_commit

# Deliveries are always locked in the order of their IDs.
_LOCKED = """
    SELECT id FROM webhooks_delivery WHERE team_id = $1 AND endpoint_id = $2 AND {condition}
    ORDER BY id FOR NO KEY UPDATE
"""
PARK = f"""
    UPDATE webhooks_delivery SET state = 'waiting', due_at = NULL WHERE team_id = $1 AND id IN (
        {_LOCKED.format(condition="state IN ('waiting', 'sending')")})
"""
LOCK = _LOCKED.format(condition="id = ANY($3)")
# Runs after LOCK, so that deliveries that were erased in the meantime stay erased.
RESTART = """
    UPDATE webhooks_delivery d
    SET state = 'waiting', due_at = $2, attempt_count = 0, first_attempt_at = NULL, outcome = ''
    FROM webhooks_webhookevent e WHERE d.team_id = $1 AND d.id = ANY($3) AND d.state <> 'erased'
    AND e.team_id = $1 AND e.id = d.event_id AND NOT (e.erased AND e.number = '') RETURNING d.id
"""
DELETE = f"DELETE FROM webhooks_delivery WHERE team_id = $1 AND id IN ({_LOCKED.format(condition='true')})"
DELETE_UNUSED_EVENTS = """
    DELETE FROM webhooks_webhookevent e WHERE e.team_id = $1 AND NOT EXISTS (
        SELECT FROM webhooks_delivery d WHERE d.team_id = $1 AND d.event_id = e.id)
"""


def lock_endpoint(team_id: int, endpoint_id: int) -> Endpoint | None:
    """The endpoint, locked until the transaction ends. The weak lock does not block new deliveries for it."""
    endpoints = Endpoint.objects.select_for_update(no_key=True)
    return endpoints.filter(team_id=team_id, id=endpoint_id).first()


def deactivate(
    endpoint: Endpoint, reason: str, *, send_email: bool = False, by: Member | AuditActor = SYSTEM
) -> None:
    """Turn an endpoint off, under its row lock; `send_email` notifies owners and admins after the commit."""
    now = timezone.now()
    endpoint.update(
        active=False,
        deactivated_at=now,
        deactivation_reason=reason[:300],
        paused_until=None,
        disabled_email_due_at=now if send_email else None,
    )
    fetch(PARK, endpoint.team_id, endpoint.id)
    record_endpoint(endpoint, by, AuditAction.ENDPOINT_TURNED_OFF, reason=endpoint.deactivation_reason)


def activate(endpoint: Endpoint, *, by: Member | AuditActor) -> int:
    """Turn an endpoint on and send its waiting and failed deliveries, oldest first; the number of deliveries."""
    endpoint.update(active=True, deactivated_at=None, deactivation_reason="", disabled_email_due_at=None)
    unfinished = Delivery.objects.filter(
        team_id=endpoint.team_id, endpoint_id=endpoint.id, state__in=(*OPEN_STATES, DeliveryState.FAILED)
    )
    restarted = restart_deliveries(endpoint, list(unfinished.order_by("id").values_list("id", flat=True)))
    record_endpoint(endpoint, by, AuditAction.ENDPOINT_TURNED_ON)
    return restarted


def restart_deliveries(endpoint: Endpoint, ids: Sequence[int]) -> int:
    """Send these deliveries at once, as if never attempted; the number of deliveries. Past attempts stay on record."""
    endpoint.update(failures=0, paused_until=None)
    fetch(LOCK, endpoint.team_id, endpoint.id, list(ids))
    restarted = fetch(RESTART, endpoint.team_id, timezone.now(), list(ids))
    wake_on_commit(endpoint.team_id, endpoint.id)
    return len(restarted)


def delete_endpoint(endpoint: Endpoint, *, by: Member | AuditActor) -> None:
    """Delete an endpoint under its row lock, with its deliveries and the events that no other endpoint has.

    The endpoint's row is deleted last, so that an inbound text in the meantime waits only briefly.
    """
    record_endpoint(endpoint, by, AuditAction.ENDPOINT_DELETED, host=host_of(endpoint))
    fetch(DELETE, endpoint.team_id, endpoint.id)
    fetch(DELETE_UNUSED_EVENTS, endpoint.team_id)
    endpoint.delete()
