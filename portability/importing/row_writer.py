"""Writer of an archive's rows: inserts them with the IDs that they have, under the ID of the new team, in batches."""

import json
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from functools import cache
from itertools import islice
from typing import Any

from django.db import DatabaseError, transaction

from accounts.addresses import account_for_member
from accounts.models import Member, Team
from kernel.encryption import EncryptedField, encrypt
from kernel.sql import counted, fetch
from messaging.media.models import Attachment
from messaging.models import Message
from optout.models import FeedEntry
from portability.contents import ExportedTable, Values, columns_of
from portability.exporting.rows import NAME_IN_TEAM, PERSON

BATCH = 1000  # rows, or
BATCH_BYTES = 8 * 1024**2


class RowRefused(Exception):
    """The database refuses a row; the message says which of the file, and why."""


def write_team(team_id: int, values: Values) -> None:
    """The team's own row, in its scope."""
    row = {**_defaults(Team), **values, "id": team_id}
    _insert("accounts_team", tuple(row), "", team_id, [json.dumps(row)])


def write_rows(table: ExportedTable, team_id: int, rows: Callable[[], Generator[Values]]) -> int:
    """All rows of a table, in the scope of the team. Returns how many. Raises RowRefused.

    One savepoint for the table: with one for each batch, all other sessions would look up subtransactions.
    """
    constants = {**_defaults(table.model), **_secrets_empty(table)}
    adapt = _adapter(table.model, team_id)
    written = 0
    try:
        with closing(rows()) as found, transaction.atomic():
            for batch in _batches(json.dumps({**constants, **adapt(row)}) for row in found):
                _write(table, team_id, batch)
                written += len(batch)
    except DatabaseError:
        with closing(rows()) as found:
            again = (json.dumps({**constants, **adapt(row)}) for row in found)
            raise _refusal(table, team_id, again, written) from None
    return written


def _write(table: ExportedTable, team_id: int, batch: list[str]) -> None:
    if table.model is FeedEntry:
        _number_feed(team_id, batch)
    else:
        _insert(table.table, columns_of(table.model), "team_id", team_id, batch)


def _insert(table: str, columns: tuple[str, ...], team_column: str, team_id: int, batch: list[str]) -> None:
    """Insert rows as JSON objects; PostgreSQL converts their values to the types of the columns."""
    names = ", ".join(f'"{column}"' for column in columns)
    into = f'"{team_column}", {names}' if team_column else names
    values = f"$2::bigint, {names}" if team_column else names
    rows = f"jsonb_populate_recordset(NULL::{table}, $1::jsonb)"
    statement = counted(f"INSERT INTO {table} ({into}) SELECT {values} FROM {rows}")
    fetch(statement, f"[{','.join(batch)}]", *([team_id] if team_column else []))


def _number_feed(team_id: int, batch: list[str]) -> None:
    """A trigger has written a row for each ledger entry; here it gets the position that it had."""
    ((numbered,),) = fetch(_NUMBER_FEED, f"[{','.join(batch)}]", team_id)
    if numbered != len(batch):
        raise DatabaseError("the feed has no row for an entry")


_NUMBER_FEED = """
    WITH numbered AS (
      UPDATE optout_feedentry f SET position = r.position
      FROM jsonb_to_recordset($1::jsonb) AS r(event_id bigint, position bigint)
      WHERE f.team_id = $2 AND f.event_id = r.event_id AND f.position IS NULL RETURNING 1)
    SELECT count(*) FROM numbered
"""


def _refusal(table: ExportedTable, team_id: int, rows: Iterator[str], fitting: int) -> RowRefused:
    """The first row after the fitting ones that the database refuses, and its reason."""
    for batch in _batches(islice(rows, fitting)):
        _write(table, team_id, batch)
    for at, row in enumerate(rows, fitting + 1):
        try:
            with transaction.atomic():
                _write(table, team_id, [row])
        except DatabaseError as error:
            return RowRefused(f"{table.file}, line {at}: {str(error).partition(chr(10))[0]}.")
    return RowRefused(f"{table.file}, after line {fitting}: its rows do not fit together.")


def _batches(rows: Iterator[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    size = 0
    for row in rows:
        batch.append(row)
        size += len(row)
        if len(batch) == BATCH or size > BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


# -- values that differ at each installation ---------------------------------------------------------------------


@cache
def _defaults(model: Any) -> Values:
    """Values of columns that a file of an older version does not have."""
    fields = [field for field in model._meta.concrete_fields if field.has_default() and not field.generated]
    plain = {field.column: field.get_default() for field in fields}
    return {
        name: value for name, value in plain.items() if isinstance(value, (str, int, list, dict, type(None)))
    }


def _secrets_empty(table: ExportedTable) -> Values:
    """What the table has in place of columns that stay behind."""
    encrypted = {
        field.column for field in table.model._meta.concrete_fields if isinstance(field, EncryptedField)
    }
    return {
        name: encrypt(value) if name in encrypted and value is not None else value
        for name, value in table.without.items()
    }


def _adapter(model: Any, team_id: int) -> Callable[[Values], Values]:
    return {Member: _member, Attachment: _attachment(team_id), Message: _message(team_id)}.get(
        model, lambda row: row
    )


def _member(row: Values) -> Values:
    """With the account of the member's address, which is made if there is none."""
    person = {name: row.pop(name) for name in PERSON}
    name = row.pop(NAME_IN_TEAM, "")  # a file of an older version has none
    return {**row, "name": name, "user_id": account_for_member(**person).pk}


def _attachment(team_id: int) -> Callable[[Values], Values]:
    return lambda row: {**row, "file": row["file"] and f"{team_id}/{row['file']}"}


def _message(team_id: int) -> Callable[[Values], Values]:
    def adapt(row: Values) -> Values:
        for medium in row["media"]:
            for name in medium.keys() & {"file", "copied_from"}:
                medium[name] = f"{team_id}/{medium[name]}"
        return row

    return adapt
