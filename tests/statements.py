"""Counter of statements: what a request sends to PostgreSQL, by the ORM and by kernel.sql, with the scope's BEGIN."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from typing import cast as typed

import pytest
from django.db import connection
from django.db.backends.utils import CursorWrapper

from kernel import sql


@contextmanager
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The statements that are sent meanwhile on this thread's connection."""
    statements: list[str] = []
    execute, one_trip, binary = sql._execute, sql._run_in_one_trip, sql.fetch_binary

    def by_kernel(statement: str, *args: Any) -> Any:
        statements.append(statement)
        return execute(statement, *args)

    def by_loader(statement: str, *args: Any) -> Any:
        statements.append(statement)
        return binary(statement, *args)

    def in_one_trip(statement: str) -> None:
        statements.append(statement)
        one_trip(statement)

    def by_orm(run: Any, statement: Any, values: Any, many: bool, context: Any) -> Any:
        statements.append(str(statement))
        return run(statement, values, many, context)

    with monkeypatch.context() as patched, connection.execute_wrapper(by_orm):
        patched.setattr(sql, "_execute", by_kernel)
        patched.setattr("kernel.loading.fetch_binary", by_loader)
        patched.setattr(sql, "_run_in_one_trip", in_one_trip)
        yield statements


@contextmanager
def captured() -> Iterator[list[str]]:
    """The ORM's statements meanwhile with their values, on all connections: on a cluster a scope has its node's."""
    statements: list[str] = []
    execute = typed(Any, CursorWrapper)._execute

    def noting(cursor: Any, statement: Any, values: Any, *ignored: Any) -> Any:
        statements.append(cursor.db.ops.compose_sql(statement, values))
        return execute(cursor, statement, values, *ignored)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(CursorWrapper, "_execute", noting)
        yield statements
