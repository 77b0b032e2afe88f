"""The orders that contacts are shown in, and places in them, as addresses carry them."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from django.db.models import BooleanField, F, Func, Q, TextChoices, Value

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class SortColumn(TextChoices):
    """What contacts are sorted by. Those without it stand last, whichever way."""

    NAME = "name", "Name"
    NUMBER = "number", "Number"
    CREATED = "created", "Created"
    LAST = "last", "Last message"

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
    """(column, id) > (value, id): as one comparison of rows, which an index answers from its own place on."""

    template, output_field = "%(expressions)s", BooleanField()


@dataclass(frozen=True)
class Place:
    """Where a contact stands in an order; as text for addresses, times in microseconds."""

    value: Any
    id: int

    @classmethod
    def read(cls, text: str, sort: SortColumn) -> Self | None:
        """None for anything that is no place in this order."""
        id, parted, value = text.partition("~")
        if not (id.isdecimal() and len(id) < 19 and len(value) < 300) or "\0" in value:
            return None
        if not parted or (sort == SortColumn.NAME and not value):
            return cls(None, int(id)) if sort.may_be_missing else None
        if not sort.is_time:
            return cls(value, int(id))
        try:
            return cls(EPOCH + timedelta(microseconds=int(value)), int(id))
        except (ValueError, OverflowError):
            return None

    @classmethod
    def of(cls, id: int, value: Any) -> Self:
        return cls(value or None, id)

    def __str__(self) -> str:
        value = self.value
        if isinstance(value, datetime):
            value = (value - EPOCH) // timedelta(microseconds=1)
        return str(self.id) if value is None else f"{self.id}~{value}"


@dataclass(frozen=True)
class SortOrder:
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

    @property
    def by(self) -> list[Any]:
        """As the index has it, so that it can be walked either way."""
        column, id = F(self.sort.column), F("id")
        if self.sort == SortColumn.LAST:
            return (
                [column.desc(nulls_last=True), id.desc()]
                if self.down
                else [column.asc(nulls_first=True), id.asc()]
            )
        columns = [column] if self.sort == SortColumn.NUMBER else [column, id]
        return [one.desc() if self.down else one.asc() for one in columns]

    @property
    def parts(self) -> list[Q]:
        """Those that have what they are sorted by, and those that have not."""
        match self.sort:
            case SortColumn.NAME:
                return [Q(sort_name__gt=""), Q(sort_name="")]
            case SortColumn.LAST:
                return [Q(last_message_at__isnull=False), Q(last_message_at__isnull=True)]
        return [Q()]

    def beyond(self, place: Place) -> Q:
        """Those after the place, within its part."""
        sign = " < " if self.down else " > "
        if place.value is None:
            return Q(id__lt=place.id) if self.down else Q(id__gt=place.id)
        column, value = F(self.sort.column), Value(place.value)
        if self.sort == SortColumn.NUMBER:
            return Q(_RowComparison(column, value, arg_joiner=sign))
        return Q(_RowComparison(_SqlRow(column, F("id")), _SqlRow(value, Value(place.id)), arg_joiner=sign))

    def part_of(self, place: Place) -> Q:
        return self.parts[-1] if place.value is None else self.parts[0]

    def onward(self, part: Q, place: Place | None) -> Q:
        """A part from a place on, if that lies in it."""
        if place is None or self.part_of(place) != part:
            return part
        # Upwards, what lies beyond a value has one. Said once more, that would be where PostgreSQL begins to read.
        return part & self.beyond(place) if self.down or place.value is None else self.beyond(place)

    def parts_from(self, place: Place | None, back: bool) -> list[Q]:
        """The parts that a walk comes through, from a place on or back from it."""
        parts = self.parts[::-1] if back else self.parts
        return parts[parts.index(self.part_of(place)) :] if place else parts

    def place(self, contact: Any) -> Place:
        return Place.of(contact.id, getattr(contact, self.sort.column))
