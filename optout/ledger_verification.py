"""Reads a team's ledger from its first line to its last and says where it is broken.

What it can show: a line that was changed, removed or moved in the midst of its number's chain, and suppressions that do
not follow from the lines. What no chain can show: a removed tail whose suppressions went with it, and a chain that the
database's owner wrote anew from end to end.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import batched, groupby
from operator import attrgetter

from django.db.models import Exists, OuterRef

from optout.models import ConsentEvent, Suppression

# Lines fetched at once, and numbers whose suppressions are fetched at once.
ENTRIES_PER_FETCH, NUMBERS_PER_FETCH = 2000, 500


@dataclass(frozen=True)
class LedgerFault:
    """The first thing that is wrong with a number; `position` is its line, or the number of its lines."""

    number: str
    position: int
    problem: str


@dataclass
class LedgerVerification:
    """How much was read, and the first fault in the order of numbers and positions, if there is one."""

    entries: int = 0
    numbers: int = 0
    fault: LedgerFault | None = None


@dataclass
class _Chain:
    """One number's lines, followed: what stands after them, each row with the id of the line that made it."""

    number: str
    length: int = 0
    fault: LedgerFault | None = None
    standing: dict[str, int] = field(default_factory=dict)


def verify(team_id: int) -> LedgerVerification:
    """Follow every chain of the team, in its scope, up to the first fault; memory does not grow with the ledger.

    In a transaction that is not REPEATABLE READ, a change made meanwhile may look like a fault.
    """
    verdict = LedgerVerification()
    for chains in batched(_chains(team_id), NUMBERS_PER_FETCH):
        rows = _rows(team_id, [chain.number for chain in chains])
        for chain in chains:
            verdict.numbers += 1
            verdict.entries += chain.length
            verdict.fault = chain.fault or _compare(chain, rows.get(chain.number, []))
            if verdict.fault:
                return verdict
    verdict.fault = _without_lines(team_id)
    return verdict


def _chains(team_id: int) -> Iterator[_Chain]:
    lines = ConsentEvent.objects.filter(team_id=team_id).order_by("number", "position")
    for number, events in groupby(lines.iterator(ENTRIES_PER_FETCH), attrgetter("number")):
        yield _follow(number, events)


def _follow(number: str, events: Iterable[ConsentEvent]) -> _Chain:
    chain = _Chain(number)
    previous_hash = ""
    for event in events:
        chain.length += 1
        if wrong := _wrong_with(event, chain, previous_hash):
            chain.fault = chain.fault or LedgerFault(number, event.position, wrong)
        previous_hash = event.hash
        for name in event.lifted:
            chain.standing.pop(name, None)
        chain.standing.update(dict.fromkeys(event.added, event.id))
    return chain


def _wrong_with(event: ConsentEvent, chain: _Chain, previous_hash: str) -> str:
    """What is wrong with a line, given the chain that leads to it; empty when nothing is."""
    if event.position != chain.length:
        return f"the line at position {chain.length} is missing"
    if event.previous_hash != previous_hash:
        return "it does not follow the line before it: the previous hash differs"
    if event.hash != event.digest():
        return "its content was changed: the hash differs"
    if missing := [name for name in event.lifted if name not in chain.standing]:
        return f"it lifts what did not stand: {', '.join(missing)}"
    if twice := [name for name in event.added if name in chain.standing]:
        return f"it adds what stood already: {', '.join(twice)}"
    return ""


def _rows(team_id: int, numbers: list[str]) -> dict[str, list[Suppression]]:
    rows: dict[str, list[Suppression]] = {}
    for row in Suppression.objects.filter(team_id=team_id, number__in=numbers):
        rows.setdefault(row.number, []).append(row)
    return rows


def _compare(chain: _Chain, rows: list[Suppression]) -> LedgerFault | None:
    """What stands must be what the lines say, each row made by the line that says so."""
    found = {row.name: row.event_id for row in rows}
    for name in sorted(chain.standing.keys() | found.keys()):
        if name not in found:
            return LedgerFault(
                chain.number, chain.length, f"by its lines this suppression stands, and is missing: {name}"
            )
        if name not in chain.standing:
            return LedgerFault(
                chain.number,
                chain.length,
                f"a suppression stands that does not follow from its lines: {name}",
            )
        if found[name] != chain.standing[name]:
            return LedgerFault(
                chain.number,
                chain.length,
                f"a suppression names another line than the one that made it: {name}",
            )
    return None


def _without_lines(team_id: int) -> LedgerFault | None:
    lines = ConsentEvent.objects.filter(team_id=team_id, number=OuterRef("number"))
    orphans = Suppression.objects.filter(~Exists(lines), team_id=team_id).order_by("number", "id")
    row = orphans.first()
    return LedgerFault(row.number, 0, f"a suppression stands without any line: {row.name}") if row else None
