"""Total of the contacts that match: exact up to a limit, "about" or "more than" above it."""

from dataclasses import dataclass

from contacts.search.filters import ContactFilters

EXACT_LIMIT = 100_000


@dataclass(frozen=True)
class ContactTotal:
    """A count; with a qualifier ("about", "more than") if it is not exact."""

    count: int
    qualifier: str = ""

    @property
    def exact(self) -> bool:
        return not self.qualifier

    def __str__(self) -> str:
        """1,204 or about 1.0 M: an estimate is rounded to two digits."""
        if self.exact:
            return f"{self.count:,}"
        if self.count >= 999_500:
            return f"{self.qualifier} {self.count / 1_000_000:.{1 if self.count < 9_950_000 else 0}f} M"
        digits = max(0, len(str(self.count)) - 2)
        return f"{self.qualifier} {round(self.count, -digits):,}"


def count_matching(filters: ContactFilters, known: int | None = None) -> ContactTotal:
    """The total of a page; `known` where the page has counted all matches anyway."""
    if known is not None:
        return ContactTotal(known)
    counted = filters.ids()[: EXACT_LIMIT + 1].count()
    if counted <= EXACT_LIMIT:
        return ContactTotal(counted)
    if filters.active:
        return ContactTotal(EXACT_LIMIT, "more than")
    return ContactTotal(max(counted, filters.team_size), "about")
