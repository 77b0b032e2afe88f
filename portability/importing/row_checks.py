"""Checks of the rows in an archive: that they are rows of their table, in order, and entries of the ledger whole."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Self

from accounts.models import Team
from optout import ledger_hash
from optout.models import ConsentEvent, FeedEntry
from portability.contents import TEAM_WITHOUT, ExportedTable, Values, columns_of, tables_in_order
from portability.exporting.archive import MEDIA, TEAM
from portability.exporting.rows import NAME_IN_TEAM, file_columns

HIGHEST_ID = 31 * 2**48  # that a row may have: kernel/scope_lookups.sql reserves no higher ones


class UnfitRow(Exception):
    """What is wrong with a row, in a sentence."""


@dataclass
class RowCheck:
    """The check of one file's rows, in their order."""

    columns: tuple[str, ...]  # that each line has
    model: Any = None
    key: str = ""  # the name by which the lines are ordered
    _last: int = 0

    @classmethod
    def of(cls, file: str, columns: tuple[str, ...]) -> Self:
        """Raises UnfitRow if the manifest lists columns that this version does not know, or lacks one that it needs."""
        table = next((table for table in tables_in_order() if table.file == file), None)
        known = _known_columns(file, table)
        if unknown := sorted(set(columns) - set(known)):
            raise UnfitRow(f"this version does not know {unknown[0]}. It was made by a newer one.")
        model: Any = Team if file == TEAM else table.model if table else None
        if missing := [name for name in known if name not in columns and not _has_default(model, name)]:
            raise UnfitRow(f"{missing[0]} is missing.")
        key = "" if table is None else "event_id" if table.model is FeedEntry else "id"
        return cls(columns, model, key)

    def unlike(self, values: Values) -> bool:
        return values.keys() != set(self.columns)

    def row(self, values: Values) -> None:
        """Raises UnfitRow."""
        if self.key:
            self._check_order(values[self.key])
        for name, allowed in _choices(self.model).items():
            if name in values and values[name] not in allowed:
                raise UnfitRow(f"{name} cannot be {values[name]!r}.")
        if self.model is ConsentEvent:
            check_entry(values)

    def _check_order(self, id: Any) -> None:
        if type(id) is not int or not self._last < id <= HIGHEST_ID:
            raise UnfitRow(f"its ID {id!r} does not follow {self._last}.")
        self._last = id


def check_entry(values: Values) -> None:
    """Whether a ledger entry has its hash. Raises UnfitRow."""
    columns = dict(values)
    try:
        for name in ("obtained_at", "happened_at", "recorded_at", "each_inbox_since"):
            columns[name] = values.get(name) and datetime.fromisoformat(values[name])
        entry = ConsentEvent(team_id=values["hashed_team_id"], **columns)
        whole = ledger_hash.digest(entry.hashed_columns()) == entry.hash
    except (TypeError, ValueError, KeyError) as error:
        raise UnfitRow(f"it is no ledger entry: {error}.") from error
    if not whole:
        raise UnfitRow(
            f"entry {values['position']} of {values['number']} was changed: the hash differs from its content."
        )


def _known_columns(file: str, table: ExportedTable | None) -> tuple[str, ...]:
    if table:
        return file_columns(table)
    if file == MEDIA:
        return ("bytes", "name", "sha256")
    return tuple(column for column in columns_of(Team) if column not in TEAM_WITHOUT)


def _has_default(model: Any, column: str) -> bool:
    """Whether a file of an older version may lack the column."""
    if column == NAME_IN_TEAM:
        return True
    field = (
        next((one for one in model._meta.concrete_fields if one.column == column), None) if model else None
    )
    return field is not None and (field.null or field.has_default()) and column != "id"


@cache
def _choices(model: Any) -> dict[str, frozenset[Any]]:
    """The values that each column with choices may have."""
    fields = [field for field in model._meta.concrete_fields if field.choices] if model else []
    return {field.column: frozenset(_allowed(field)) for field in fields}


def _allowed(field: Any) -> Iterator[Any]:
    yield from (value for value, _ in field.flatchoices)
    if field.null:
        yield None
    if field.blank or field.get_default() == "":
        yield ""
