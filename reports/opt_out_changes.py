"""Opt-outs and opt-ins that match filters, by page for the report and in batches for its export.

They are read from the indexes of IndexedChange first and joined with ledger, contacts, texts and standings after that,
so a page costs the same for any number of changes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import product
from zoneinfo import ZoneInfo

from accounts.models import Team
from contacts.search.number_search import NumberMatches
from kernel.keyset import Cursor
from kernel.sql import fetch_unprepared
from kernel.tenancy import scope
from optout.models import Action, Origin
from reports.figures import MeasureCounts
from reports.opt_out_rows import ChangeRef, OptOutRow, load_rows
from reports.periods import Period

PAGE_SIZE = 50
MAX_NUMBERS = 1000  # numbers of the ledger that a search by first digits looks at

ACTIONS = (Action.OPTED_OUT, Action.OPTED_IN)

type ChangeKind = tuple[Action, Origin, bool]  # the last: repeated


def measure_of(kind: ChangeKind) -> str:
    """The measure that counts these changes."""
    action, origin, repeated = kind
    return f"{action} {origin}{' repeated' * repeated}"


@dataclass(frozen=True)
class ChangeQuery:
    """The filters and order of a list of changes."""

    team: Team
    period: Period
    inbox: int | None = None  # 0: changes of no inbox
    actions: Sequence[Action] = ACTIONS
    origins: Sequence[Origin] = tuple(Origin)
    repeated: bool = False  # include repeated requests
    oldest_first: bool = False
    q: str = ""

    @property
    def kinds(self) -> list[ChangeKind]:
        return list(product(self.actions, self.origins, (False, True) if self.repeated else (False,)))

    @property
    def bounds(self) -> tuple[datetime, datetime]:
        return self.period.bounds(ZoneInfo(self.team.time_zone))

    @cached_property
    def found_numbers(self) -> "FoundNumbers":
        """The numbers that match the search `q`."""
        return _find_numbers(self.team, self.q)


@dataclass(frozen=True)
class FoundNumbers:
    numbers: list[str]
    cut: bool  # more numbers match


@dataclass(frozen=True)
class OptOutPage:
    rows: list[OptOutRow]
    next: Cursor | None  # None on the last page


def read_page(change_query: ChangeQuery, after: Cursor | None) -> OptOutPage:
    changes = _read(change_query, after, PAGE_SIZE + 1)
    shown, has_more = changes[:PAGE_SIZE], len(changes) > PAGE_SIZE
    return OptOutPage(list(load_rows(change_query.team, shown)), _cursor(shown[-1]) if has_more else None)


def read_batches(change_query: ChangeQuery, size: int) -> Iterator[list[OptOutRow]]:
    """All changes in the order of the page. Each batch opens its own scope."""
    after: Cursor | None = None
    while True:
        with scope(change_query.team.id):
            changes = _read(change_query, after, size)
            batch = list(load_rows(change_query.team, changes))
        yield batch
        if len(changes) < size:
            return
        after = _cursor(changes[-1])


def count_changes(change_query: ChangeQuery) -> MeasureCounts:
    """The changes that a search finds, by measure; rollups have no numbers."""
    start, end = change_query.bounds
    rows = fetch_unprepared(
        f"SELECT c.action, c.origin, c.repeated, count(*) FROM {_OF_NUMBERS.format(numbers='$4')}"
        f" WHERE c.at >= $2 AND c.at < $3{_conditions(change_query)} GROUP BY 1, 2, 3",
        change_query.team.id, start, end, change_query.found_numbers.numbers,
    )  # fmt: skip
    return MeasureCounts(
        {measure_of((action, origin, repeated)): count for action, origin, repeated, count in rows}
    )


# -- reading -----------------------------------------------------------------------------------------------------


def _cursor(change: ChangeRef) -> Cursor:
    return Cursor(change.id, change.at)


def _read(change_query: ChangeQuery, after: Cursor | None, most: int) -> list[ChangeRef]:
    """Up to `most` changes after the cursor."""
    start, end = change_query.bounds
    direction, sign = ("ASC", ">") if change_query.oldest_first else ("DESC", "<")
    order = f"ORDER BY at {direction}, id {direction} LIMIT $6"
    where = f"(c.at, c.id) {sign} ($2, $3) AND c.at >= $4 AND c.at < $5"
    parts = [f"(SELECT {_COLUMNS} FROM {part} AND {where} {order})" for part in _parts(change_query)]
    if after is None or after.value is None:
        after = Cursor(0, start if change_query.oldest_first else end)  # no change has the ID 0
    values: list[object] = [change_query.team.id, after.value, after.id, start, end, most]
    if change_query.q:
        values.append(change_query.found_numbers.numbers)
    statement = f"SELECT * FROM ({' UNION ALL '.join(parts)}) AS parts {order}"
    return [ChangeRef(*row) for row in fetch_unprepared(statement, *values)]


def _parts(change_query: ChangeQuery) -> list[str]:
    """One part of an index per kind, so that a rare kind needs no long scan; a single part for all kinds."""
    if change_query.q:
        return [f"{_OF_NUMBERS.format(numbers='$7')} WHERE true{_conditions(change_query)}"]
    if change_query.inbox is None and len(change_query.kinds) == _EVERY_KIND:
        return [_CHANGES]
    return [
        f"{_CHANGES}{_inbox_condition(change_query)}{_kind_condition(kind)}" for kind in change_query.kinds
    ]


_EVERY_KIND = 2 * len(ACTIONS) * len(Origin)
_COLUMNS = ", ".join(f"c.{name}" for name in ChangeRef._fields)
_CHANGES = "reports_indexedchange AS c WHERE c.team_id = $1"
# OFFSET keeps the planner from scanning all changes instead.
_OF_NUMBERS = """(SELECT id FROM optout_consentevent WHERE team_id = $1 AND number = ANY({numbers}::text[])) AS e,
    LATERAL (SELECT * FROM reports_indexedchange WHERE team_id = $1 AND event_id = e.id OFFSET 0) AS c"""


def _conditions(change_query: ChangeQuery) -> str:
    kinds = " OR ".join(f"(true{_kind_condition(kind)})" for kind in change_query.kinds)
    return f"{_inbox_condition(change_query)} AND ({kinds})"


def _inbox_condition(change_query: ChangeQuery) -> str:
    return "" if change_query.inbox is None else f" AND c.inbox_id = {int(change_query.inbox)}"


def _kind_condition(kind: ChangeKind) -> str:
    action, origin, repeated = kind
    return f" AND c.action = '{Action(action)}' AND c.origin = '{Origin(origin)}' AND c.repeated = {bool(repeated)}"


# -- search ------------------------------------------------------------------------------------------------------


def _find_numbers(team: Team, q: str) -> FoundNumbers:
    matches = NumberMatches.of(team, q)
    numbers, cut = set(matches.numbers), matches.truncated
    for start, end in matches.ranges:
        rows = fetch_unprepared(
            "SELECT DISTINCT number FROM optout_consentevent WHERE team_id = $1"
            " AND number >= $2 AND number < $3 AND starts_with(number, $2) ORDER BY number LIMIT $4",
            team.id, start, end, MAX_NUMBERS + 1,
        )  # fmt: skip
        numbers |= {number for (number,) in rows[:MAX_NUMBERS]}
        cut = cut or len(rows) > MAX_NUMBERS
    return FoundNumbers(sorted(numbers), cut)
