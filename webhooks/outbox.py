"""Events go into the outbox in the transaction of what happened, for the endpoints that want them and no others."""

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
from kernel.sql import fetch
from webhooks.models import EventType

log = logging.getLogger(__name__)

# The types that some endpoint of a team wants; $1 is the team. Cheap enough to be asked along with something else.
WANTED_TYPES_SQL = "ARRAY(SELECT unnest(events) FROM webhooks_endpoint WHERE team_id = $1 AND active)"


@dataclass(frozen=True)
class Event:
    """Something that happened; `position` is that of a line of the ledger.

    `erased`: the number goes from its stored event once it was told.
    """

    type: EventType
    number: str
    data: dict[str, Any]
    position: int | None = None
    erased: bool = False

    def row(self) -> dict[str, Any]:
        return {**asdict(self), "uid": f"evt_{secrets.token_hex(12)}"}


def wanted_types(team_id: int) -> frozenset[str]:
    """The types of event that the team's endpoints want now."""
    ((types,),) = fetch(f"SELECT {WANTED_TYPES_SQL}", team_id)
    return frozenset(types)


# FOR KEY SHARE, which the foreign key takes anyway: an endpoint that is being deleted is waited for, and is not there.
# Ids are drawn in the order in which the events are given.
_RECORD = """
    WITH listening AS MATERIALIZED (
        SELECT id, events FROM webhooks_endpoint WHERE team_id = $1 AND {which} FOR KEY SHARE),
    told AS (
        INSERT INTO webhooks_webhookevent (
            team_id, uid, type, number, data, contact_id, merged_into, position, erased, created_at)
        SELECT $1, e.uid, e.type, e.number, e.data, (e.data ->> 'contact_id')::bigint,
            (e.data #>> '{{merged_into,contact_id}}')::bigint, e.position, e.erased, $3
        FROM ROWS FROM (json_to_recordset($2) AS (
            uid text, type text, number text, data json, position integer, erased boolean
        )) WITH ORDINALITY AS e (uid, type, number, data, position, erased, place)
        WHERE EXISTS (SELECT FROM listening l WHERE {wants}) ORDER BY e.place RETURNING id, type, number)
    INSERT INTO webhooks_delivery (team_id, endpoint_id, event_id, number, state, attempt_count, due_at, outcome, created_at)
    SELECT $1, l.id, e.id, e.number, 'waiting', 0, $3, '', $3
    FROM told e JOIN listening l ON {wants} ORDER BY e.id, l.id RETURNING endpoint_id, id
"""
RECORD = _RECORD.format(which="active", wants="e.type = ANY(l.events)")
RECORD_FOR = _RECORD.format(which="id = $4", wants="true")


def record_events(team_id: int, events: Iterable[Event]) -> None:
    """Write events that just happened, in the scope of the team and in their order: one round trip for all of them.

    Nothing is written of what no endpoint wants.
    """
    if found := list(events):
        _record(team_id, RECORD, found)


def record_for_endpoint(team_id: int, endpoint_id: int, event: Event) -> int:
    """Write an event for one endpoint, whatever it wants; the delivery's id."""
    return _record(team_id, RECORD_FOR, [event], endpoint_id)[0][1]


def _record(team_id: int, statement: str, events: Sequence[Event], *more: int) -> list[tuple[int, int]]:
    written: Any = fetch(statement, team_id, Json([event.row() for event in events]), timezone.now(), *more)
    for endpoint_id in {endpoint_id for endpoint_id, _ in written}:
        wake_on_commit(team_id, endpoint_id)
    return list(written)


# -- wake-up calls -----------------------------------------------------------------------------------------------


def wake_on_commit(team_id: int, endpoint_id: int) -> None:
    transaction.on_commit(lambda: wake(team_id, endpoint_id))


def wake(team_id: int, endpoint_id: int) -> None:
    """Ask a worker to deliver, in a moment. With no broker there nobody is woken, and the sweep finds the row."""
    wake_queue.put((team_id, endpoint_id))


def _publish(endpoints: list[tuple[int, int]]) -> None:
    try:
        for endpoint in sorted(set(endpoints)):
            current_app.send_task("webhooks.tasks.deliver_webhooks", endpoint, queue="webhooks", expires=10)
    except OperationalError as error:
        log.warning("nobody woken for endpoints %s (team, id): %s", endpoints, error)


wake_queue: BatchQueue[tuple[int, int]] = BatchQueue(_publish)
