"""Single statements, each one round trip and nothing else: for the stories that run once a text.

The ORM compiles its SQL anew each time, and Django's cursors wrap psycopg's twice; together that was most of what a
webhook cost. Statements from here run on Django's connection, in its transaction, with its errors and its types.
"""

import re
from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from typing import Any, NamedTuple

from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from psycopg import OperationalError, RawCursor
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus
from psycopg.sql import Literal


def fetch_unprepared(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    """`ask`, planned each time for the values at hand: for what is asked seldom, and of very few or very many rows."""
    return fetch(statement, *values, prepare=False)


def fetch(statement: str, *values: Any, prepare: bool | None = None) -> list[tuple[Any, ...]]:
    """The rows that `statement` answers, none if it is no question. Its values are $1, $2 …"""
    ours = connections[DEFAULT_DB_ALIAS]  # looked up once: each use of django.db.connection looks it up anew
    ours.close_if_health_check_failed()
    ours.ensure_connection()
    ours.validate_no_broken_transaction()
    with ours.wrap_database_errors:
        cursor = RawCursor(ours.connection)
        cursor.execute(statement, values, prepare=prepare)
        return cursor.fetchall() if cursor.pgresult and cursor.pgresult.nfields else []


def begin_transaction(statement: str) -> None:
    """Run what opens a transaction, in one round trip with the BEGIN that psycopg would send before it."""
    ours = connections[DEFAULT_DB_ALIAS]
    ours.ensure_connection()
    raw = ours.connection
    if raw.info.transaction_status != TransactionStatus.IDLE:
        for part in statement.split("; "):
            fetch(part)
        return
    with ours.wrap_database_errors:
        result = raw.pgconn.exec_(f"BEGIN; {statement}".encode())
        if raw.pgconn.status == ConnStatus.BAD or result.status not in _DONE:
            raise OperationalError(result.error_message.decode(errors="replace"))


class InsertStatement(NamedTuple):
    """An INSERT that answers with its row's id, to be run together with others. Its values are $1, $2 …"""

    statement: str
    values: tuple[Any, ...]


class ReturnedId(NamedTuple):
    """In place of a value: the id that another write of the same round trip gets, or what else it tells."""

    insert: str
    column: str = "id"


def insert_together(**writes: InsertStatement) -> dict[str, int]:
    """Run INSERTs in one round trip, in this order; the ids that they wrote, by the names given here."""
    ((*ids,),) = fetch(
        _joined(tuple((name, write.statement) for name, write in writes.items())),
        *(value for write in writes.values() for value in write.values),
    )
    return {name: id for name, id in zip(writes, ids, strict=True) if id is not None}


def insert_statement(
    model: type[models.Model], on_conflict: str = "", telling: str = "", **values: Any
) -> InsertStatement:
    """The INSERT of a row with these values by column, and with the model's defaults in all other columns.

    Behind its id it tells `telling`, SQL in which `old` and `new` are the row before and after.
    """
    names = tuple(values)
    ids = tuple((name, value) for name, value in values.items() if isinstance(value, ReturnedId))
    statement, fields = _new(model, names, ids, f"{on_conflict} RETURNING id{telling and f', {telling}'}")
    return InsertStatement(statement, tuple(prepare(values[name]) for name, prepare in fields))


def column_values(row: models.Model) -> dict[str, Any]:
    """A row's values by column, but for its id."""
    return {field.attname: getattr(row, field.attname) for field in _written(type(row))}


def insert_row(row: models.Model) -> None:
    """INSERT a row as it is; its id is set where it was written."""
    row.pk = insert_together(row=insert_statement(type(row), **column_values(row)))["row"]
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


def select_rows[M: models.Model](model: type[M], where: str, *values: Any) -> list[M]:
    """The rows that `where` (SQL, with $1, $2 …) finds, each as the ORM would give it."""
    statement, fields = _select(model)
    return [instance_from_row(model, fields, row) for row in fetch(f"{statement} WHERE {where}", *values)]


def instance_from_row[M: models.Model](model: type[M], fields: Sequence[Any], row: Sequence[Any]) -> M:
    """An instance from the row of an answer, whose values stand in the order of `fields`."""
    values = [
        field.from_db_value(value, None, connection) if hasattr(field, "from_db_value") else value
        for field, value in zip(fields, row, strict=True)
    ]
    return model.from_db(DEFAULT_DB_ALIAS, [field.attname for field in fields], values)


@lru_cache(maxsize=256)
def _joined(writes: tuple[tuple[str, str], ...]) -> str:
    """One statement of them all. PostgreSQL runs them in the order in which the SELECT asks for their ids."""
    parts, first = [], 0
    for name, statement in writes:
        parts.append(f"{name} AS ({_moved(statement, first)})")
        first += len(set(re.findall(r"\$[0-9]+", statement)))
    ids = ", ".join(f"(SELECT id FROM {name})" for name, _ in writes)
    return f"WITH {', '.join(parts)} SELECT {ids}"


def _moved(statement: str, by: int) -> str:
    return re.sub(r"\$([0-9]+)", lambda place: f"${int(place[1]) + by}", statement)


@lru_cache(maxsize=256)
def _new(
    model: type[models.Model], names: tuple[str, ...], ids: tuple[tuple[str, ReturnedId], ...], ending: str
) -> tuple[str, list[tuple[str, Callable[[Any], Any]]]]:
    """The statement, and what has to be done with which of the values, in the order of their places."""
    columns, places, prepared, other = [], [], [], dict(ids)
    fields = _written(model)
    if unknown := set(names) - {field.attname for field in fields}:
        raise ValueError(f"{model.__name__} has no {', '.join(sorted(unknown))}")
    for field in fields:
        columns.append(field.column)
        if field.attname in other:
            places.append("(SELECT {0.column} FROM {0.insert})".format(other[field.attname]))
        elif field.attname in names:
            prepared.append((field.attname, _preparation(field)))
            places.append(f"${len(prepared)}")
        else:
            places.append(_default(field))
    statement = (
        f"INSERT INTO {model._meta.db_table} AS t ({', '.join(columns)}) VALUES ({', '.join(places)})"
        f" {ending}"
    )
    return statement, prepared


def _preparation(field: Any) -> Callable[[Any], Any]:
    if isinstance(field, (*_PLAIN, models.DateTimeField)) and _is_ours_or_djangos(field):
        return lambda value: value
    return lambda value: field.get_db_prep_save(value, connection)


def _default(field: Any) -> str:
    """A field's default as a literal; one that differs each time must be given."""
    made_anew = field.has_default() and callable(field.default) and field.default not in (list, dict)
    if made_anew or (isinstance(field, models.DateTimeField) and not field.null):
        raise ValueError(f"{field} is needed")
    return Literal(field.get_db_prep_save(field.get_default(), connection)).as_string(None)


def _written(model: type[models.Model]) -> list[Any]:
    """The fields that an INSERT gives values to."""
    return [field for field in model._meta.concrete_fields if not field.primary_key and not field.generated]


_DONE = (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK)
# What psycopg writes as it is; any other field prepares its values itself.
_PLAIN = (models.CharField, models.TextField, models.IntegerField, models.BooleanField, models.ForeignKey)


def _is_ours_or_djangos(field: Any) -> bool:
    return type(field).__module__.startswith(("django.", "kernel.tenancy"))


@cache
def _select(model: type[models.Model]) -> tuple[str, list[Any]]:
    fields: list[Any] = list(model._meta.concrete_fields)
    return f"SELECT {', '.join(field.column for field in fields)} FROM {model._meta.db_table}", fields
