"""Loading of what a page shows: loaders side by side, so that what they read next is one statement.

A loader is a generator. It yields the queries that it needs next, is sent a list of rows for each, and returns what
it has loaded. A page with ten loaders of two steps takes two statements instead of twenty.
"""

from collections.abc import Generator, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from django.db.models import QuerySet
from psycopg.adapt import Loader as TypeLoader
from psycopg.types.datetime import TimestamptzBinaryLoader

from kernel.distribution.shards import on_shards, runs_whole
from kernel.kept_queries import CompiledQuery, KeptQuery
from kernel.sql import fetch_binary

type Query = QuerySet[Any, Any] | KeptQuery
type Loader[T] = Generator[Sequence[Query], list[list[Any]], T]


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
        asked: dict[int, Sequence[Query]] = {}
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


def fetch_together(asked: Sequence[Query]) -> list[list[Any]]:
    """The rows of each query, as if each were evaluated, in one statement; none if nothing is asked.

    Only a tsvector, which pages do not read, stays in its binary form. Citus cannot pass rows on as values.
    """
    if not runs_whole():
        return [list(rows) for rows in asked]
    queries = [_compiled(rows) for rows in asked]
    with_rows = [(query, parameters) for query, parameters in queries if query.sql]
    found = iter(_fetch_arrays(with_rows) if with_rows else ())
    return [query.evaluate(next(found)) if query.sql else [] for query, _ in queries]


def _compiled(rows: Query) -> tuple[CompiledQuery, Sequence[Any]]:
    if isinstance(rows, KeptQuery):
        return rows.compiled()
    query = CompiledQuery(rows)
    return query, query.parameters


def _fetch_arrays(queries: Sequence[tuple[CompiledQuery, Sequence[Any]]]) -> tuple[Any, ...]:
    """The rows of each query as an array, in one row."""
    arrays = ", ".join(f"ARRAY(SELECT ROW(q.*) FROM ({query.sql}) AS q)" for query, _ in queries)
    values = [value for _, parameters in queries for value in parameters]
    (found,) = fetch_binary(on_shards(f"SELECT {arrays}"), values, _TYPE_LOADERS)
    return found


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
