"""INSERTs that belong together: one round trip for all of them, or one for each where Citus has to plan them."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import groupby
from typing import Any

from kernel.distribution.shards import on_shards, runs_whole
from kernel.sql import InsertStatement, RowsInsert, fetch, fetch_all, fetch_rows

# By a name for each, in the order in which they run.
type Inserts = Mapping[str, InsertStatement]


def insert_together(**inserts: InsertStatement) -> dict[str, int]:
    """Run INSERTs in this order; the IDs of the inserted rows, by the names of the arguments."""
    if not runs_whole():
        return _insert_separately(inserts)
    statement, values = _combined(inserts)
    (row,) = fetch(on_shards(statement), *values)
    return _ids(inserts, row)


def insert_sets(sets: Sequence[Inserts]) -> list[dict[str, int]]:
    """`insert_together` for each of several sets of INSERTs, all in one round trip. The first error ends all.

    Sets of the same INSERTs that follow each other, of one team and each of another number, are one statement.
    """
    if len(sets) < 2 or not runs_whole():
        return [insert_together(**inserts) for inserts in sets]
    runs = [list(run) for _, run in groupby(sets, _sql_of)]
    combined = [statement for run in runs for statement in _combined_sets(run)]
    rows = fetch_all([(on_shards(statement), values) for statement, values in combined])
    return [_ids(inserts, row) for inserts, row in zip(sets, rows, strict=True)]


def one_or_parts[**P, T](one: Callable[P, T], parts: Callable[P, T]) -> Callable[P, T]:
    """Of two ways to do the same: one statement (`on_shards`), or one for each part where Citus has to plan them.

    Citus sends the rows that an INSERT … SELECT reads from a CTE beside it to all nodes: it then fails while any node
    is down, and its transaction commits in two phases on all of them.
    """
    return one if runs_whole() else parts


def _combined_sets(run: Sequence[Inserts]) -> Iterator[tuple[str, list[Any]]]:
    """One statement with sets of the same INSERTs if that is possible, otherwise one for each, and their values."""
    forms = tuple([insert.of_rows for insert in run[0].values() if insert.of_rows])
    if len(run) > 1 and len(forms) == len(run[0]) and _have_different_numbers(run):
        statement, names = _sql_of_rows(tuple(run[0]), forms)
        rows = [dict(zip(names, _values(inserts), strict=True)) for inserts in run]
        yield statement, [rows[0][names[forms[0].team]], json.dumps(rows, default=_plain)]
    else:
        yield from map(_combined, run)


def _have_different_numbers(run: Sequence[Inserts]) -> bool:
    """Whether each set is of one number, and each of another, all of one team."""
    owners = [{insert.owner for insert in inserts.values()} for inserts in run]
    teams, numbers = zip(*set[tuple[int, str]]().union(*owners), strict=True)
    return len(set(teams)) == 1 and len(numbers) == len(run) == sum(map(len, owners))


def _plain(value: Any) -> Any:
    """A value as JSON has it: a time as PostgreSQL reads it, or the content of psycopg's Jsonb."""
    return value.isoformat() if isinstance(value, datetime) else value.obj


def _combined(inserts: Inserts) -> tuple[str, list[Any]]:
    """One statement with these INSERTs, and its values."""
    return _combined_sql(_sql_of(inserts)), _values(inserts)


def _sql_of(inserts: Inserts) -> tuple[tuple[str, str], ...]:
    return tuple([(name, insert.statement) for name, insert in inserts.items()])


def _values(inserts: Inserts) -> list[Any]:
    return [value for insert in inserts.values() for value in insert.values]


def _ids(inserts: Inserts, row: Any) -> dict[str, int]:
    return {name: id for name, id in zip(inserts, row, strict=True) if id is not None}


def _insert_separately(inserts: Inserts) -> dict[str, int]:
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
        parts.append(f"{name} AS ({_renumbered(statement, '$', first)})")
        first += len(set(re.findall(r"\$[0-9]+", statement)))
    ids = ", ".join(f"(SELECT id FROM {name} LIMIT 1)" for name, _ in inserts)
    return f"WITH {', '.join(parts)} SELECT {ids}"


@lru_cache(maxsize=256)
def _sql_of_rows(names: tuple[str, ...], forms: tuple[RowsInsert, ...]) -> tuple[str, list[str]]:
    """One statement with all INSERTs of many rows, which are JSON, and the names of the values in it.

    A row finds what its other INSERTs returned by its number. PostgreSQL inserts each row everywhere before the next.
    """
    columns, parts, ids = list[str](), [], []
    for name, form in zip(names, forms, strict=True):
        number = f"r.v{len(columns) + form.number + 1}"
        statement = _RETURNED.sub(_returned(r"\g<column>", r"\g<insert>", number), form.statement)
        parts.append(f"{name} AS ({_renumbered(statement, 'r.v', len(columns))})")
        ids.append(_returned("id", name, number))
        columns += [f"v{n} {type}" for n, type in enumerate(form.types, len(columns) + 1)]
    rows = f"rows AS MATERIALIZED (SELECT * FROM json_to_recordset($2) AS r({', '.join(columns)}))"
    statement = f"WITH {', '.join([rows, *parts])} SELECT {', '.join(ids)} FROM rows AS r"
    return statement.replace("$team", "$1"), [column.partition(" ")[0] for column in columns]


def _returned(column: str, insert: str, number: str) -> str:
    return f"(SELECT {column} FROM {insert} AS given WHERE given.number = {number} LIMIT 1)"


def _renumbered(statement: str, prefix: str, by: int) -> str:
    """The statement with other names of its values, counted from `by`."""
    return re.sub(r"\$([0-9]+)", lambda match: f"{prefix}{int(match[1]) + by}", statement)
