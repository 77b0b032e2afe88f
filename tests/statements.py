"""Counter of statements: what a request sends to PostgreSQL, by the ORM and by kernel.sql, with the scope's BEGIN."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from typing import cast as typed

import pytest
from django.db.backends.utils import CursorWrapper

from kernel import sql


@contextmanager
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The statements that this thread sends meanwhile, on a cluster also to nodes. A scope's beginning is one."""
    statements: list[str] = []
    execute, one_trip, binary, begin = sql._execute, sql._run_in_one_trip, sql.fetch_binary, sql.begin_with
    by_orm, ours = typed(Any, CursorWrapper)._execute, threading.get_ident()

    def by_kernel(statement: str, *args: Any) -> Any:
        statements.append(statement)
        return execute(statement, *args)

    def by_loader(statement: str, *args: Any) -> Any:
        statements.append(statement)
        return binary(statement, *args)

    def in_one_trip(statement: str) -> None:
        statements.append(statement)
        one_trip(statement)

    def beginning(parts: Sequence[str]) -> None:
        statements.append("; ".join(parts))
        begin(parts)

    def for_orm(cursor: Any, statement: Any, *args: Any) -> Any:
        if threading.get_ident() == ours:
            statements.append(str(statement))
        return by_orm(cursor, statement, *args)

    with monkeypatch.context() as patched:
        patched.setattr(sql, "_execute", by_kernel)
        patched.setattr("kernel.loading.fetch_binary", by_loader)
        patched.setattr(sql, "_run_in_one_trip", in_one_trip)
        patched.setattr("kernel.distribution.nodes.begin_with", beginning)
        patched.setattr(CursorWrapper, "_execute", for_orm)
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
