"""Outbox: events and their deliveries, written in the transaction of the change, for the endpoints that want them."""

import logging
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from celery import current_app
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError
from psycopg.types.json import Json

from kernel.background import BatchQueue
from kernel.combined_inserts import one_or_parts
from kernel.distribution.shards import on_shards
from kernel.sql import fetch
from webhooks.models import CONSENT_TYPES, Endpoint, EventType

log = logging.getLogger(__name__)

# The event types that a team's endpoints want; $1 is the team. Cheap enough to be part of another query.
WANTED_TYPES_SQL = "ARRAY(SELECT unnest(events) FROM webhooks_endpoint WHERE team_id = $1 AND active)"


@dataclass(frozen=True)
class Event:
    """Something that happened. `position` is the position of the ledger entry, for a change of standing.

    `erased`: the number is erased from the stored event after its delivery.
    """

    type: EventType
    number: str
    data: dict[str, Any]
    position: int | None = None
    erased: bool = False

    def row(self) -> dict[str, Any]:
        return {**asdict(self), "uid": f"evt_{secrets.token_hex(12)}"}


def wanted_types(team_id: int) -> frozenset[str]:
    """The event types that the team's active endpoints want."""
    ((types,),) = fetch(f"SELECT {WANTED_TYPES_SQL}", team_id)
    return frozenset(types)


# FOR KEY SHARE, which the foreign key takes anyway, waits for an endpoint that is being deleted and then ignores it.
# IDs are assigned in the order of the events.
_LOCKED = (
    "SELECT id, events, condition FROM webhooks_endpoint WHERE team_id = $1 AND {condition} FOR KEY SHARE"
)
_EVENTS = """
    INSERT INTO webhooks_webhookevent (
        team_id, uid, type, number, data, contact_id, merged_into, position, erased, created_at)
    {given} SELECT $1, e.uid, e.type, e.number, e.data, (e.data ->> 'contact_id')::bigint,
        (e.data #>> '{{merged_into,contact_id}}')::bigint, e.position, e.erased, $3
    FROM ROWS FROM (json_to_recordset($2) AS (
        uid text, type text, number text, data json, position integer, erased boolean
    )) WITH ORDINALITY AS e (uid, type, number, data, position, erased, ordinal)
    WHERE EXISTS (SELECT FROM endpoint p WHERE {wanted}) ORDER BY e.ordinal RETURNING id, type, number, data
"""
_DELIVERIES = """
    INSERT INTO webhooks_delivery (
        team_id, endpoint_id, event_id, number, state, attempt_count, due_at, outcome, created_at, urgent)
    {given} SELECT $1, p.id, e.id, e.number, 'waiting', 0, $3, '', $3, e.type IN ({urgent})
    FROM event e JOIN endpoint p ON {wanted} ORDER BY e.id, p.id RETURNING endpoint_id, id
"""
# By the IDs of those that are locked, $4, and of the events that were written, $2.
_GIVEN_ENDPOINTS = """endpoint AS MATERIALIZED (
        SELECT id, events, condition FROM webhooks_endpoint WHERE team_id = $1 AND id = ANY($4::bigint[]))"""
_GIVEN_EVENTS = """event AS MATERIALIZED (
        SELECT id, type, number, data FROM webhooks_webhookevent WHERE team_id = $1 AND id = ANY($2::bigint[]))"""
_URGENT = ", ".join(f"'{kind}'" for kind in CONSENT_TYPES)
_WANTED = "e.type = ANY(p.events) AND (p.condition IS NULL OR e.data::jsonb @> p.condition)"


class _Recording:
    """Events for the endpoints that are `condition`: in one statement, or in several (kernel.combined_inserts)."""

    def __init__(self, condition: str, wanted: str) -> None:
        def sql(statement: str, given: str = "") -> str:
            given = given and f"WITH {given}"
            return statement.format(condition=condition, wanted=wanted, urgent=_URGENT, given=given)

        endpoint, event = sql(_LOCKED), sql(_EVENTS)
        self.together = f"WITH endpoint AS MATERIALIZED ({endpoint}), event AS ({event}) {sql(_DELIVERIES)}"
        self.lock, self.events = endpoint.replace("$4", "$2"), sql(_EVENTS, _GIVEN_ENDPOINTS)
        self.deliveries = sql(_DELIVERIES, f"{_GIVEN_EVENTS}, {_GIVEN_ENDPOINTS}")

    def record(self, team_id: int, events: Json, *values: int) -> list[tuple[int, int]]:
        """The endpoint's ID and the delivery's, of each delivery."""
        deliveries: Any = fetch(on_shards(self.together), team_id, events, timezone.now(), *values)
        return list(deliveries)

    def record_in_parts(self, team_id: int, events: Json, *values: int) -> list[tuple[int, int]]:
        now, endpoints = timezone.now(), [id for id, *_ in fetch(self.lock, team_id, *values)]
        ids = [id for id, *_ in fetch(self.events, team_id, events, now, endpoints)] if endpoints else []
        deliveries: Any = fetch(self.deliveries, team_id, ids, now, endpoints) if ids else []
        return list(deliveries)


_FOR_ALL, _FOR_ONE = _Recording("active", _WANTED), _Recording("id = $4", "true")


def record_events(team_id: int, events: Iterable[Event]) -> None:
    """Write events in their order, in the scope of the team; one round trip for all of them.

    Events that no endpoint wants are not written.
    """
    if rows := list(events):
        _record(team_id, _FOR_ALL, rows)


def record_for_endpoint(team_id: int, endpoint_id: int, event: Event) -> int:
    """Write an event for one endpoint, even if it does not want this type; the delivery's ID."""
    return _record(team_id, _FOR_ONE, [event], endpoint_id)[0][1]


def record_test(endpoint: Endpoint, sender: str) -> int:
    """Write a test event for one endpoint, which is about nothing that happened; the delivery's ID."""
    data = {"message": f"A test of {endpoint.name}, sent by {sender}."}
    return record_for_endpoint(endpoint.team_id, endpoint.id, Event(EventType.TEST, "", data))


def _record(
    team_id: int, recording: _Recording, events: Sequence[Event], *values: int
) -> list[tuple[int, int]]:
    rows = Json([event.row() for event in events])
    record = one_or_parts(recording.record, recording.record_in_parts)
    deliveries = record(team_id, rows, *values)
    for endpoint_id in {endpoint_id for endpoint_id, _ in deliveries}:
        wake_on_commit(team_id, endpoint_id)
    return deliveries


# -- wake workers -----------------------------------------------------------------------------------------------


def wake_on_commit(team_id: int, endpoint_id: int) -> None:
    transaction.on_commit(lambda: wake(team_id, endpoint_id))


def wake(team_id: int, endpoint_id: int) -> None:
    """Wake a worker to deliver, in the background. Without a broker, the sweep finds the deliveries later."""
    wake_queue.put((team_id, endpoint_id))


def _publish(endpoints: list[tuple[int, int]]) -> None:
    try:
        for endpoint in sorted(set(endpoints)):
            current_app.send_task("webhooks.tasks.deliver_webhooks", endpoint, queue="webhooks", expires=10)
    except OperationalError as error:
        log.warning("webhook workers not woken for endpoints %s (team, id): %s", endpoints, error)


wake_queue: BatchQueue[tuple[int, int]] = BatchQueue(_publish)
