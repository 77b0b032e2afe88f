"""Pages by a time, as integrations know them: the time of the last row is sent to get the rows behind it.

Rows can share a time to the microsecond: an import writes thousands in one moment. Where a page ends between two
such, its last time goes on behind the microseconds with the row's id, which RFC 3339 allows and most readers ignore;
sent back as it came, it parts the two.
"""

import re
from datetime import UTC, datetime
from typing import Annotated, Any, NamedTuple, Self

from django.db.models import Q, QuerySet
from pydantic import AfterValidator, Field, StrictStr
from pydantic_core import PydanticCustomError

PAGE_SIZE = 30
_TIME = re.compile(
    r"(?P<time>\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d)"
    r"(\.(?P<micros>\d{1,6})(?P<id>\d{0,19}))?(?P<zone>[Zz]|[+-]\d\d:\d\d)",
    re.ASCII,
)


class Place(NamedTuple):
    """Where a page ended."""

    at: datetime
    id: int | None  # of the last row, where the next one has the same time

    @classmethod
    def read(cls, text: str) -> Self:
        """Raises ValueError for what is no time of RFC 3339."""
        found = _TIME.fullmatch(text)
        if found is None:
            raise ValueError(text)
        micros = (found["micros"] or "").ljust(6, "0")
        at = datetime.fromisoformat(f"{found['time']}.{micros}{found['zone'].upper()}".replace("Z", "+00:00"))
        try:
            return cls(at.astimezone(UTC), int(found["id"]) if found["id"] else None)
        except OverflowError:
            raise ValueError(text) from None

    def __str__(self) -> str:
        time = self.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")
        return f"{time}{f'{self.id:019d}' if self.id is not None else ''}Z"


def _readable(text: str) -> str:
    try:
        Place.read(text)
    except ValueError:
        raise PydanticCustomError("cursor", "Send a time of RFC 3339, as the last page had it.") from None
    return text


CursorParameter = Annotated[
    StrictStr,
    AfterValidator(_readable),
    Field(
        description="The time of the last row of the page before, as it was answered; without it, the first page.",
        json_schema_extra={"format": "date-time"},
        examples=["2026-11-25T10:42:00.123456Z"],
    ),
]


# The time by which rows are paged, in an answer.
CursorTime = Annotated[
    str,
    Field(
        description="RFC 3339, UTC, to the microsecond; send it as it is to get the next page.",
        json_schema_extra={"format": "date-time"},
        examples=["2026-11-25T10:42:00.123456Z"],
    ),
]


def fetch_page(
    rows: QuerySet[Any], field: str, cursor: str | None, *, ascending: bool = False
) -> list[tuple[Any, str]]:
    """The rows behind the cursor in the order of `field`, newest first, each with its time as it is answered."""
    sign, later = ("", "gt") if ascending else ("-", "lt")
    if cursor:
        place = Place.read(cursor)
        behind = Q(**{f"{field}__{later}": place.at})
        if place.id is not None:
            # The first condition alone is what an index can use.
            rows = rows.filter(**{f"{field}__{later}e": place.at})
            behind |= Q(**{field: place.at, f"id__{later}": place.id})
        rows = rows.filter(behind)
    found = list(rows.order_by(f"{sign}{field}", f"{sign}id")[: PAGE_SIZE + 1])
    shown, following = found[:PAGE_SIZE], found[PAGE_SIZE:]
    times = [getattr(row, field) for row in shown]
    tied = bool(following) and getattr(following[0], field) == times[-1]
    ends = [Place(at, None) for at in times]
    if tied:
        ends[-1] = Place(times[-1], shown[-1].id)
    return [(row, str(end)) for row, end in zip(shown, ends, strict=True)]
