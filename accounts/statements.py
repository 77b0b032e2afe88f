"""Single statements, each one round trip and nothing else: for the stories that run once a text.

The ORM compiles its SQL anew each time, and Django's cursors wrap psycopg's twice; together that was most of what a
webhook cost. Statements from here run on Django's connection, in its transaction, with its errors and its types.
"""

from collections.abc import Callable, Sequence
from functools import cache
from operator import attrgetter
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from psycopg import OperationalError, RawCursor
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus


def ask(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    """The rows that `statement` answers, none if it is no question. Its values are $1, $2 …"""
    ours = connections[DEFAULT_DB_ALIAS]  # looked up once: each use of django.db.connection looks it up anew
    ours.close_if_health_check_failed()
    ours.ensure_connection()
    ours.validate_no_broken_transaction()
    with ours.wrap_database_errors:
        cursor = RawCursor(ours.connection)
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.pgresult and cursor.pgresult.nfields else []


def begin(statement: str) -> None:
    """Run the first statement of a transaction, in one round trip with the BEGIN that psycopg would send before it."""
    ours = connections[DEFAULT_DB_ALIAS]
    ours.ensure_connection()
    raw = ours.connection
    if raw.info.transaction_status != TransactionStatus.IDLE:
        ask(statement)
        return
    with ours.wrap_database_errors:
        result = raw.pgconn.exec_(f"BEGIN; {statement}".encode())
        if raw.pgconn.status == ConnStatus.BAD or result.status != ExecStatus.COMMAND_OK:
            raise OperationalError(result.error_message.decode(errors="replace"))


def insert(row: models.Model, *, unless_there: bool = False) -> None:
    """INSERT a row as it is, with no ON CONFLICT or with DO NOTHING; its id is set where it was written."""
    statement, values_of = _insert(type(row), unless_there)
    if written := ask(statement, *(value_of(row) for value_of in values_of)):
        ((row.pk,),) = written
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


def read[M: models.Model](model: type[M], where: str, *values: Any) -> list[M]:
    """The rows that `where` (SQL, with $1, $2 …) finds, each as the ORM would give it."""
    statement, fields = _select(model)
    return [from_row(model, fields, row) for row in ask(f"{statement} WHERE {where}", *values)]


def from_row[M: models.Model](model: type[M], fields: Sequence[Any], row: Sequence[Any]) -> M:
    """An instance from the row of an answer, whose values stand in the order of `fields`."""
    values = [
        field.from_db_value(value, None, connection) if hasattr(field, "from_db_value") else value
        for field, value in zip(fields, row, strict=True)
    ]
    return model.from_db(DEFAULT_DB_ALIAS, [field.attname for field in fields], values)


@cache
def _insert(model: type[models.Model], unless_there: bool) -> tuple[str, list[Callable[[models.Model], Any]]]:
    fields: list[Any] = [field for field in model._meta.concrete_fields if not field.primary_key]
    columns = ", ".join(field.column for field in fields)
    places = ", ".join(f"${number}" for number in range(1, len(fields) + 1))
    end = " ON CONFLICT DO NOTHING" if unless_there else ""
    statement = f"INSERT INTO {model._meta.db_table} ({columns}) VALUES ({places}){end} RETURNING id"
    return statement, [_value_of(field) for field in fields]


# What psycopg writes as it is; any other field prepares its values itself.
_PLAIN = (models.CharField, models.TextField, models.IntegerField, models.BooleanField, models.ForeignKey)


def _value_of(field: Any) -> Callable[[models.Model], Any]:
    if isinstance(field, _PLAIN) and type(field).__module__.startswith(("django.", "accounts.tenancy")):
        return attrgetter(field.attname)
    return lambda row: field.get_db_prep_save(field.pre_save(row, True), connection)


@cache
def _select(model: type[models.Model]) -> tuple[str, list[Any]]:
    fields: list[Any] = list(model._meta.concrete_fields)
    return f"SELECT {', '.join(field.column for field in fields)} FROM {model._meta.db_table}", fields
