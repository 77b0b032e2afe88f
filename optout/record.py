"""What is known about a number at one moment, and the lock under which it stays so."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import NamedTuple

from accounts.hooks import outbox
from accounts.statements import ask, from_row
from optout.models import Standing, Suppression

# Numbers that one transaction may lock: advisory locks live in shared memory.
MOST = 500


class Newest(NamedTuple):
    """What is needed of a number's newest line in the ledger, to write the one after it."""

    position: int
    hash: str


@dataclass(frozen=True)
class Record:
    """What is known about a number at one moment of the database's clock; in whichever inbox."""

    now: datetime
    standing: Standing
    newest: Newest | None
    wanted: frozenset[str] = frozenset()  # types of event that others are to be told of: see accounts.hooks


# -- the lock ----------------------------------------------------------------------------------------------------


def lock_key(team_id: int, number: str) -> int:
    """The 64-bit key of a number's advisory lock. Who takes several takes them in the order of their keys."""
    digest = hashlib.blake2b(f"{team_id} {number}".encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, signed=True)


def lock(team_id: int, number: str) -> datetime:
    """Take the number's lock until the transaction ends; returns the database's time once it is ours."""
    ((now,),) = ask(
        "SELECT clock_timestamp() FROM (SELECT pg_advisory_xact_lock($1::bigint) OFFSET 0) AS taken",
        lock_key(team_id, number),
    )
    return now


def lock_many(team_id: int, numbers: Iterable[str]) -> datetime:
    """Take the locks of up to MOST numbers in the order of their keys, once a transaction; the time once they are ours.

    Raises ValueError for more. A second call in one transaction could meet another one's in the opposite order.
    """
    keys = sorted({lock_key(team_id, number) for number in numbers})
    if len(keys) > MOST:
        raise ValueError(f"{len(keys)} numbers at once; at most {MOST}")
    ask("SELECT pg_advisory_xact_lock(key) FROM unnest($1::bigint[]) AS key", keys)
    ((now,),) = ask("SELECT clock_timestamp()")
    return now


# -- what is known -----------------------------------------------------------------------------------------------


def standing(team_id: int, number: str, inbox_id: int | None = None) -> Standing:
    """The standing of a number in one inbox; without one, what holds in all of them."""
    return everywhere(team_id, number).in_inbox(inbox_id)


def everywhere(team_id: int, number: str) -> Standing:
    """Every row about a number, in whichever inbox."""
    return Standing.of(number, Suppression.read("team_id = $1 AND number = $2", team_id, number))


def standings(team_id: int, numbers: Iterable[str]) -> dict[str, Standing]:
    """What stands on each of these numbers, however many; one that is active in every inbox is not in it."""
    rows: dict[str, list[Suppression]] = {}
    for row in Suppression.read("team_id = $1 AND number = ANY($2::text[])", team_id, list(numbers)):
        rows.setdefault(row.number, []).append(row)
    return {number: Standing.of(number, of_number) for number, of_number in rows.items()}


def record(team_id: int, number: str) -> Record:
    """Every row about a number with its newest line, in one round trip; under its lock this is what a change needs."""
    rows = ask(_record_statement(), team_id, number)
    fields = Suppression._meta.concrete_fields
    standing = Standing.of(
        number, (from_row(Suppression, fields, row[4:]) for row in rows if row[4] is not None)
    )
    now, position, hash, wanted = rows[0][:4]
    return Record(now, standing, Newest(position, hash) if position else None, frozenset(wanted))


@cache
def _record_statement() -> str:
    columns = ", ".join(f"s.{field.column}" for field in Suppression._meta.concrete_fields)
    return (
        f"SELECT clock_timestamp(), e.position, e.hash, {outbox.WANTED}, {columns} FROM (SELECT 1) AS one"
        " LEFT JOIN LATERAL (SELECT position, hash FROM optout_consentevent"
        " WHERE team_id = $1 AND number = $2 ORDER BY position DESC LIMIT 1) AS e ON true"
        " LEFT JOIN optout_suppression AS s ON s.team_id = $1 AND s.number = $2"
    )


def records(team_id: int, numbers: Iterable[str], now: datetime) -> dict[str, Record]:
    """The same of several numbers, in three round trips; `now` is when their locks were taken."""
    wanted = list(dict.fromkeys(numbers))
    stand = standings(team_id, wanted)
    newest = {
        number: Newest(position, hash)
        for number, position, hash in ask(
            "SELECT DISTINCT ON (number) number, position, hash FROM optout_consentevent"
            " WHERE team_id = $1 AND number = ANY($2::text[]) ORDER BY number, position DESC",
            team_id,
            wanted,
        )
    }
    told = outbox.wanted(team_id)
    return {
        number: Record(now, stand.get(number, Standing(number)), newest.get(number), told)
        for number in wanted
    }
