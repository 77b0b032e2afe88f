"""Rows that many tests begin with: made once in each process, and inserted by one statement, with new IDs, for each."""

import pickle
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import timedelta
from itertools import count
from typing import Any
from typing import cast as typed

import psycopg
from django.db.models import DateTimeField, Model
from django.utils import timezone

from tests.cluster_database import is_used, nodes_of, tables_with_rows

STEP = 1000  # between the IDs of a row in two tests, more than a test inserts by itself
# IDs are not used again: caches know them, and PostgreSQL would search the dead rows of earlier tests.
_higher_ids = count(STEP, STEP)


# Tables filled by migrations, which no test changes.
KEPT_TABLES = (
    "django_migrations",
    "django_content_type",
    "auth_permission",
    "auth_group",
    "auth_group_permissions",
)


def create_empty_function(node: psycopg.Connection) -> None:
    """A function of this connection that empties all tables: one round trip, planned once."""
    tables = tables_with_rows(node)
    deletes = "".join(f"DELETE FROM {table};" for table, name in tables if name not in KEPT_TABLES)
    role = "SET session_replication_role = replica" if is_used() else ""
    node.execute(typed(Any,
        "CREATE OR REPLACE FUNCTION pg_temp.empty() RETURNS void LANGUAGE plpgsql"
        f" {role} AS $$ BEGIN {deletes} END $$",
    ))  # fmt: skip


def empty_tables(resets: psycopg.Connection, tries: int = 10) -> None:
    """Delete all rows. A page's last request may still be at work after its test, and deadlock with this."""
    try:
        for node in nodes_of(resets):
            node.execute("SELECT pg_temp.empty()")
    except psycopg.errors.DeadlockDetected:
        if tries == 1:
            raise
        empty_tables(resets, tries - 1)


class SavedRows[T]:
    """The rows that `create` inserts into empty tables, and what it returns: a dataclass of models and IDs.

    `resets` is the connection of the fixture of this name; `name` is part of the name of a function in the database.
    """

    def __init__(self, resets: psycopg.Connection, name: str, create: Callable[[], T]) -> None:
        self.resets, self.name = resets, name
        self.pickled = pickle.dumps(create())
        self.at = timezone.now()  # afterwards, so that no moved time is in the future
        self.tables = list(_saved_tables(resets))
        if not is_used():
            self._create_function()
        empty_tables(resets)

    def insert(self) -> T:
        """Insert the rows into empty tables."""
        higher, later = next(_higher_ids), timezone.now() - self.at
        if is_used():
            self._insert_into_cluster(higher, later)
        else:
            self._call(f"SELECT pg_temp.insert_{self.name}(%s, %s)", [higher, later])
        rows: T = pickle.loads(self.pickled)
        for part in _dataclasses(rows):
            _move_ids(part, higher)
        for model in _models(rows):
            _move(model, higher, later)
        return rows

    def insert_until(self, fits: Callable[[T], bool]) -> T:
        """Insert the rows into empty tables, with ever new IDs until they fit."""
        while not fits(rows := self.insert()):
            empty_tables(self.resets)
        return rows

    def _call(self, statement: str, values: Sequence[Any] = ()) -> None:
        self.resets.execute(typed(Any, statement), values or None)

    def _create_function(self) -> None:
        """A function of this connection that inserts all rows of now, with their times moved."""
        inserts = "".join(
            f"{table.insert('higher', 'later')}; PERFORM {table.next_ids('higher')};" for table in self.tables
        )
        self._call(
            f"CREATE FUNCTION pg_temp.insert_{self.name}(higher bigint, later interval) RETURNS void LANGUAGE plpgsql"
            f" AS $function$ BEGIN {inserts} END $function$"
        )

    def _insert_into_cluster(self, higher: int, later: timedelta) -> None:
        """One statement after the other: what a function sets does not reach the shards."""
        with self.resets.transaction():
            self._call("SET LOCAL session_replication_role = replica")
            for table in self.tables:
                self._call(table.insert(str(higher), f"interval '{later.total_seconds()} s'"))
                self._call(f"SELECT {table.next_ids(str(higher))}")


@dataclass(frozen=True)
class _SavedTable:
    """A table with the rows of now, as literals."""

    name: str
    columns: list[str]
    types: list[str]
    rows: list[str]
    sequence: str
    highest: int

    def insert(self, higher: str, later: str) -> str:
        """The statement that inserts the rows, with IDs and times moved by these expressions."""
        values = [_moved(*column, higher, later) for column in zip(self.columns, self.types, strict=True)]
        return (
            f'INSERT INTO "{self.name}" ({", ".join(self.columns)}) OVERRIDING SYSTEM VALUE'
            f' SELECT {", ".join(values)} FROM unnest(ARRAY[{", ".join(self.rows)}]::"{self.name}"[]) r'
        )

    def next_ids(self, higher: str) -> str:
        """The call that lets the IDs of further rows follow."""
        return f"setval('{self.sequence}', {self.highest} + {higher})"


def _saved_tables(resets: psycopg.Connection) -> Iterator[_SavedTable]:
    """The tables that have rows."""
    tables = resets.execute(
        "SELECT table_name::text, array_agg(quote_ident(column_name)), array_agg(data_type::text)"
        " FROM information_schema.columns JOIN pg_tables ON tablename = table_name AND schemaname = table_schema"
        " WHERE table_schema = 'public' AND is_generated = 'NEVER' AND table_name NOT LIKE 'django_%'"
        " AND table_name NOT LIKE 'auth_%' GROUP BY 1"
    ).fetchall()
    for name, columns, types in tables:
        rows = resets.execute(typed(Any, f'SELECT quote_literal(t::text) FROM "{name}" t')).fetchall()
        if rows:
            sequence = resets.execute("SELECT pg_get_serial_sequence(%s, 'id')", [name]).fetchone()
            # Nodes draw IDs from this number on; their sequences go on by themselves.
            highest = resets.execute(typed(Any, f'SELECT max(id) FROM "{name}" WHERE id < 1::bigint << 48'))
            assert sequence
            yield _SavedTable(
                name,
                columns,
                types,
                [row for (row,) in rows],
                sequence[0],
                typed(Any, highest.fetchone())[0] or 1,
            )


def _moved(column: str, kind: str, higher: str, later: str) -> str:
    """The value of a stored row's column in the row that is inserted."""
    if kind == "timestamp with time zone":
        return f"(r).{column} + {later}"
    if kind in ("integer", "bigint") and f"_{column}".endswith("_id"):
        return f"(r).{column} + {higher}"
    return f"(r).{column}"


def _dataclasses(value: Any) -> Iterator[Any]:
    """A dataclass and those that it contains."""
    if is_dataclass(value):
        yield value
        for field in fields(value):
            yield from _dataclasses(getattr(value, field.name))


def _move_ids(rows: Any, higher: int) -> None:
    for field in fields(rows):
        if field.name.endswith("_id"):
            vars(rows)[field.name] += higher  # setattr() refuses to change what is frozen


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
