"""Rows of a folder: the conversations in the inboxes that a member sees, read from an index in the folder's order.

A folder whose condition no index has is walked: a page looks through WALK conversations at most, and the next page
continues behind them, so that it costs the same whatever the number of conversations.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet, Subquery
from django.db.models.fields import IntegerField

from accounts.models import Member
from kernel.keyset import Cursor, after, until
from kernel.loading import Loader
from messaging.folders import Folder
from messaging.models import Conversation
from messaging.narrowing import Narrowing

WALK = 2000  # conversations that a page of a walked folder looks through
COUNT_WALK = 1000  # of a count
MAX_COUNT = 100  # a folder shows "99+"
NOTHING = Narrowing()


@dataclass(frozen=True)
class RowsPage:
    """IDs with times, the cursor of the next page, and whether there is one."""

    ids: list[int]
    last: Cursor | None
    more: bool


class CountOf(Subquery):
    """The number of rows of a query, as a part of another query."""

    template = "(SELECT count(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()


class CountOfHits(CountOf):
    """The number of rows of a query whose column `hit` is true."""

    template = "(SELECT count(*) FILTER (WHERE walked.hit) FROM (%(subquery)s) AS walked)"


@dataclass(frozen=True)
class FolderRows:
    """The conversations of a folder. `inbox_ids` is None for all inboxes of the team."""

    member: Member
    folder: Folder
    inbox_ids: Sequence[int] | None
    narrowing: Narrowing = NOTHING

    @property
    def is_walked(self) -> bool:
        return self.folder.is_walked or (self.narrowing != NOTHING and not self.folder.begins_at_rows)

    def page(self, before: Cursor | None, size: int) -> Loader[RowsPage]:
        """The page behind `before`, or the first page."""
        rows, field = self._base, self.folder.order
        if before:
            rows = after(rows, field, before, descending=self.folder.descending)
        end = (yield from self._end_of_walk(rows)) if self.is_walked else None
        if end:
            rows = until(rows, field, end, descending=self.folder.descending)
        (first,) = yield [self._first(rows.filter(self._condition), size + 1)]
        page = _rows_page(first, size)
        return RowsPage(page.ids, end, more=True) if end and not page.more else page

    def down_to(self, cursor: Cursor, size: int) -> Loader[RowsPage]:
        """Everything down to the cursor."""
        field, descending = self.folder.order, self.folder.descending
        above = until(self._base, field, cursor, descending=descending).filter(self._condition)
        below = after(self._base, field, cursor, descending=descending)
        if not self.is_walked:
            below = below.filter(self._condition)
        first, next = yield [self._first(above, size + 1), self._first(below, 1)]
        page = _rows_page(first, size)
        if page.more:
            return page
        last = cursor if self.is_walked else page.last
        return RowsPage(page.ids, last, bool(last and next))

    def counts(self) -> list[CountOf]:
        """Parts whose sum is the number of conversations; each ends at MAX_COUNT, and together at COUNT_WALK walked."""
        condition = self.folder.counted(self.member) & self.narrowing.condition(self.member)
        if self.is_walked:
            return [CountOfHits(part) for part in self._walked(condition)]
        rows = self._base.filter(condition)
        if len(self.folder.closed) == 1:
            rows = rows.filter(closed=self.folder.closed[0])
        if self.inbox_ids is not None:
            rows = rows.filter(inbox_id__in=self.inbox_ids)
        return [CountOf(rows.values("id")[:MAX_COUNT])]

    @property
    def _base(self) -> QuerySet[Conversation]:
        return self.folder.base(self.member)

    @property
    def _condition(self) -> Q:
        return self.folder.condition(self.member) & self.narrowing.condition(self.member)

    @property
    def _order(self) -> tuple[str, str]:
        return (f"-{self.folder.order}", "-id") if self.folder.descending else (self.folder.order, "id")

    def _end_of_walk(self, rows: QuerySet[Conversation]) -> Loader[Cursor | None]:
        """The last conversation that a page looks at. None if it looks at all of them."""
        (last,) = yield [self._first(rows, WALK, start=WALK - 1)]
        return Cursor(*last[0]) if last else None

    def _first(self, rows: QuerySet[Conversation], limit: int, start: int = 0) -> QuerySet[Any, Any]:
        """IDs and times. Each part is read from its own index, so that a quiet inbox costs no long scan."""
        parts = [
            part.values_list("id", self.folder.order).order_by(*self._order)[:limit]
            for part in self._parts(rows)
        ]
        match parts:
            case []:
                return rows.none()
            case [only]:
                return only[start:]
        return parts[0].union(*parts[1:], all=True).order_by(*self._order)[start:limit]

    def _parts(self, rows: QuerySet[Conversation]) -> list[QuerySet[Conversation]]:
        """The rows by inbox, unless all are seen, and by whether they are closed: each with an index in order."""
        if self.folder.begins_at_rows:
            return [rows if self.inbox_ids is None else rows.filter(inbox_id__in=self.inbox_ids)]
        by_state = [rows.filter(closed=closed) for closed in self.folder.closed]
        if self.inbox_ids is None:
            return by_state
        return [part.filter(inbox_id=id) for part in by_state for id in self.inbox_ids]

    def _walked(self, condition: Q) -> list[QuerySet[Conversation, Any]]:
        """For the first conversations of each part, its share of COUNT_WALK, whether they meet the condition.

        The condition is a column of the limited rows, so that the planner cannot put it before the limit. With a bound
        by time, or with the IDs of the limited rows, it read the whole team.
        """
        parts = self._parts(self._base)
        share = COUNT_WALK // max(1, len(parts))
        hit = ExpressionWrapper(condition, BooleanField())
        return [part.order_by(*self._order).annotate(hit=hit).values("hit")[:share] for part in parts]


def _rows_page(first: list[tuple[int, datetime]], size: int) -> RowsPage:
    """A page of this size; `first` has one row more if there is a next page."""
    page = first[:size]
    return RowsPage([id for id, _ in page], Cursor(*page[-1]) if page else None, len(first) > size)
