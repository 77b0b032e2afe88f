"""Do-not-text list: every suppression of a team, whether its number has a contact or not.

A number has one entry for each reason. A page is first cut out of an index and only then joined with contacts and the
ledger, so it costs the same however long the list is.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.urls import reverse

from accounts.models import Team
from contacts.contact.models import Contact
from contacts.do_not_text.query import DoNotTextQuery
from contacts.search.number_search import NumberMatches
from kernel import keyset
from kernel.keyset import Cursor
from kernel.phone_numbers import display
from kernel.tenancy import scope
from optout.models import ConsentEvent, Origin, Suppression
from optout.scope_lookups import suppressed_ending

PAGE_SIZE = 50
MAX_FOUND = 100  # entries that a search shows
COUNT_LIMIT = 100_000  # a higher count is shown as "more than"


# -- a page ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SuppressionRow:
    """A reason why a number may not be texted, with its ledger entry."""

    suppression: Suppression
    ledger_entry: ConsentEvent | None
    contact: Contact | None
    team: Team

    @property
    def shown_number(self) -> str:
        return display(self.suppression.number, self.team.country)

    @property
    def initiator(self) -> str:
        name = self.ledger_entry.actor_name if self.ledger_entry else ""
        return initiator_label(self.suppression.origin, name)

    @property
    def at(self) -> datetime:
        return self.ledger_entry.happened_at if self.ledger_entry else self.suppression.created_at

    @property
    def recorded_later(self) -> bool:
        """Whether it was recorded more than a day after it happened, as those of vendor lists are."""
        return self.suppression.created_at - self.at > timedelta(days=1)

    @property
    def inbox(self) -> str:
        return self.ledger_entry.inbox_name if self.ledger_entry else ""

    @property
    def only_in(self) -> str:
        """The name of the only inbox to which it applies; empty for all inboxes."""
        return self.inbox if self.suppression.inbox_id else ""

    def local(self, at: datetime) -> str:
        """The time in the team's time zone, like 2026-11-22 16:01:05-08:00."""
        return at.astimezone(ZoneInfo(self.team.time_zone)).isoformat(" ", "seconds")

    @property
    def address(self) -> str:
        name = "contact" if self.contact else "standing"
        return reverse(name, args=[self.team.slug, self.suppression.number])


def initiator_label(origin: str, name: str) -> str:
    """The origin in words, with the initiator's name."""
    match origin:
        case Origin.MEMBER:
            return name or "A team member"
        case Origin.IMPORT:
            return f"Import by {name}" if name else "Import"
        case Origin.API:
            return f"API key {name}".strip()
        case Origin.CONTACT:
            return "The person, by text"
        case Origin.CARRIER:
            return "The carrier"
        case Origin.LINKED:
            return f"The person, at {name}" if name else "The person, at a linked team"
        case Origin.TOLD_MEMBER:
            return f"The person, recorded by {name or 'a team member'}"
        case Origin.TOLD_IMPORT:
            return (
                f"The person, recorded by an import by {name}"
                if name
                else "The person, recorded by an import"
            )
        case Origin.TOLD_API:
            return f"The person, recorded by API key {name}".strip()
    return f"Vendor list imported by {name}" if name else "Vendor list"


@dataclass(frozen=True)
class DoNotTextPage:
    rows: list[SuppressionRow]
    next: Cursor | None  # for the next page
    truncated: bool = False  # whether a search found more than it shows


def fetch_page(team: Team, query: DoNotTextQuery) -> DoNotTextPage:
    """The page after `query.after`. A search is one page."""
    if query.q:
        found, truncated = _find(team, query)
        return DoNotTextPage(list(suppression_rows(team, found)), None, truncated)
    found = _in_order(team, query, PAGE_SIZE + 1)
    shown = found[:PAGE_SIZE]
    more = len(found) > PAGE_SIZE
    cursor = Cursor(shown[-1].id, getattr(shown[-1], query.column)) if more else None
    return DoNotTextPage(list(suppression_rows(team, shown)), cursor)


def _in_order(team: Team, query: DoNotTextQuery, limit: int) -> list[Suppression]:
    """The first entries after the cursor.

    By time, each kind and origin is read from its own part of the index, so that a rare kind costs no long scan.
    """
    by = [f"{'-' * query.descending}{name}" for name in (query.column, "id")]
    rows = Suppression.objects.filter(team_id=team.id).order_by(*by)
    if query.after:
        rows = keyset.after(rows, query.column, query.after, descending=query.descending)
    if query.column == "number":
        return list(rows.filter(kind__in=query.kinds, origin__in=query.origins)[:limit])
    parts = [
        rows.filter(kind=kind, origin=origin)[:limit] for kind, origin in product(query.kinds, query.origins)
    ]
    if len(parts) == 1:
        return list(parts[0])
    return list(parts[0].union(*parts[1:], all=True).order_by(*by)[:limit])


def suppression_rows(team: Team, rows: Iterable[Suppression]) -> Iterator[SuppressionRow]:
    """The suppressions with their contacts and ledger entries, in the same order."""
    rows = list(rows)
    numbers, entry_ids = [row.number for row in rows], [row.event_id for row in rows]
    contacts = {
        c.number: c for c in Contact.select_rows("team_id = $1 AND number = ANY($2)", team.id, numbers)
    }
    entries = {e.id: e for e in ConsentEvent.select_rows("team_id = $1 AND id = ANY($2)", team.id, entry_ids)}
    for row in rows:
        yield SuppressionRow(row, entries.get(row.event_id), contacts.get(row.number), team)


def all_rows(team: Team, query: DoNotTextQuery, size: int) -> Iterator[list[SuppressionRow]]:
    """All entries that match, oldest first, each batch read in its own scope; for a search, its one page."""
    if query.q:
        with scope(team.id):
            found = fetch_page(team, query).rows
        yield found
        return
    last: int | None = 0
    while last is not None:
        with scope(team.id):
            rows = _matching(team, query).filter(id__gt=last).order_by("id")[:size]
            batch = list(suppression_rows(team, rows))
        yield batch
        last = batch[-1].suppression.id if len(batch) == size else None


def count_in_words(team: Team, query: DoNotTextQuery) -> str:
    """The number of entries in words, counted up to COUNT_LIMIT."""
    count = _matching(team, query).order_by().values("id")[: COUNT_LIMIT + 1].count()
    if count > COUNT_LIMIT:
        return f"more than {COUNT_LIMIT:,} entries"
    return "1 entry" if count == 1 else f"{count:,} entries"


def _matching(team: Team, query: DoNotTextQuery) -> QuerySet[Suppression]:
    return Suppression.objects.filter(team_id=team.id, kind__in=query.kinds, origin__in=query.origins)


# -- search ------------------------------------------------------------------------------------------------------


def _find(team: Team, query: DoNotTextQuery) -> tuple[list[Suppression], bool]:
    """The entries that a search finds, and whether there are more."""
    matches = NumberMatches.of(team, query.q)
    numbers = [*matches.numbers, *suppressed_ending(matches.digits, MAX_FOUND + 1)]
    found = _select(team, query, "number = ANY($4::text[])", numbers)
    for start, end in matches.ranges:
        found += _select(team, query, "number >= $4 AND number < $5 AND starts_with(number, $4)", start, end)
    rows = {row.id: row for row in found}.values()
    shown = sorted(rows, key=lambda row: (getattr(row, query.column), row.id), reverse=query.descending)
    return shown[:MAX_FOUND], len(shown) > MAX_FOUND or matches.truncated


def _select(team: Team, query: DoNotTextQuery, condition: str, *values: Any) -> list[Suppression]:
    where = "team_id = $1 AND kind = ANY($2::text[]) AND origin = ANY($3::text[])"
    where = f"{where} AND {condition} LIMIT {MAX_FOUND + 1}"
    return Suppression.select_rows(where, team.id, query.kinds, query.origins, *values)
