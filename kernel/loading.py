"""Loading of what a page shows: loaders side by side, so that what they read next is one statement.

A loader is a generator. It yields the querysets that it needs next, is sent a list of rows for each, and returns what
it has loaded. A page with ten loaders of two steps takes two statements instead of twenty.
"""

from collections.abc import Generator, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS
from django.db.models import QuerySet
from psycopg.adapt import Loader as TypeLoader
from psycopg.types.datetime import TimestamptzBinaryLoader

from kernel.distribution.connection import connects_to_citus
from kernel.sql import fetch_binary

type Loader[T] = Generator[Sequence[QuerySet[Any, Any]], list[list[Any]], T]


def load[T](loader: Loader[T]) -> T:
    """Run a loader: one statement for each of its steps."""
    rows: list[list[Any]] | None = None
    while True:
        try:
            asked = loader.send(rows) if rows is not None else next(loader)
        except StopIteration as end:
            loaded: T = end.value
            return loaded
        rows = fetch_together(asked)


def side_by_side(*loaders: Loader[Any]) -> Loader[list[Any]]:
    """A loader of what these loaders load; what they ask for in the same step is read together."""
    loaded: list[Any] = [None] * len(loaders)
    rows: dict[int, Any] = dict.fromkeys(range(len(loaders)))
    while rows:
        asked: dict[int, Sequence[QuerySet[Any, Any]]] = {}
        for n, sent in rows.items():
            try:
                asked[n] = loaders[n].send(sent)
            except StopIteration as end:
                loaded[n] = end.value
        if asked:
            found = iter((yield [rows for part in asked.values() for rows in part]))
            rows = {n: list(islice(found, len(part))) for n, part in asked.items()}
        else:
            rows = {}
    return loaded


def rows_loader(rows: QuerySet[Any, Any]) -> Loader[list[Any]]:
    """A loader of the rows of a queryset."""
    (found,) = yield [rows]
    return found


def nothing_loader() -> Loader[list[Any]]:
    yield from ()
    return []


def fetch_together(querysets: Sequence[QuerySet[Any, Any]]) -> list[list[Any]]:
    """The rows of each queryset, as if each were evaluated, in one statement; none if nothing is asked.

    Only a tsvector, which pages do not read, stays in its binary form. Citus cannot pass rows on as values.
    """
    if connects_to_citus():
        return [list(rows) for rows in querysets]
    queries = [_Query(rows) for rows in querysets]
    asked = [query for query in queries if query.sql]
    if asked:
        arrays = ", ".join(f"ARRAY(SELECT ROW(q.*) FROM ({query.sql}) AS q)" for query in asked)
        values = [value for query in asked for value in query.values]
        (found,) = fetch_binary(f"SELECT {arrays}", values, _TYPE_LOADERS)
        for query, rows in zip(asked, found, strict=True):
            query.found = rows
    return [query.evaluate() for query in queries]


class _Query:
    """A queryset with its SQL, empty if no row can match, and with the rows that were found."""

    def __init__(self, rows: QuerySet[Any, Any]) -> None:
        self._rows, self.found = rows, list[tuple[Any, ...]]()
        self._compiler: Any = rows.query.get_compiler(DEFAULT_DB_ALIAS)
        try:
            self.sql, self.values = self._compiler.as_sql()
        except EmptyResultSet:
            self.sql, self.values = "", ()

    def evaluate(self) -> list[Any]:
        """What the queryset makes of the found rows: model instances, tuples, values."""
        if not self.sql:
            return []
        evaluated: Any = self._rows.all()
        compiler, found = (
            self._compiler,
            self.found,
        )  # without a cycle: the rows and queries are freed at once
        compiler.execute_sql = lambda *args, **options: [found]
        evaluated.query.get_compiler = lambda *args, **options: compiler
        return list(evaluated)


class _JsonAsText(TypeLoader):
    """JSON as Django's field expects it: the text, behind the version byte of the binary form."""

    format = TimestamptzBinaryLoader.format

    def load(self, data: Any) -> str:
        return bytes(data[1:]).decode()


class _TimeInUtc(TimestamptzBinaryLoader):
    """A time with the time zone that Django gives to times."""

    def load(self, data: Any) -> datetime:
        return super().load(data).replace(tzinfo=UTC)


_TYPE_LOADERS = {"jsonb": _JsonAsText, "timestamptz": _TimeInUtc}
