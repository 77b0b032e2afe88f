"""Pages by time: the time of a page's last row is the parameter of the next page.

Rows can have the same time to the microsecond: an import writes thousands in one transaction. Where a page ends
between two such rows, the row's ID follows the microseconds of its last time. RFC 3339 allows that and most readers
ignore it; a caller that sends the text back unchanged gets the next row.
"""

import re
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from django.db.models import QuerySet
from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    StrictBool,
    StrictStr,
    ValidationInfo,
    model_validator,
)
from pydantic_core import PydanticCustomError

from api.shapes import StrictRequest, number_as_text, request_of
from api.tolerance import is_compatible, is_empty
from kernel.keyset import Cursor, after

PAGE_SIZE, MAX_PAGE_SIZE = 30, 500
MAX_PAGE = 10_000
_TIME = re.compile(
    r"(?P<time>\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d)"
    r"(\.(?P<micros>\d{1,6})(?P<id>\d{0,19}))?(?P<zone>[Zz]|[+-]\d\d:\d\d)",
    re.ASCII,
)


def parse_cursor_time(text: str) -> tuple[datetime, int | None]:
    """The time, and the row's ID if the text has one. Raises ValueError if this is not a time of RFC 3339."""
    match = _TIME.fullmatch(text)
    if match is None:
        raise ValueError(text)
    micros = (match["micros"] or "").ljust(6, "0")
    at = datetime.fromisoformat(f"{match['time']}.{micros}{match['zone'].upper()}".replace("Z", "+00:00"))
    try:
        return at.astimezone(UTC), int(match["id"]) if match["id"] else None
    except OverflowError:
        raise ValueError(text) from None


def cursor_time(at: datetime, id: int | None = None) -> str:
    """A time in RFC 3339, with the row's ID where the next row has the same time."""
    time = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")
    return f"{time}{f'{id:019d}' if id is not None else ''}Z"


def _require_cursor_time(text: str) -> str:
    try:
        parse_cursor_time(text)
    except ValueError:
        raise PydanticCustomError(
            "cursor", "Send a time of RFC 3339, as returned by the last page."
        ) from None
    return text


CursorParameter = Annotated[
    StrictStr,
    AfterValidator(_require_cursor_time),
    Field(
        description="The time of the last row of the page before, as returned; without it, the first page.",
        json_schema_extra={
            "pattern": r"^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,25})?([Zz]|[+-]\d\d:\d\d)$"
        },
        examples=["2026-11-25T10:42:00.123456Z"],
    ),
]


CursorTime = Annotated[
    str,
    Field(
        description="RFC 3339, UTC. Send it back unchanged, as a text, to get the next page.",
        examples=["2026-11-25T10:42:00.123456Z"],
    ),
]


_NUMBER = BeforeValidator(number_as_text)


class PageRequest(StrictRequest):
    """A page of a list. `date` continues behind the last page; `page` counts pages from there, and skips rows that
    move meanwhile.
    """

    date: CursorParameter | None = None
    ascending: Annotated[StrictBool, Field(description="The oldest first.")] = False
    limit: Annotated[
        int, Field(strict=True, ge=1, le=MAX_PAGE_SIZE, description="How many rows to return."), _NUMBER
    ] = PAGE_SIZE
    page: Annotated[
        int,
        Field(strict=True, ge=0, le=MAX_PAGE, description="How many pages of this size to skip."),
        _NUMBER,
    ] = 0

    @model_validator(mode="before")
    @classmethod
    def _without_empty_fields(cls, data: Any, info: ValidationInfo) -> Any:
        """Compatible keys send 0 and "" for what they leave out."""
        if not isinstance(data, dict) or not is_compatible(request_of(info)):
            return data
        return {name: value for name, value in data.items() if value != 0 and not is_empty(value)}

    def read(self, rows: QuerySet[Any], field: str) -> list[tuple[Any, str]]:
        """The rows of this page in the order of `field`, each with its cursor time."""
        return fetch_page(
            rows, field, self.date, ascending=self.ascending, limit=self.limit, skip=self.page * self.limit
        )


class OrderedPageRequest(PageRequest):
    """A page of a list that has two orders. The time that it is ordered by is the `date` of the next page."""

    order: Annotated[Literal["updated_at", "created_at"], Field(description="The time to order by.")] = (
        "updated_at"
    )


def fetch_page(
    rows: QuerySet[Any],
    field: str,
    cursor: str | None,
    *,
    ascending: bool = False,
    limit: int = PAGE_SIZE,
    skip: int = 0,
) -> list[tuple[Any, str]]:
    """The page of rows behind the cursor in the order of `field`, newest first, each with its cursor time."""
    sign = "" if ascending else "-"
    if cursor:
        rows = _behind(rows, field, *parse_cursor_time(cursor), ascending=ascending)
    found = list(rows.order_by(f"{sign}{field}", f"{sign}id")[skip : skip + limit + 1])
    page, following = found[:limit], found[limit:]
    times = [cursor_time(getattr(row, field)) for row in page]
    if following and getattr(following[0], field) == getattr(page[-1], field):
        times[-1] = cursor_time(getattr(page[-1], field), page[-1].id)
    return list(zip(page, times, strict=True))


def _behind(
    rows: QuerySet[Any], field: str, at: datetime, id: int | None, *, ascending: bool
) -> QuerySet[Any]:
    if id is None:
        return rows.filter(**{f"{field}__{'gt' if ascending else 'lt'}": at})
    return after(rows, field, Cursor(id, at), descending=not ascending)
