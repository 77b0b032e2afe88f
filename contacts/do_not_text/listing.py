"""The do-not-text list: everything that takes the right to text a number away, whether it is a contact's or nobody's.

A number stands on it once for each reason. A page is cut out of an index first, and only then joined with contacts and
the ledger, so that it costs the same however long the list is.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any, Self
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse

from accounts.models import Team
from contacts.contact.models import Contact
from contacts.search.number_search import NumberMatches, normalize_query
from kernel.phone_numbers import display
from kernel.tenancy import scope
from optout.models import ConsentEvent, Origin, Suppression, SuppressionKind

PAGE_SIZE = 50
MAX_FOUND = 100  # lines that a search shows
COUNT_LIMIT = 10_000  # beyond it a count says "more than"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


# -- what is asked for -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class DoNotTextQuery:
    """The page's address, read: unknown and bad values are as if they were not there."""

    q: str = ""
    kind: str = ""
    origin: str = ""
    after: "Key | None" = None

    @classmethod
    def read(cls, query: QueryDict) -> Self:
        kind, origin = query.get("kind", ""), query.get("origin", "")
        return cls(
            q=normalize_query(query.get("q", "")),
            kind=kind if kind in SuppressionKind.values else "",
            origin=origin if origin in Origin.values else "",
            after=Key.read(query.get("after", "")),
        )

    @property
    def kinds(self) -> list[str]:
        return [self.kind] if self.kind else SuppressionKind.values

    @property
    def origins(self) -> list[str]:
        return [self.origin] if self.origin else Origin.values

    @property
    def query(self) -> str:
        """The filters as an address has them."""
        given = QueryDict(mutable=True)
        given.update({name: value for name in ("q", "kind", "origin") if (value := getattr(self, name))})
        return given.urlencode()


@dataclass(frozen=True)
class Key:
    """A place in the order by (created_at, id), newest first; as text microseconds and id."""

    at: datetime
    id: int

    @classmethod
    def read(cls, text: str) -> Self | None:
        """None for anything that is no key."""
        if not re.fullmatch(r"[0-9]{1,17}-[0-9]{1,18}", text):
            return None
        at, _, id = text.partition("-")
        return cls(EPOCH + timedelta(microseconds=int(at)), int(id))

    def __str__(self) -> str:
        return f"{(self.at - EPOCH) // timedelta(microseconds=1)}-{self.id}"


# -- a page of it ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SuppressionRow:
    """A reason why a number may not be texted, with the line of the ledger that made it."""

    row: Suppression
    event: ConsentEvent | None
    contact: Contact | None
    team: Team

    @property
    def shown_number(self) -> str:
        return display(self.row.number, self.team.country)

    @property
    def who(self) -> str:
        """Who initiated it."""
        return initiator_label(self.row.origin, self.event.actor_name if self.event else "")

    @property
    def at(self) -> datetime:
        return self.event.happened_at if self.event else self.row.created_at

    @property
    def recorded_later(self) -> bool:
        """Whether it came to us more than a day after it happened, as what moved in does."""
        return self.row.created_at - self.at > timedelta(days=1)

    @property
    def inbox(self) -> str:
        return self.event.inbox_name if self.event else ""

    def local(self, at: datetime) -> str:
        """2026-11-22 16:01:05-08:00, by the team's clock."""
        return at.astimezone(ZoneInfo(self.team.time_zone)).isoformat(" ", "seconds")

    @property
    def address(self) -> str:
        name = "contact" if self.contact else "standing"
        return reverse(name, args=[self.team.slug, self.row.number])


def initiator_label(origin: str, name: str) -> str:
    """An origin in words, with the name of whoever it was."""
    match origin:
        case Origin.MEMBER:
            return name or "A team member"
        case Origin.IMPORT:
            return f"Import {name}".strip()
        case Origin.API:
            return f"API key {name}".strip()
        case Origin.CONTACT:
            return "The person, by text"
        case Origin.CARRIER:
            return "The carrier"
    return f"Moved in by {name}" if name else "Moved in"


@dataclass(frozen=True)
class DoNotTextPage:
    rows: list[SuppressionRow]
    next: Key | None  # where the next page begins
    cut: bool = False  # whether a search found more than it shows


def fetch_page(team: Team, asked: DoNotTextQuery) -> DoNotTextPage:
    """The page after `asked.after`, newest first; a search is one page."""
    if asked.q:
        found, cut = _found(team, asked)
        return DoNotTextPage(list(suppression_rows(team, found)), None, cut)
    newest = _newest(team, asked, PAGE_SIZE + 1)
    shown = newest[:PAGE_SIZE]
    more = len(newest) > PAGE_SIZE
    return DoNotTextPage(
        list(suppression_rows(team, shown)),
        Key(shown[-1].created_at, shown[-1].id) if more and shown else None,
    )


def _newest(team: Team, asked: DoNotTextQuery, most: int) -> list[Suppression]:
    """Each kind and origin is read by its own piece of the index, so that a rare one costs no long scan."""
    rows = Suppression.objects.filter(team_id=team.id).order_by("-created_at", "-id")
    if asked.after:
        # The first condition alone is what the index can use; the second leaves out the equals.
        rows = rows.filter(created_at__lte=asked.after.at)
        rows = rows.exclude(created_at=asked.after.at, id__gte=asked.after.id)
    parts = [
        rows.filter(kind=kind, origin=origin)[:most] for kind, origin in product(asked.kinds, asked.origins)
    ]
    if len(parts) == 1:
        return list(parts[0])
    return list(parts[0].union(*parts[1:], all=True).order_by("-created_at", "-id")[:most])


def suppression_rows(team: Team, rows: Iterable[Suppression]) -> Iterator[SuppressionRow]:
    """With contacts and ledger, in the order of `rows`."""
    rows = list(rows)
    numbers, events = [row.number for row in rows], [row.event_id for row in rows]
    people = {c.number: c for c in Contact.select_rows("team_id = $1 AND number = ANY($2)", team.id, numbers)}
    ledger = {e.id: e for e in ConsentEvent.select_rows("team_id = $1 AND id = ANY($2)", team.id, events)}
    for row in rows:
        yield SuppressionRow(row, ledger.get(row.event_id), people.get(row.number), team)


def all_rows(team: Team, asked: DoNotTextQuery, size: int) -> Iterator[list[SuppressionRow]]:
    """All that is asked for, oldest first, each batch read in a scope of its own; of a search, its one page."""
    if asked.q:
        with scope(team.id):
            found = fetch_page(team, asked).rows
        yield found
        return
    last: int | None = 0
    while last is not None:
        with scope(team.id):
            batch = list(suppression_rows(team, _of(team, asked).filter(id__gt=last).order_by("id")[:size]))
        yield batch
        last = batch[-1].row.id if len(batch) == size else None


def count_in_words(team: Team, asked: DoNotTextQuery) -> str:
    """How many lines there are, in words; beyond ten thousand none of them is worth the counting."""
    rows = _of(team, asked).order_by().values("id")[: COUNT_LIMIT + 1].count()
    return f"more than {COUNT_LIMIT:,} lines" if rows > COUNT_LIMIT else f"{rows:,} line{'s' * (rows != 1)}"


def _of(team: Team, asked: DoNotTextQuery) -> QuerySet[Suppression]:
    return Suppression.objects.filter(team_id=team.id, kind__in=asked.kinds, origin__in=asked.origins)


# -- search ------------------------------------------------------------------------------------------------------


def _found(team: Team, asked: DoNotTextQuery) -> tuple[list[Suppression], bool]:
    """What a search finds, newest first, and whether there is more than that."""
    sought = NumberMatches.of(team, asked.q)
    found = _where(team, asked, "number = ANY($4::text[])", sought.numbers)
    for start, end in sought.ranges:
        found += _where(team, asked, "number >= $4 AND number < $5 AND starts_with(number, $4)", start, end)
    rows = sorted(
        {row.id: row for row in found}.values(), key=lambda row: (row.created_at, row.id), reverse=True
    )
    return rows[:MAX_FOUND], len(rows) > MAX_FOUND or sought.truncated


def _where(team: Team, asked: DoNotTextQuery, condition: str, *values: Any) -> list[Suppression]:
    where = f"team_id = $1 AND kind = ANY($2::text[]) AND origin = ANY($3::text[]) AND {condition} LIMIT {MAX_FOUND + 1}"
    return Suppression.select_rows(where, team.id, asked.kinds, asked.origins, *values)
