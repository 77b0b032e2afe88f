"""Rows of the cast, made once in each process; one statement inserts them, with new IDs, for each test."""

import pickle
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from typing import cast as typed

import psycopg
from django.db.models import DateTimeField, Model
from django.utils import timezone

from tests.cast import Cast, create_cast

STEP = 1000  # between the IDs of a row in two tests, more than a test inserts by itself


class CastRows:
    """The cast as create_cast() inserts it.

    IDs are not used again: caches know them, and PostgreSQL would search the dead rows of earlier tests.
    """

    def __init__(self, owner: psycopg.Connection) -> None:
        self.owner = owner
        self.pickled = pickle.dumps(create_cast())
        self.at = timezone.now()  # afterwards, so that no moved time is in the future
        self.higher = 0
        _create_function(owner)

    def insert(self) -> Cast:
        """Insert the rows into empty tables."""
        self.higher += STEP
        later = timezone.now() - self.at
        self.owner.execute("SELECT pg_temp.insert_cast(%s, %s)", [self.higher, later])
        cast: Cast = pickle.loads(self.pickled)
        for model in _models(cast):
            _move(model, self.higher, later)
        return cast


def _create_function(owner: psycopg.Connection) -> None:
    """A function of this connection that inserts all rows of now, with their times moved."""
    tables = owner.execute(
        "SELECT table_name::text, array_agg(quote_ident(column_name)), array_agg(data_type::text)"
        " FROM information_schema.columns JOIN pg_tables ON tablename = table_name AND schemaname = table_schema"
        " WHERE table_schema = 'public' AND is_generated = 'NEVER' AND table_name NOT LIKE 'django_%'"
        " AND table_name NOT LIKE 'auth_%' GROUP BY 1"
    ).fetchall()
    inserts = "".join(_insert(owner, *table) for table in tables)
    owner.execute(typed(Any,
        "CREATE FUNCTION pg_temp.insert_cast(higher bigint, later interval) RETURNS void LANGUAGE plpgsql"
        f" SET session_replication_role = replica AS $function$ BEGIN {inserts} END $function$",
    ))  # fmt: skip


def _insert(owner: psycopg.Connection, table: str, columns: list[str], types: list[str]) -> str:
    """The statement that inserts the table's rows; empty if it has none."""
    rows = owner.execute(typed(Any, f'SELECT quote_literal(t::text) FROM "{table}" t')).fetchall()
    if not rows:
        return ""
    values = [_moved(column, kind) for column, kind in zip(columns, types, strict=True)]
    literals = ", ".join(row for (row,) in rows)
    return (
        f'INSERT INTO "{table}" ({", ".join(columns)}) OVERRIDING SYSTEM VALUE'
        f' SELECT {", ".join(values)} FROM unnest(ARRAY[{literals}]::"{table}"[]) r;'
        f" PERFORM setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM \"{table}\"));"
    )


def _moved(column: str, kind: str) -> str:
    """The value of a stored row's column in the row that is inserted."""
    if kind == "timestamp with time zone":
        return f"(r).{column} + later"
    if kind in ("integer", "bigint") and f"_{column}".endswith("_id"):
        return f"(r).{column} + higher"
    return f"(r).{column}"


def _models(cast: Cast) -> Iterator[Model]:
    """The cast's models and those that they have loaded, each once."""
    waiting, seen = list(vars(cast).values()), set[int]()
    while waiting:
        if id(model := waiting.pop()) not in seen:
            seen.add(id(model))
            waiting += [related for related in model._state.fields_cache.values() if related]
            yield model


def _move(model: Model, higher: int, later: timedelta) -> None:
    for field in model._meta.concrete_fields:
        if (value := getattr(model, field.attname)) is None:
            continue
        if isinstance(field, DateTimeField):
            vars(model)[field.attname] = value + later
        elif field.primary_key or field.is_relation:
            vars(model)[field.attname] = value + higher  # setattr() would forget the related model
