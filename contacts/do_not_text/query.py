"""Query of the do-not-text list: the search, filters, order and cursor in the page's address."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self
from urllib.parse import urlencode

from django.http import QueryDict

from contacts.search.address import ColumnHead
from contacts.search.number_search import normalize_query
from kernel.keyset import Cursor
from kernel.unknown_filters import unknown_filters
from optout.models import Origin, SuppressionKind

SORT_COLUMNS = {"recorded": "created_at", "number": "number"}
NEWEST = "-recorded"  # the usual order
KINDS = {SuppressionKind.OPT_OUT: "Opted out", SuppressionKind.BLOCK: "Blocked"}


@dataclass(frozen=True)
class DoNotTextQuery:
    """The filters and the cursor in the page's address. Unknown values are left out, and named."""

    q: str = ""
    kind: str = ""
    origin: str = ""
    sort: str = NEWEST
    after: Cursor | None = None  # of the last entry on the page before
    unknown: tuple[str, ...] = ()  # the labels of filters with other values

    @classmethod
    def read(cls, query: QueryDict) -> Self:
        kind, origin = query.get("kind", ""), query.get("origin", "")
        sort = query.get("sort", NEWEST)
        sort = sort if sort.removeprefix("-") in SORT_COLUMNS else NEWEST
        after = Cursor.read(query.get("after", ""), str if sort.endswith("number") else datetime)
        kind = kind if kind in SuppressionKind.values else ""
        origin = origin if origin in Origin.values else ""
        return cls(
            q=normalize_query(query.get("q", "")),
            kind=kind,
            origin=origin,
            unknown=tuple(unknown_filters(query, {"kind": ("Kind", kind), "origin": ("By", origin)})),
            sort=sort,
            after=after if after and after.value else None,
        )

    @property
    def kinds(self) -> list[str]:
        return [self.kind] if self.kind else SuppressionKind.values

    @property
    def origins(self) -> list[str]:
        return [self.origin] if self.origin else Origin.values

    @property
    def words(self) -> str:
        """The filters in words, for paper: Blocked, by a team member, “0142”."""
        kind = KINDS[SuppressionKind(self.kind)] if self.kind else ""
        origin = f"by {Origin(self.origin).label}" if self.origin else ""
        return ", ".join(filter(None, [kind, origin, f"“{self.q}”" if self.q else ""]))

    @property
    def column(self) -> str:
        """The column by which the entries are sorted."""
        return SORT_COLUMNS[self.sort.removeprefix("-")]

    @property
    def descending(self) -> bool:
        return self.sort.startswith("-")

    @property
    def query(self) -> str:
        """The filters and the order as a query string."""
        return self._with_sort(self.sort)

    def head(self, name: str, label: str) -> ColumnHead:
        """The head of a column that sorts by it, or the other way round if it is sorted by it."""
        if self.sort.removeprefix("-") != name:
            return ColumnHead(label, f"?{self._with_sort(NEWEST if name == 'recorded' else name)}")
        other = name if self.descending else f"-{name}"
        return ColumnHead(
            label, f"?{self._with_sort(other)}", "descending" if self.descending else "ascending"
        )

    def _with_sort(self, sort: str) -> str:
        filters = {name: value for name in ("q", "kind", "origin") if (value := getattr(self, name))}
        return urlencode(filters | ({} if sort == NEWEST else {"sort": sort}))
