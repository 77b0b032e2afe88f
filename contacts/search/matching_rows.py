"""Matching rows of a filter: their number decides whether a page walks an index or sorts all matches."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import BooleanField, Case, Q, QuerySet, When

from kernel.estimates import estimated_rows

COUNT_LIMIT = 20_000  # up to which rows are counted


@dataclass(frozen=True)
class MatchingRows:
    """The contacts that some of the filters find by an index of their own, as values of a column."""

    names: tuple[str, ...]  # of the filters
    column: str  # "id" or "number"
    rows: QuerySet[Any]
    contact_column: str = ""  # the only column of the contact that the filters test, if any

    @cached_property
    def size(self) -> int:
        """The number of rows, counted up to COUNT_LIMIT + 1."""
        return self.rows.order_by()[: COUNT_LIMIT + 1].count()

    @cached_property
    def estimate(self) -> int:
        """The number of rows; beyond COUNT_LIMIT, the planner's estimate."""
        if self.size <= COUNT_LIMIT:
            return self.size
        return max(self.size, estimated_rows(self.rows))

    def condition(self) -> Q:
        # PostgreSQL would turn a plain IN into a join. Inside CASE it is a lookup in a hash table for each contact.
        inside = When(**{f"{self.column}__in": self.rows}, then=True)
        return Q(Case(inside, default=False, output_field=BooleanField()))
