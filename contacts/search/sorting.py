"""Sort orders of the contacts page, and the cursors at which its pages begin."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from django.db.models import BigIntegerField, BooleanField, F, Func, Q, TextChoices, Value

from kernel.keyset import Cursor


class SortColumn(TextChoices):
    """The column by which contacts are sorted. Contacts without a value come last in both directions."""

    NAME = "name", "Name"
    NUMBER = "number", "Number"
    CREATED = "created", "Created"
    LAST = "last", "Last text"

    @property
    def column(self) -> str:
        return {"name": "sort_name", "created": "created_at", "last": "last_message_at"}.get(self, self.value)

    @property
    def may_be_missing(self) -> bool:
        return self in (SortColumn.NAME, SortColumn.LAST)

    @property
    def is_time(self) -> bool:
        return self in (SortColumn.CREATED, SortColumn.LAST)


class _SqlRow(Func):
    template = "(%(expressions)s)"


class _RowComparison(Func):
    """(column, id) > (value, id) as one comparison of rows, so that an index scan starts at the cursor."""

    template, output_field = "%(expressions)s", BooleanField()


@dataclass(frozen=True)
class SortOrder:
    """A column and a direction. Its parts are the contacts with a value, and behind them those without."""

    sort: SortColumn = SortColumn.NAME
    down: bool = False

    @classmethod
    def read(cls, text: str) -> Self:
        name = text.removeprefix("-")
        return cls(SortColumn(name), text.startswith("-")) if name in SortColumn.values else cls()

    def __str__(self) -> str:
        return f"{'-' if self.down else ''}{self.sort}"

    def reversed(self) -> "SortOrder":
        return SortOrder(self.sort, not self.down)

    def read_cursor(self, text: str) -> Cursor | None:
        """The cursor in an address; None for text that is no cursor of this order."""
        cursor = Cursor.read(text, datetime if self.sort.is_time else str)
        if cursor and not cursor.value:
            return Cursor(cursor.id) if self.sort.may_be_missing else None
        return cursor

    def cursor(self, contact: Any) -> Cursor:
        return Cursor(contact.id, getattr(contact, self.sort.column) or None)

    @property
    def by(self) -> list[Any]:
        """The ORDER BY of the index, which can be read in both directions."""
        column, id = F(self.sort.column), F("id")
        if self.sort == SortColumn.LAST:
            if self.down:
                return [column.desc(nulls_last=True), id.desc()]
            return [column.asc(nulls_first=True), id.asc()]
        columns = [column] if self.sort == SortColumn.NUMBER else [column, id]
        return [each.desc() if self.down else each.asc() for each in columns]

    @property
    def parts(self) -> list[Q]:
        """The contacts with a value, and the contacts without, where it may be missing."""
        match self.sort:
            case SortColumn.NAME:
                return [Q(sort_name__gt=""), Q(sort_name="")]
            case SortColumn.LAST:
                return [Q(last_message_at__isnull=False), Q(last_message_at__isnull=True)]
        return [Q()]

    def after(self, cursor: Cursor) -> Q:
        """The contacts behind the cursor, within its part."""
        sign = " < " if self.down else " > "
        if cursor.value is None:
            return Q(id__lt=cursor.id) if self.down else Q(id__gt=cursor.id)
        column, value = F(self.sort.column), Value(cursor.value)
        id = Value(cursor.id, BigIntegerField())  # as an IntegerField it would be cut to 32 bits
        if self.sort == SortColumn.NUMBER:
            return Q(_RowComparison(column, value, arg_joiner=sign))
        return Q(_RowComparison(_SqlRow(column, F("id")), _SqlRow(value, id), arg_joiner=sign))

    def part_of(self, cursor: Cursor) -> Q:
        return self.parts[-1] if cursor.value is None else self.parts[0]

    def rest_of(self, part: Q, cursor: Cursor | None) -> Q:
        """The contacts of a part behind the cursor; all of them where the cursor is in another part."""
        if cursor is None or self.part_of(cursor) != part:
            return part
        # Ascending, contacts behind a value have a value. A second condition would move the start of the index scan.
        return part & self.after(cursor) if self.down or cursor.value is None else self.after(cursor)

    def parts_from(self, cursor: Cursor | None, *, backwards: bool) -> list[Q]:
        """The parts that a walk from the cursor passes."""
        parts = self.parts[::-1] if backwards else self.parts
        return parts[parts.index(self.part_of(cursor)) :] if cursor else parts
