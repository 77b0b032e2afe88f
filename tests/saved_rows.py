"""Rows that many tests begin with: made once in each process, and inserted by one statement, with new IDs, for each."""

import pickle
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from datetime import timedelta
from itertools import count
from typing import Any
from typing import cast as typed

import psycopg
from django.db.models import DateTimeField, Model
from django.utils import timezone

STEP = 1000  # between the IDs of a row in two tests, more than a test inserts by itself
# IDs are not used again: caches know them, and PostgreSQL would search the dead rows of earlier tests.
_higher_ids = count(STEP, STEP)


def empty_tables(owner: psycopg.Connection, tries: int = 10) -> None:
    """Delete all rows. A page's last request may still be at work after its test, and deadlock with this."""
    try:
        owner.execute("SELECT pg_temp.empty()")
    except psycopg.errors.DeadlockDetected:
        if tries == 1:
            raise
        empty_tables(owner, tries - 1)


class SavedRows[T]:
    """The rows that `create` inserts into empty tables, and what it returns: a dataclass of models and IDs.

    `name` is part of the name of a function in the database.
    """

    def __init__(self, owner: psycopg.Connection, name: str, create: Callable[[], T]) -> None:
        self.owner, self.name = owner, name
        self.pickled = pickle.dumps(create())
        self.at = timezone.now()  # afterwards, so that no moved time is in the future
        _create_function(owner, name)
        empty_tables(owner)

    def insert(self) -> T:
        """Insert the rows into empty tables."""
        higher, later = next(_higher_ids), timezone.now() - self.at
        self.owner.execute(typed(Any, f"SELECT pg_temp.insert_{self.name}(%s, %s)"), [higher, later])
        rows: T = pickle.loads(self.pickled)
        for dataclass in _dataclasses(rows):
            _move_ids(dataclass, higher)
        for model in _models(rows):
            _move(model, higher, later)
        return rows


def _create_function(owner: psycopg.Connection, name: str) -> None:
    """A function of this connection that inserts all rows of now, with their times moved."""
    tables = owner.execute(
        "SELECT table_name::text, array_agg(quote_ident(column_name)), array_agg(data_type::text)"
        " FROM information_schema.columns JOIN pg_tables ON tablename = table_name AND schemaname = table_schema"
        " WHERE table_schema = 'public' AND is_generated = 'NEVER' AND table_name NOT LIKE 'django_%'"
        " AND table_name NOT LIKE 'auth_%' GROUP BY 1"
    ).fetchall()
    inserts = "".join(_insert(owner, *table) for table in tables)
    owner.execute(typed(Any,
        f"CREATE FUNCTION pg_temp.insert_{name}(higher bigint, later interval) RETURNS void LANGUAGE plpgsql"
        f" SET session_replication_role = replica AS $function$ BEGIN {inserts} END $function$",
    ))  # fmt: skip


def _insert(owner: psycopg.Connection, table: str, columns: list[str], types: list[str]) -> str:
    """The statement that inserts the table's rows; empty if it has none."""
    rows = owner.execute(typed(Any, f'SELECT quote_literal(t::text) FROM "{table}" t')).fetchall()
    if not rows:
        return ""
    values = [_moved(column, kind) for column, kind in zip(columns, types, strict=True)]
    literals = ", ".join(row for (row,) in rows)
    insert = (
        f'INSERT INTO "{table}" ({", ".join(columns)}) OVERRIDING SYSTEM VALUE'
        f' SELECT {", ".join(values)} FROM unnest(ARRAY[{literals}]::"{table}"[]) r;'
    )
    sequence = owner.execute("SELECT pg_get_serial_sequence(%s, 'id')", [table]).fetchone()
    highest = owner.execute(typed(Any, f'SELECT max(id) FROM "{table}"')).fetchone()
    assert sequence and highest
    return f"{insert} PERFORM setval('{sequence[0]}', {highest[0]} + higher);"


def _moved(column: str, kind: str) -> str:
    """The value of a stored row's column in the row that is inserted."""
    if kind == "timestamp with time zone":
        return f"(r).{column} + later"
    if kind in ("integer", "bigint") and f"_{column}".endswith("_id"):
        return f"(r).{column} + higher"
    return f"(r).{column}"


def _dataclasses(value: Any) -> Iterator[Any]:
    """A dataclass and those that it contains."""
    if is_dataclass(value):
        yield value
        for field in fields(value):
            yield from _dataclasses(getattr(value, field.name))


def _move_ids(dataclass: Any, higher: int) -> None:
    for field in fields(dataclass):
        if field.name.endswith("_id"):
            vars(dataclass)[field.name] += higher  # setattr() refuses to change what is frozen


def _models(rows: Any) -> Iterator[Model]:
    """The models of the dataclasses and those that they have loaded, each once."""
    waiting, seen = [value for part in _dataclasses(rows) for value in vars(part).values()], set[int]()
    while waiting:
        model = waiting.pop()
        if isinstance(model, Model) and id(model) not in seen:
            seen.add(id(model))
            waiting += model._state.fields_cache.values()
            yield model


def _move(model: Model, higher: int, later: timedelta) -> None:
    for field in model._meta.concrete_fields:
        if (value := getattr(model, field.attname)) is None:
            continue
        if isinstance(field, DateTimeField):
            vars(model)[field.attname] = value + later
        elif field.primary_key or field.is_relation:
            vars(model)[field.attname] = value + higher  # setattr() would forget the related model
