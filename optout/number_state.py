"""State of a number: its standing and its last ledger entry. Under the number's lock the state cannot change."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from kernel.distribution.shards import on_shards
from kernel.sql import fetch, instance_from_row
from optout.models import Standing, Suppression
from optout.reviews import Review
from webhooks import outbox


class LastEntry(NamedTuple):
    """The parts of a number's newest ledger entry that the next entry refers to."""

    position: int
    hash: str


@dataclass(frozen=True)
class NumberState:
    """The state of a number, across all inboxes, at one moment of the database's clock."""

    now: datetime
    standing: Standing
    last_entry: LastEntry | None
    wanted_event_types: frozenset[str] = frozenset()  # that the team's endpoints receive
    has_open_reviews: bool = False
    has_links: bool = False  # whether opt-outs apply to linked teams; not read for several numbers


def standing(team_id: int, number: str, inbox_id: int | None = None) -> Standing:
    """The standing of a number in one inbox; with None, what applies to all inboxes."""
    return standing_across_inboxes(team_id, number).in_inbox(inbox_id)


def standing_across_inboxes(team_id: int, number: str) -> Standing:
    """All suppressions of a number, in any inbox."""
    return Standing.of(number, Suppression.select_rows("team_id = $1 AND number = $2", team_id, number))


def standings(team_id: int, numbers: Iterable[str]) -> dict[str, Standing]:
    """The standings across inboxes of any count of numbers. Numbers without suppressions are absent."""
    rows: dict[str, list[Suppression]] = {}
    for row in Suppression.select_rows("team_id = $1 AND number = ANY($2::text[])", team_id, list(numbers)):
        rows.setdefault(row.number, []).append(row)
    return {number: Standing.of(number, rows_of_number) for number, rows_of_number in rows.items()}


def fetch_number_state(team_id: int, number: str) -> NumberState:
    """Fetch the state in one round trip. A change of consent needs it under the number's lock."""
    return fetch_states_together(team_id, [number])[0]


def fetch_states_together(team_id: int, numbers: Sequence[str]) -> list[NumberState]:
    """`fetch_number_state` for different numbers, in their order and in one round trip."""
    rows: dict[str, list[Any]] = {number: [] for number in numbers}
    for row in fetch(on_shards(_number_states_statement()), team_id, numbers):
        rows[row[0]].append(row[1:])
    return [_number_state(number, rows[number]) for number in numbers]


def _number_state(number: str, rows: Sequence[Any]) -> NumberState:
    fields = Suppression._meta.concrete_fields
    standing = Standing.of(
        number, (instance_from_row(Suppression, fields, row[6:]) for row in rows if row[6] is not None)
    )
    now, position, hash, event_types, has_open_reviews, has_links = rows[0][:6]
    last_entry = LastEntry(position, hash) if position else None
    return NumberState(now, standing, last_entry, frozenset(event_types), has_open_reviews, has_links)


@cache
def _number_states_statement() -> str:
    columns = ", ".join(str(field.column) for field in Suppression._meta.concrete_fields)
    return (
        f"SELECT n.number, clock_timestamp(), e.position, e.hash, {outbox.WANTED_TYPES_SQL},"
        " EXISTS (SELECT FROM optout_review WHERE team_id = $1 AND number = n.number AND outcome = 'open'),"
        " EXISTS (SELECT FROM optout_teamlink WHERE team_id = $1),"
        " s.* FROM unnest($2::text[]) AS n(number)"
        " LEFT JOIN LATERAL (SELECT position, hash FROM optout_consentevent"
        " WHERE team_id = $1 AND number = n.number ORDER BY position DESC LIMIT 1) AS e ON true"
        # OFFSET keeps PostgreSQL from reading all suppressions of the team for a few numbers.
        f" LEFT JOIN LATERAL (SELECT {columns} FROM optout_suppression"
        " WHERE team_id = $1 AND number = n.number OFFSET 0) AS s ON true"
    )


def fetch_number_states(team_id: int, numbers: Iterable[str], now: datetime) -> dict[str, NumberState]:
    """Fetch the states of several numbers in four round trips; `now` is the time when their locks were taken."""
    numbers = list(dict.fromkeys(numbers))
    standing_of = standings(team_id, numbers)
    last_entry_of = {
        number: LastEntry(position, hash)
        for number, position, hash in fetch(
            "SELECT DISTINCT ON (number) number, position, hash FROM optout_consentevent"
            " WHERE team_id = $1 AND number = ANY($2::text[]) ORDER BY number, position DESC",
            team_id,
            numbers,
        )
    }
    event_types = outbox.wanted_types(team_id)
    under_review = Review.objects.open().filter(team_id=team_id, number__in=numbers)
    with_reviews = set(under_review.values_list("number", flat=True))
    return {
        number: NumberState(
            now,
            standing_of.get(number, Standing(number)),
            last_entry_of.get(number),
            event_types,
            number in with_reviews,
        )
        for number in numbers
    }
