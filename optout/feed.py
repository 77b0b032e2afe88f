"""Feed of a team's ledger: all entries in one fixed order, for programs that continue where they stopped."""

from functools import cache
from typing import Any, NamedTuple

from django.db.models import Max

from kernel.sql import fetch, instance_from_row
from optout.models import ConsentEvent, FeedEntry
from optout.number_locks import lock_key

MAX_PAGE = 500  # entries
TOPIC = "feed"  # of the change tokens for which readers wait

# The statement runs under a lock of its own and begins after the lock was taken: entries that are committed by then get
# the next positions, and entries that commit later get later positions.
_ASSIGN_POSITIONS = """
    WITH waiting AS (
      SELECT id, row_number() OVER (ORDER BY event_id) AS rank
      FROM (SELECT id, event_id FROM optout_feedentry WHERE team_id = $1 AND position IS NULL
            ORDER BY event_id LIMIT $2) AS first),
    newest AS (SELECT coalesce(max(position), 0) AS position FROM optout_feedentry WHERE team_id = $1),
    numbered AS (
      UPDATE optout_feedentry AS entry SET position = newest.position + waiting.rank
      FROM waiting, newest WHERE entry.team_id = $1 AND entry.id = waiting.id RETURNING 1)
    SELECT count(*) FROM numbered
"""


class NumberedEntry(NamedTuple):
    """A ledger entry with its position in the feed."""

    position: int
    event: ConsentEvent


def read_feed(team_id: int, position: int, limit: int = MAX_PAGE) -> list[NumberedEntry]:
    """Up to `limit` entries behind this position (0: the beginning), in the scope of the team.

    The entries of one number have the order of its ledger. Reading assigns positions to new entries, at most to a page
    of them, so that every page costs the same. The positions are final once the scope has committed.
    """
    page = _read_page(team_id, position, limit)
    if len(page) < limit:
        assign_positions(team_id, limit - len(page))
        page = _read_page(team_id, position, limit)
    return page


def assign_positions(team_id: int, most: int) -> int:
    """Assign positions to up to so many entries that have none, in the scope of the team. Returns to how many."""
    # No canonical number begins with a space, so this is no number's lock.
    fetch("SELECT pg_advisory_xact_lock($1::bigint)", lock_key(team_id, " feed"))
    ((assigned,),) = fetch(_ASSIGN_POSITIONS, team_id, most)
    return int(assigned)


def newest_position(team_id: int) -> int:
    """The newest assigned position, in the scope of the team; 0 without any."""
    rows = FeedEntry.objects.filter(team_id=team_id, position__isnull=False)
    return rows.aggregate(newest=Max("position"))["newest"] or 0


def end_position(team_id: int) -> int:
    """The position of the newest committed entry, in the scope of the team, after all have got one."""
    while assign_positions(team_id, MAX_PAGE):
        pass
    return newest_position(team_id)


def position_of(team_id: int, event_id: int) -> int | None:
    """The position of a committed entry, in the scope of the team. It is assigned if the entry has none yet."""
    rows = FeedEntry.objects.filter(team_id=team_id, event_id=event_id).values_list("position", flat=True)
    while (position := rows.first()) is None and assign_positions(team_id, MAX_PAGE):
        pass
    return position


def _read_page(team_id: int, position: int, limit: int) -> list[NumberedEntry]:
    statement, fields = _page_query()
    return [
        NumberedEntry(row[0], instance_from_row(ConsentEvent, fields, row[1:]))
        for row in fetch(statement, team_id, position, limit)
    ]


@cache
def _page_query() -> tuple[str, list[Any]]:
    fields = list(ConsentEvent._meta.concrete_fields)
    columns = ", ".join(f"event.{field.column}" for field in fields)
    return (
        f"SELECT entry.position, {columns} FROM optout_feedentry AS entry"
        " JOIN optout_consentevent AS event ON event.team_id = $1 AND event.id = entry.event_id"
        " WHERE entry.team_id = $1 AND entry.position > $2 ORDER BY entry.position LIMIT $3"
    ), fields
