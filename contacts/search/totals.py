"""How many contacts match: counted where that is cheap, else estimated and said to be."""

from dataclasses import dataclass

from django.db import connection

from contacts.contact.models import Contact
from contacts.search.filters import EXACT_LIMIT, ContactFilters
from contacts.search.text_search import select_from

# Contacts that are looked at for an estimate: strewn over all that the team ever had, by steps of the golden ratio, so
# that they fall in with no pattern of an import and are the same from one look to the next.
SAMPLE_POINTS, SAMPLE_EACH = 300, 2
SAMPLE = """
    WITH sample AS (
      SELECT DISTINCT ON (c.id) c.*
      FROM (SELECT min(id) AS first, max(id) AS last FROM contacts_contact WHERE team_id = %s) AS x,
        generate_series(1, %s) AS n,
        LATERAL (SELECT * FROM contacts_contact WHERE team_id = %s
          AND id >= first + trunc((last - first) * (n * 0.6180339887498949 %% 1))::bigint ORDER BY id LIMIT %s) AS c)
    SELECT (SELECT count(*) FROM sample), (SELECT count(*) FROM ({matching}) AS matching)
"""


@dataclass(frozen=True)
class ContactTotal:
    count: int
    exact: bool = True

    def __str__(self) -> str:
        """1,204, or about 1.0 M: two digits are what an estimate is worth."""
        if self.exact:
            return f"{self.count:,}"
        if self.count >= 999_500:
            return f"about {self.count / 1_000_000:.{1 if self.count < 9_950_000 else 0}f} M"
        digits = max(0, len(str(self.count)) - 2)
        return f"about {round(self.count, -digits):,}"


def count_matching(filters: ContactFilters, known: int | None = None) -> ContactTotal:
    """How many match; `known` where a page has counted them anyway."""
    if known is not None:
        return ContactTotal(known)
    size = filters.team_size
    if size <= 2 * EXACT_LIMIT:
        everybody = Contact.objects.filter(team_id=filters.team.id)
        counted = everybody.values("id")[: EXACT_LIMIT + 1].count()
        if counted <= EXACT_LIMIT:
            return ContactTotal(filters.matching().count() if filters.active else counted)
        size = max(size, counted)
    if filters.exact_size is not None:
        return ContactTotal(filters.exact_size)
    if not filters.active:
        return ContactTotal(size, exact=False)
    about = filters.about
    return ContactTotal(about if about is not None else round(size * _share(filters)), exact=False)


def _share(filters: ContactFilters) -> float:
    """Which part of a sample matches; of what is too rare for it, which part would if the filters were independent."""
    matching, values = select_from("sample", filters.matching().values("id"))
    team = filters.team.id
    with connection.cursor() as cursor:
        cursor.execute(SAMPLE.format(matching=matching), [team, SAMPLE_POINTS, team, SAMPLE_EACH, *values])
        size, hits = cursor.fetchone()
    return hits / size if hits >= 10 else min(filters.share, 10 / max(10, size))
