"""Opt-outs and opt-ins one by one: those of a period that a filter finds, page by page, and all of them for an export.

They are cut out of the indexes of Change first, and only then joined with the ledger, contacts, texts and standings:
a page costs the same however many there are.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import product
from zoneinfo import ZoneInfo

from accounts.models import Team
from contacts.do_not_text.listing import Key
from contacts.search.number_search import NumberMatches
from kernel.sql import fetch_unprepared
from kernel.tenancy import scope
from optout.models import Action, Origin
from reports.figures import MeasureCounts
from reports.opt_out_rows import ChangeRef, OptOutRow, load_rows
from reports.periods import Period

PAGE_SIZE = 50
MAX_NUMBERS = 1000  # numbers that begin as a search wants it: so many of the ledger are looked at

ACTIONS = (Action.OPTED_OUT, Action.OPTED_IN)

type ChangeKind = tuple[Action, Origin, bool]  # with whether it changed nothing


def measure_of(kind: ChangeKind) -> str:
    """As tallies call it."""
    action, origin, repeated = kind
    return f"{action} {origin}{' again' * repeated}"


@dataclass(frozen=True)
class ChangeQuery:
    """What is asked for."""

    team: Team
    period: Period
    inbox: int | None = None  # 0 for those that belong to none
    actions: Sequence[Action] = ACTIONS
    origins: Sequence[Origin] = tuple(Origin)
    repeated: bool = False  # also those that changed nothing
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
        """What a search is about."""
        return _find_numbers(self.team, self.q)


@dataclass(frozen=True)
class FoundNumbers:
    found: list[str]
    cut: bool  # whether there are more


@dataclass(frozen=True)
class OptOutPage:
    rows: list[OptOutRow]
    next: Key | None  # where the next page begins


def read_page(wanted: ChangeQuery, after: Key | None) -> OptOutPage:
    cut = _read(wanted, after, PAGE_SIZE + 1)
    shown, more = cut[:PAGE_SIZE], len(cut) > PAGE_SIZE
    return OptOutPage(list(load_rows(wanted.team, shown)), Key(shown[-1].at, shown[-1].id) if more else None)


def read_batches(wanted: ChangeQuery, size: int) -> Iterator[list[OptOutRow]]:
    """All of them in the order of the page, each batch read in a scope of its own."""
    after: Key | None = None
    while True:
        with scope(wanted.team.id):
            cut = _read(wanted, after, size)
            batch = list(load_rows(wanted.team, cut))
        yield batch
        if len(cut) < size:
            return
        after = Key(cut[-1].at, cut[-1].id)


def count_changes(wanted: ChangeQuery) -> MeasureCounts:
    """What a search finds, by measure: of single numbers there are no tallies."""
    start, end = wanted.bounds
    rows = fetch_unprepared(
        f"SELECT c.action, c.origin, c.repeated, count(*) FROM {_OF_NUMBERS.format(numbers='$4')}"
        f" WHERE c.at >= $2 AND c.at < $3{_narrowed(wanted)} GROUP BY 1, 2, 3",
        wanted.team.id, start, end, wanted.found_numbers.found,
    )  # fmt: skip
    return MeasureCounts(
        {measure_of((action, origin, repeated)): count for action, origin, repeated, count in rows}
    )


# -- a piece of it -----------------------------------------------------------------------------------------------


def _read(wanted: ChangeQuery, after: Key | None, most: int) -> list[ChangeRef]:
    """So many behind a place."""
    start, end = wanted.bounds
    way, sign = ("ASC", ">") if wanted.oldest_first else ("DESC", "<")
    order = f"ORDER BY at {way}, id {way} LIMIT $6"
    where = f"(c.at, c.id) {sign} ($2, $3) AND c.at >= $4 AND c.at < $5"
    pieces = [f"(SELECT {_ENTRY} FROM {piece} AND {where} {order})" for piece in _pieces(wanted)]
    place = after or Key(start if wanted.oldest_first else end, 0)  # which nothing has
    values = [wanted.team.id, place.at, place.id, start, end, most]
    if wanted.q:
        values.append(wanted.found_numbers.found)
    statement = f"SELECT * FROM ({' UNION ALL '.join(pieces)}) AS pieces {order}"
    return [ChangeRef(*row) for row in fetch_unprepared(statement, *values)]


def _pieces(wanted: ChangeQuery) -> list[str]:
    """Each kind is read by its own piece of an index, so that a rare one costs no long scan; all together by one."""
    if wanted.q:
        return [f"{_OF_NUMBERS.format(numbers='$7')} WHERE true{_narrowed(wanted)}"]
    if wanted.inbox is None and len(wanted.kinds) == _EVERY_KIND:
        return [_CHANGES]
    return [f"{_CHANGES}{_box(wanted)}{_kind(kind)}" for kind in wanted.kinds]


_EVERY_KIND = 2 * len(ACTIONS) * len(Origin)
_ENTRY = ", ".join(f"c.{name}" for name in ChangeRef._fields)
_CHANGES = "reports_indexedchange AS c WHERE c.team_id = $1"
# OFFSET keeps the planner from walking along all changes instead.
_OF_NUMBERS = """(SELECT id FROM optout_consentevent WHERE team_id = $1 AND number = ANY({numbers}::text[])) AS e,
    LATERAL (SELECT * FROM reports_indexedchange WHERE team_id = $1 AND event_id = e.id OFFSET 0) AS c"""


def _narrowed(wanted: ChangeQuery) -> str:
    kinds = " OR ".join(f"(true{_kind(kind)})" for kind in wanted.kinds)
    return f"{_box(wanted)} AND ({kinds})"


def _box(wanted: ChangeQuery) -> str:
    return "" if wanted.inbox is None else f" AND c.inbox_id = {int(wanted.inbox)}"


def _kind(kind: ChangeKind) -> str:
    action, origin, repeated = kind
    return f" AND c.action = '{Action(action)}' AND c.origin = '{Origin(origin)}' AND c.repeated = {bool(repeated)}"


# -- search ------------------------------------------------------------------------------------------------------


def _find_numbers(team: Team, q: str) -> FoundNumbers:
    sought = NumberMatches.of(team, q)
    found, cut = set(sought.numbers), sought.truncated
    for start, end in sought.ranges:
        rows = fetch_unprepared(
            "SELECT DISTINCT number FROM optout_consentevent WHERE team_id = $1"
            " AND number >= $2 AND number < $3 AND starts_with(number, $2) ORDER BY number LIMIT $4",
            team.id, start, end, MAX_NUMBERS + 1,
        )  # fmt: skip
        found |= {number for (number,) in rows[:MAX_NUMBERS]}
        cut = cut or len(rows) > MAX_NUMBERS
    return FoundNumbers(sorted(found), cut)
