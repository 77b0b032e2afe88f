"""What is known about a number at one moment, and the lock under which it stays so."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import NamedTuple

from kernel.sql import fetch, instance_from_row
from optout.models import Standing, Suppression
from webhooks import outbox


class LastEntry(NamedTuple):
    """What is needed of a number's newest line in the ledger, to write the one after it."""

    position: int
    hash: str


@dataclass(frozen=True)
class NumberState:
    """What is known about a number at one moment of the database's clock; in whichever inbox."""

    now: datetime
    standing: Standing
    last_entry: LastEntry | None
    wanted_event_types: frozenset[str] = (
        frozenset()
    )  # types of event that others are to be told of: see accounts.hooks


# -- the lock ----------------------------------------------------------------------------------------------------


# -- what is known -----------------------------------------------------------------------------------------------


def standing(team_id: int, number: str, inbox_id: int | None = None) -> Standing:
    """The standing of a number in one inbox; without one, what holds in all of them."""
    return standing_across_inboxes(team_id, number).in_inbox(inbox_id)


def standing_across_inboxes(team_id: int, number: str) -> Standing:
    """Every row about a number, in whichever inbox."""
    return Standing.of(number, Suppression.select_rows("team_id = $1 AND number = $2", team_id, number))


def standings(team_id: int, numbers: Iterable[str]) -> dict[str, Standing]:
    """What stands on each of these numbers, however many; one that is active in every inbox is not in it."""
    rows: dict[str, list[Suppression]] = {}
    for row in Suppression.select_rows("team_id = $1 AND number = ANY($2::text[])", team_id, list(numbers)):
        rows.setdefault(row.number, []).append(row)
    return {number: Standing.of(number, of_number) for number, of_number in rows.items()}


def fetch_number_state(team_id: int, number: str) -> NumberState:
    """Every row about a number with its newest line, in one round trip; under its lock this is what a change needs."""
    rows = fetch(_number_state_statement(), team_id, number)
    fields = Suppression._meta.concrete_fields
    standing = Standing.of(
        number, (instance_from_row(Suppression, fields, row[4:]) for row in rows if row[4] is not None)
    )
    now, position, hash, wanted = rows[0][:4]
    return NumberState(now, standing, LastEntry(position, hash) if position else None, frozenset(wanted))


@cache
def _number_state_statement() -> str:
    columns = ", ".join(f"s.{field.column}" for field in Suppression._meta.concrete_fields)
    return (
        f"SELECT clock_timestamp(), e.position, e.hash, {outbox.WANTED_TYPES_SQL}, {columns} FROM (SELECT 1) AS one"
        " LEFT JOIN LATERAL (SELECT position, hash FROM optout_consentevent"
        " WHERE team_id = $1 AND number = $2 ORDER BY position DESC LIMIT 1) AS e ON true"
        " LEFT JOIN optout_suppression AS s ON s.team_id = $1 AND s.number = $2"
    )


def fetch_number_states(team_id: int, numbers: Iterable[str], now: datetime) -> dict[str, NumberState]:
    """The same of several numbers, in three round trips; `now` is when their locks were taken."""
    wanted = list(dict.fromkeys(numbers))
    stand = standings(team_id, wanted)
    newest = {
        number: LastEntry(position, hash)
        for number, position, hash in fetch(
            "SELECT DISTINCT ON (number) number, position, hash FROM optout_consentevent"
            " WHERE team_id = $1 AND number = ANY($2::text[]) ORDER BY number, position DESC",
            team_id,
            wanted,
        )
    }
    told = outbox.wanted_types(team_id)
    return {
        number: NumberState(now, stand.get(number, Standing(number)), newest.get(number), told)
        for number in wanted
    }
