"""Keyset pagination: a cursor where the next page of an ordered list begins, and the rows on one side of it.

A cursor names the last row of a page by the value that the list is ordered by and by the row's ID, so that rows that
come or go meanwhile neither repeat nor skip others, and an index finds the page however far it is.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from django.db.models import QuerySet

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class Cursor:
    """A row's ID and its value in the list's order: a time, a text, or None (ordered by ID alone, or without a value).

    As text for addresses: "4711", "4711~1732208465120000" (microseconds since 1970), "4711~lopez".
    """

    id: int
    value: datetime | str | None = None

    @classmethod
    def read(cls, text: str, kind: type[datetime] | type[str] | None = datetime) -> Self | None:
        """The cursor in an address of a list that is ordered by a value of this kind (None: by ID alone).

        None for anything else, so that a bad address shows the first page. A list with missing values checks `value`.
        """
        match = re.fullmatch(r"([0-9]{1,18})(?:~([^\0]{0,300}))?", text, re.ASCII)
        if match is None or (kind is None and match[2] is not None):
            return None
        if kind is not datetime or match[2] is None:
            return cls(int(match[1]), match[2])
        if not re.fullmatch(r"[0-9]{1,17}|-[0-9]{1,16}", match[2]):  # within the years 1 to 9999
            return None
        return cls(int(match[1]), EPOCH + timedelta(microseconds=int(match[2])))

    def __str__(self) -> str:
        value = (self.value - EPOCH) // MICROSECOND if isinstance(self.value, datetime) else self.value
        return str(self.id) if value is None else f"{self.id}~{value}"


def after(rows: QuerySet[Any], field: str, cursor: Cursor, *, descending: bool = True) -> QuerySet[Any]:
    """The rows after the cursor, in the order of (field, id); with field "id", in the order of the ID alone."""
    beyond, behind = ("lt", "gte") if descending else ("gt", "lte")
    if field == "id":
        return rows.filter(**{f"id__{beyond}": cursor.id})
    # The first condition alone is what an index can use; the second leaves out the rows with the same value.
    return rows.filter(**{f"{field}__{beyond}e": cursor.value}).exclude(
        **{field: cursor.value, f"id__{behind}": cursor.id}
    )


def until(rows: QuerySet[Any], field: str, cursor: Cursor, *, descending: bool = True) -> QuerySet[Any]:
    """The rows up to and including the cursor's row, in the order of (field, id)."""
    up_to, beyond = ("gte", "lt") if descending else ("lte", "gt")
    return rows.filter(**{f"{field}__{up_to}": cursor.value}).exclude(
        **{field: cursor.value, f"id__{beyond}": cursor.id}
    )


def down_from(rows: QuerySet[Any], field: str, cursor: Cursor) -> QuerySet[Any]:
    """The rows from the cursor's row on, newest first in the order of (field, id): the other side of `until`."""
    return rows.filter(**{f"{field}__lte": cursor.value}).exclude(
        **{field: cursor.value, "id__gt": cursor.id}
    )
