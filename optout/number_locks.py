"""FIXME module docstring."""

import hashlib
from collections.abc import Iterable
from datetime import datetime

from kernel.sql import fetch

# Numbers that one transaction may lock: advisory locks live in shared memory.
MAX_LOCKED_NUMBERS = 500


def lock_key(team_id: int, number: str) -> int:
    """The 64-bit key of a number's advisory lock. Who takes several takes them in the order of their keys."""
    digest = hashlib.blake2b(f"{team_id} {number}".encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, signed=True)


def lock_number(team_id: int, number: str) -> datetime:
    """Take the number's lock until the transaction ends; returns the database's time once it is ours."""
    ((now,),) = fetch(
        "SELECT clock_timestamp() FROM (SELECT pg_advisory_xact_lock($1::bigint) OFFSET 0) AS taken",
        lock_key(team_id, number),
    )
    return now


def lock_numbers(team_id: int, numbers: Iterable[str]) -> datetime:
    """Take the locks of up to MOST numbers in the order of their keys, once a transaction; the time once they are ours.

    Raises ValueError for more. A second call in one transaction could meet another one's in the opposite order.
    """
    keys = sorted({lock_key(team_id, number) for number in numbers})
    if len(keys) > MAX_LOCKED_NUMBERS:
        raise ValueError(f"{len(keys)} numbers at once; at most {MAX_LOCKED_NUMBERS}")
    fetch("SELECT pg_advisory_xact_lock(key) FROM unnest($1::bigint[]) AS key", keys)
    ((now,),) = fetch("SELECT clock_timestamp()")
    return now
