"""Advisory locks of numbers: every change of consent and every claim of a send holds its number's lock."""

import hashlib
from collections.abc import Iterable
from datetime import datetime

from kernel.sql import fetch

# Numbers that one transaction may lock: advisory locks live in PostgreSQL's shared memory.
MAX_LOCKED_NUMBERS = 500


def lock_key(team_id: int, number: str) -> int:
    """The 64-bit key of a number's lock. A transaction that takes several locks takes them in the order of keys."""
    digest = hashlib.blake2b(f"{team_id} {number}".encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, signed=True)


def lock_number(team_id: int, number: str) -> datetime:
    """Take the number's lock until the transaction ends. Returns the database's time after the lock was taken."""
    ((now,),) = fetch(
        "SELECT clock_timestamp() FROM (SELECT pg_advisory_xact_lock($1::bigint) OFFSET 0) AS taken",
        lock_key(team_id, number),
    )
    return now


def try_lock_numbers(team_id: int, numbers: Iterable[str]) -> set[str]:
    """Take the locks that are free, without waiting for the others. Returns the numbers whose locks it has."""
    keys = {number: lock_key(team_id, number) for number in numbers}
    rows = fetch(_TRY_LOCKS, list(keys.values()))
    taken = {key for (key,) in rows}
    return {number for number, key in keys.items() if key in taken}


_TRY_LOCKS = "SELECT key FROM unnest($1::bigint[]) AS key WHERE pg_try_advisory_xact_lock(key)"


def lock_numbers(team_id: int, numbers: Iterable[str]) -> datetime:
    """Take the locks of up to MAX_LOCKED_NUMBERS numbers, and return the time like `lock_number`.

    Call it once per transaction: the locks of two calls could be taken in the opposite order by another transaction.
    Raises ValueError if there are more numbers.
    """
    keys = sorted({lock_key(team_id, number) for number in numbers})
    if len(keys) > MAX_LOCKED_NUMBERS:
        raise ValueError(f"{len(keys)} numbers at once; at most {MAX_LOCKED_NUMBERS}")
    fetch("SELECT pg_advisory_xact_lock(key) FROM unnest($1::bigint[]) AS key", keys)
    ((now,),) = fetch("SELECT clock_timestamp()")
    return now
