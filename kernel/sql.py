"""Prepared statements in one round trip each, for operations that run once per text or once per imported row.

The ORM compiles its SQL each time, and Django's cursors wrap psycopg's twice; together that was most of the cost of a
carrier webhook. These statements run on Django's connection, in its transaction, with its errors and its types.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache, lru_cache
from typing import Any, NamedTuple

from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from psycopg import Cursor, OperationalError, RawCursor
from psycopg.adapt import Loader
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus
from psycopg.sql import Literal


def fetch_unprepared(statement: str, /, *values: Any, **named: Any) -> list[tuple[Any, ...]]:
    """`fetch` without a prepared plan: for rare queries whose best plan depends on the values."""
    return fetch(statement, *values, prepare=False, **named)


def fetch(
    statement: str, /, *values: Any, prepare: bool | None = None, **named: Any
) -> list[tuple[Any, ...]]:
    """The rows that `statement` returns, none if it returns no rows.

    Its values are either $1, $2 …, or $name by their names, of which a statement may use only some.
    """
    return _execute(statement, values, prepare, named)[1]


def fetch_rows(
    statement: str, /, *values: Any, prepare: bool | None = None, **named: Any
) -> list[dict[str, Any]]:
    """The rows that `statement` returns, by the names of their columns. Its values are those of `fetch`."""
    cursor, rows = _execute(statement, values, prepare, named)
    names = [column.name for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in rows]


def fetch_all(statements: Sequence[tuple[str, Sequence[Any]]]) -> list[tuple[Any, ...]]:
    """The rows of all these statements, each with its values for $1, $2 …, in one round trip."""
    if len(statements) == 1:
        return fetch(statements[0][0], *statements[0][1])
    django = connections[DEFAULT_DB_ALIAS]
    django.ensure_connection()
    django.validate_no_broken_transaction()
    with django.wrap_database_errors:
        with django.connection.pipeline():
            cursors = [RawCursor(django.connection).execute(*statement) for statement in statements]
        return [row for cursor in cursors for row in cursor.fetchall()]


def fetch_row(statement: str, /, *values: Any, prepare: bool | None = None, **named: Any) -> dict[str, Any]:
    """The only row that `statement` returns, by the names of its columns. Its values are those of `fetch`."""
    (row,) = fetch_rows(statement, *values, prepare=prepare, **named)
    return row


def fetch_binary(
    statement: str, values: Sequence[Any], type_loaders: Mapping[str, type[Loader]]
) -> list[tuple[Any, ...]]:
    """The rows of a statement that the ORM compiled, with its values for %s.

    In the binary form a record says the types of its columns. `type_loaders` convert columns of these types.
    """
    django = connections[DEFAULT_DB_ALIAS]
    django.ensure_connection()
    django.validate_no_broken_transaction()
    with django.wrap_database_errors:
        cursor = Cursor(django.connection)
        for name, loader in type_loaders.items():
            cursor.adapters.register_loader(name, loader)
        return cursor.execute(statement.encode(), values, binary=True).fetchall()


def _execute(
    statement: str, values: Sequence[Any], prepare: bool | None, named: Mapping[str, Any]
) -> tuple[RawCursor[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """The cursor after the statement, and the rows."""
    if named:
        assert not values
        statement, names = _numbered(statement)
        values = [named[name] for name in names]
    django = connections[
        DEFAULT_DB_ALIAS
    ]  # looked up once: each use of django.db.connection looks it up again
    django.close_if_health_check_failed()
    django.ensure_connection()
    django.validate_no_broken_transaction()
    with django.wrap_database_errors:
        cursor = RawCursor(django.connection)
        cursor.execute(statement, values, prepare=prepare)
        return cursor, cursor.fetchall() if cursor.pgresult and cursor.pgresult.nfields else []


@lru_cache(maxsize=256)
def _numbered(statement: str) -> tuple[str, tuple[str, ...]]:
    """The statement with $1, $2 … in place of its $names, and the names in this order."""
    numbers: dict[str, str] = {}
    text = _NAME.sub(lambda match: numbers.setdefault(match[1], f"${len(numbers) + 1}"), statement)
    return text, tuple(numbers)


# Not a dollar quote ($$ or $tag$), and not a part of a word.
_NAME = re.compile(r"(?<![\w$])\$([a-z_]\w*+)(?!\$)")


def begin_transaction(statement: str) -> None:
    """Run the first statement of a transaction in one round trip with the BEGIN that psycopg would send before it."""
    django = connections[DEFAULT_DB_ALIAS]
    django.ensure_connection()
    if django.connection.info.transaction_status != TransactionStatus.IDLE:
        for part in statement.split("; "):
            fetch(part)
    else:
        _run_in_one_trip(f"BEGIN; {statement}")


def begin_with(statements: Sequence[str]) -> None:
    """The same with several statements that reach the server one by one: Citus repeats the text of a SET elsewhere."""
    django = connections[DEFAULT_DB_ALIAS]
    django.ensure_connection()
    with django.wrap_database_errors, django.connection.pipeline():
        for statement in statements:
            RawCursor(django.connection).execute(statement, prepare=False)


@contextmanager
def time_limit(milliseconds: int) -> Iterator[None]:
    """Statements that take longer are cancelled: Django's OperationalError, caused by QueryCanceled.

    They are in a savepoint, so that the transaction goes on after any error.
    """
    _run_in_one_trip(f"SAVEPOINT limited; SET LOCAL statement_timeout = {milliseconds:d}")
    try:
        yield
    except Exception:
        _run_in_one_trip("ROLLBACK TO SAVEPOINT limited; RELEASE SAVEPOINT limited")
        raise
    _run_in_one_trip("SET LOCAL statement_timeout = DEFAULT; RELEASE SAVEPOINT limited")


def _run_in_one_trip(statements: str) -> None:
    """Several statements without values and results."""
    django = connections[DEFAULT_DB_ALIAS]
    pgconn = django.connection.pgconn
    with django.wrap_database_errors:
        result = pgconn.exec_(statements.encode())
        if pgconn.status == ConnStatus.BAD:
            raise OperationalError(result.error_message.decode(errors="replace"))
        if result.status not in _DONE:
            raise error_from_result(result)


def commit_without_waiting() -> None:
    """Let the commit of this transaction not wait for the disk, where texts' commits queue.

    Only for rows that may be lost with the last half second before a crash of the server, or are made again.
    """
    fetch("SET LOCAL synchronous_commit = off")


def counted(insert: str) -> str:
    """An INSERT … SELECT of many rows, which returns their number.

    If it returned nothing, and had no ON CONFLICT, Citus would write the rows by COPY, which policies refuse.
    """
    return f"WITH written AS ({insert} RETURNING 1) SELECT count(*) FROM written"


class RowsInsert(NamedTuple):
    """An INSERT of many rows of one team ($team), each of another number, from `rows AS r` with the values of each."""

    statement: str  # with $1, $2 … for the values
    types: tuple[str, ...]  # of the values
    team: int  # where the values have the team and the number
    number: int


class InsertStatement(NamedTuple):
    """An INSERT that returns its row's ID, to be run together with others. Its values are $1, $2 …

    An UPDATE that returns IDs may run in place of one: of several IDs one is told.
    """

    statement: str
    values: tuple[Any, ...]
    of_rows: RowsInsert | None = None  # the same for many rows, if they have numbers

    @property
    def owner(self) -> tuple[Any, ...]:
        """The team and the number of its row."""
        return (self.values[self.of_rows.team], self.values[self.of_rows.number]) if self.of_rows else ()


class ReturnedId(NamedTuple):
    """In place of a value: the ID, or another returned column, of an INSERT that runs together with this one."""

    insert: str
    column: str = "id"


def insert_statement(
    model: type[models.Model], on_conflict: str = "", returning: str = "", condition: str = "", **values: Any
) -> InsertStatement:
    """The INSERT of a row with these values by column, and with the model's defaults in all other columns.

    Besides its ID it returns `returning`: SQL in which `old` and `new` are the row before and after. With a
    `condition`, SQL in which {column} is a value of the row, the row is inserted only if that is true.
    """
    names = tuple(values)
    ids = tuple((name, value) for name, value in values.items() if isinstance(value, ReturnedId))
    ending = f"{on_conflict} RETURNING id{returning and f', {returning}'}"
    statement, fields, of_rows = _insert_sql(model, names, ids, condition, ending)
    prepared = tuple([prepare(values[name]) if prepare else values[name] for name, prepare in fields])
    return InsertStatement(statement, prepared, of_rows)


def column_values(row: models.Model) -> dict[str, Any]:
    """A row's values by column, without its ID."""
    return {field.attname: getattr(row, field.attname) for field in _insertable_fields(type(row))}


def insert_row(row: models.Model) -> None:
    """INSERT an unsaved row, and set its ID."""
    insert = insert_statement(type(row), **column_values(row))
    ((row.pk,),) = fetch(insert.statement, *insert.values)
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


def select_rows[M: models.Model](model: type[M], where: str, *values: Any) -> list[M]:
    """Instances of the rows that match `where` (SQL, with $1, $2 …), as the ORM would load them."""
    statement, fields = _select(model)
    return [instance_from_row(model, fields, row) for row in fetch(f"{statement} WHERE {where}", *values)]


def instance_from_row[M: models.Model](model: type[M], fields: Sequence[Any], row: Sequence[Any]) -> M:
    """An instance from a returned row, whose values are in the order of `fields`."""
    values = [
        field.from_db_value(value, None, connection) if hasattr(field, "from_db_value") else value
        for field, value in zip(fields, row, strict=True)
    ]
    return model.from_db(DEFAULT_DB_ALIAS, [field.attname for field in fields], values)


@lru_cache(maxsize=256)
def _insert_sql(
    model: type[models.Model],
    names: tuple[str, ...],
    ids: tuple[tuple[str, ReturnedId], ...],
    condition: str,
    ending: str,
) -> tuple[str, list[tuple[str, Callable[[Any], Any] | None]], RowsInsert | None]:
    """The statement, its values' fields in order, each with what prepares its value, if any, and it for many rows."""
    values, prepared, types, returned_ids = dict[str, str](), [], [], dict(ids)
    fields = _insertable_fields(model)
    if unknown := set(names) - {field.attname for field in fields}:
        raise ValueError(f"{model.__name__} has no {', '.join(sorted(unknown))}")
    for field in fields:
        if field.attname in returned_ids:
            value = "(SELECT {0.column} FROM {0.insert})".format(returned_ids[field.attname])
        elif field.attname in names:
            prepared.append((field.attname, _preparer(field)))
            types.append(re.sub(r"\([0-9]+\)", "", field.db_type(connection)))
            value = f"${len(prepared)}::{types[-1]}" if condition else f"${len(prepared)}"
        else:
            value = _default(field)
        values[field.column] = value
    table = f"INSERT INTO {model._meta.db_table} AS t ({', '.join(values)})"
    one = f"SELECT {_row(values, condition)}" if condition else f"VALUES ({_row(values)})"
    given = [name for name, _ in prepared]
    of_rows = None
    if "number" in given:
        row = _row({**values, "team_id": "$team"}, condition, " FROM rows AS r")
        many = f"{table} SELECT {row} {ending}, t.number"
        of_rows = RowsInsert(many, tuple(types), given.index("team_id"), given.index("number"))
    return f"{table} {one} {ending}", prepared, of_rows


def _row(values: Mapping[str, str], condition: str = "", source: str = "") -> str:
    """The values of a row by column, from a source, and the condition under which there is a row."""
    where = f" WHERE {condition.format(**values)}" if condition else ""
    return f"{', '.join(values.values())}{source}{where}"


def _preparer(field: Any) -> Callable[[Any], Any] | None:
    if isinstance(field, (*_PASSED_THROUGH, models.DateTimeField)) and _is_ours_or_djangos(field):
        return None
    return lambda value: field.get_db_prep_save(value, connection)


def _default(field: Any) -> str:
    """A field's default as a literal. Raises ValueError for a field whose default differs each time."""
    differs = field.has_default() and callable(field.default) and field.default not in (list, dict)
    if differs or (isinstance(field, models.DateTimeField) and not field.null):
        raise ValueError(f"{field} needs a value")
    return Literal(field.get_db_prep_save(field.get_default(), connection)).as_string(None)


def _insertable_fields(model: type[models.Model]) -> list[Any]:
    """The fields to which an INSERT gives values."""
    return [field for field in model._meta.concrete_fields if not field.primary_key and not field.generated]


_DONE = (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK)
# psycopg accepts the values of these fields as they are; other fields prepare their values.
_PASSED_THROUGH = (
    models.CharField,
    models.TextField,
    models.IntegerField,
    models.BooleanField,
    models.ForeignKey,
)


def _is_ours_or_djangos(field: Any) -> bool:
    return type(field).__module__.startswith(("django.", "kernel.tenancy"))


@cache
def _select(model: type[models.Model]) -> tuple[str, list[Any]]:
    fields: list[Any] = list(model._meta.concrete_fields)
    return f"SELECT {', '.join(field.column for field in fields)} FROM {model._meta.db_table}", fields
