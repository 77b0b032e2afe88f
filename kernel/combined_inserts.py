"""INSERTs that belong together: one round trip for all of them, or one for each where Citus is installed."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from psycopg import RawCursor

from kernel.distribution.connection import connects_to_citus
from kernel.sql import InsertStatement, fetch, fetch_rows


def insert_together(**inserts: InsertStatement) -> dict[str, int]:
    """Run INSERTs in this order; the IDs of the inserted rows, by the names of the arguments."""
    if connects_to_citus():
        return _insert_separately(inserts)
    statement, values = _combined(inserts)
    (row,) = fetch(statement, *values)
    return _ids(inserts, row)


def insert_sets(sets: Sequence[Mapping[str, InsertStatement]]) -> list[dict[str, int]]:
    """`insert_together` for each of several sets of INSERTs, all in one round trip. The first error ends all."""
    if len(sets) < 2 or connects_to_citus():
        return [insert_together(**inserts) for inserts in sets]
    django = connections[DEFAULT_DB_ALIAS]
    django.ensure_connection()
    django.validate_no_broken_transaction()
    with django.wrap_database_errors:
        cursors = []
        with django.connection.pipeline():
            for inserts in sets:
                cursors.append(cursor := RawCursor(django.connection))
                cursor.execute(*_combined(inserts))
        return [_ids(inserts, cursor.fetchone()) for inserts, cursor in zip(sets, cursors, strict=True)]


def _combined(inserts: Mapping[str, InsertStatement]) -> tuple[str, list[Any]]:
    """One statement with these INSERTs, and its values."""
    statement = _combined_sql(tuple((name, insert.statement) for name, insert in inserts.items()))
    return statement, [value for insert in inserts.values() for value in insert.values]


def _ids(inserts: Mapping[str, InsertStatement], row: Any) -> dict[str, int]:
    return {name: id for name, id in zip(inserts, row, strict=True) if id is not None}


def _insert_separately(inserts: Mapping[str, InsertStatement]) -> dict[str, int]:
    returned: dict[str, dict[str, Any]] = {}
    for name, insert in inserts.items():
        for row in fetch_rows(*_with_returned(insert, returned)):
            returned[name] = row
    return {name: row["id"] for name, row in returned.items()}


def _with_returned(insert: InsertStatement, returned: Mapping[str, Mapping[str, Any]]) -> tuple[Any, ...]:
    """The statement with values in place of columns that earlier INSERTs returned, and all its values."""
    values = list(insert.values)

    def value(match: re.Match[str]) -> str:
        values.append(returned.get(match["insert"], {}).get(match["column"]))
        return f"${len(values)}"

    return _RETURNED.sub(value, insert.statement), *values


# What kernel.sql writes for a ReturnedId.
_RETURNED = re.compile(r"\(SELECT (?P<column>\w+) FROM (?P<insert>\w+)\)")


@lru_cache(maxsize=256)
def _combined_sql(inserts: tuple[tuple[str, str], ...]) -> str:
    """One statement with all INSERTs. PostgreSQL runs them in the order in which the SELECT uses their IDs."""
    parts, first = [], 0
    for name, statement in inserts:
        parts.append(f"{name} AS ({_renumbered(statement, first)})")
        first += len(set(re.findall(r"\$[0-9]+", statement)))
    ids = ", ".join(f"(SELECT id FROM {name} LIMIT 1)" for name, _ in inserts)
    return f"WITH {', '.join(parts)} SELECT {ids}"


def _renumbered(statement: str, by: int) -> str:
    return re.sub(r"\$([0-9]+)", lambda match: f"${int(match[1]) + by}", statement)
