"""Every line of a team's ledger in one order that never changes, for programs that read on from where they stopped."""

from functools import cache
from typing import Any, NamedTuple

from kernel.sql import fetch, instance_from_row
from optout.models import ConsentEvent
from optout.number_locks import lock_key

MAX_PAGE = 500  # lines of a page

# Numbered under a lock of its own, by a statement that begins after it is granted: what is committed by then gets the
# next positions, and what commits later gets later ones.
_NUMBER = """
    WITH waiting AS (
      SELECT id, row_number() OVER (ORDER BY event_id) AS place
      FROM (SELECT id, event_id FROM optout_feedentry WHERE team_id = $1 AND position IS NULL
            ORDER BY event_id LIMIT $2) AS first),
    newest AS (SELECT coalesce(max(position), 0) AS position FROM optout_feedentry WHERE team_id = $1)
    UPDATE optout_feedentry AS entry SET position = newest.position + waiting.place
    FROM waiting, newest WHERE entry.team_id = $1 AND entry.id = waiting.id
"""


class NumberedEntry(NamedTuple):
    position: int
    event: ConsentEvent


def read_feed(team_id: int, position: int, most: int = MAX_PAGE) -> list[NumberedEntry]:
    """The lines behind this position (0: the beginning), at most so many, in the scope of the team.

    The lines of one number come in the order of its ledger. Reading numbers what is new, at most a page of it, so that
    a page costs the same wherever it stands. The positions hold once the scope has committed.
    """
    found = _read(team_id, position, most)
    if len(found) < most:
        # No canonical number begins with a blank, so this is nobody's lock.
        fetch("SELECT pg_advisory_xact_lock($1::bigint)", lock_key(team_id, " feed"))
        fetch(_NUMBER, team_id, most - len(found))
        found = _read(team_id, position, most)
    return found


def _read(team_id: int, position: int, most: int) -> list[NumberedEntry]:
    question, fields = _page_query()
    return [
        NumberedEntry(row[0], instance_from_row(ConsentEvent, fields, row[1:]))
        for row in fetch(question, team_id, position, most)
    ]


@cache
def _page_query() -> tuple[str, list[Any]]:
    fields = list(ConsentEvent._meta.concrete_fields)
    columns = ", ".join(f"line.{field.column}" for field in fields)
    return (
        f"SELECT entry.position, {columns} FROM optout_feedentry AS entry"
        " JOIN optout_consentevent AS line ON line.team_id = $1 AND line.id = entry.event_id"
        " WHERE entry.team_id = $1 AND entry.position > $2 ORDER BY entry.position LIMIT $3"
    ), fields
