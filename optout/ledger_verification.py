"""Verification of a team's ledger: follows every chain from its first entry to its last and names the first fault.

It reveals an entry that was changed, removed or moved within its number's chain, and suppressions that do not follow
from the entries. No chain can reveal a removed tail whose suppressions were removed with it, or a chain that the
database's owner recomputed as a whole.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import batched, groupby
from operator import attrgetter

from django.db.models import Exists, OuterRef

from optout.models import ConsentEvent, Suppression

# Entries fetched at once, and numbers whose suppressions are fetched at once.
ENTRIES_PER_FETCH, NUMBERS_PER_FETCH = 2000, 500


@dataclass(frozen=True)
class LedgerFault:
    """The first fault of a number; `position` is that of the faulty entry, or of the number's last entry."""

    number: str
    position: int
    problem: str


@dataclass
class LedgerVerification:
    """How much was read, and the first fault in the order of numbers and positions, if any."""

    entries: int = 0
    numbers: int = 0
    fault: LedgerFault | None = None


@dataclass
class _Chain:
    """A number's entries as followed; `expected` maps each suppression that must be in force to its entry's ID."""

    number: str
    length: int = 0
    fault: LedgerFault | None = None
    expected: dict[str, int] = field(default_factory=dict)


def verify(team_id: int) -> LedgerVerification:
    """Follow every chain of the team, in its scope, up to the first fault. Memory does not grow with the ledger.

    In a transaction that is not REPEATABLE READ, a concurrent change may look like a fault.
    """
    verification = LedgerVerification()
    for chains in batched(_follow_chains(team_id), NUMBERS_PER_FETCH):
        suppressions = _suppressions_of(team_id, [chain.number for chain in chains])
        for chain in chains:
            verification.numbers += 1
            verification.entries += chain.length
            verification.fault = chain.fault or _compare(chain, suppressions.get(chain.number, []))
            if verification.fault:
                return verification
    verification.fault = _find_orphan(team_id)
    return verification


def _follow_chains(team_id: int) -> Iterator[_Chain]:
    entries = ConsentEvent.objects.filter(team_id=team_id).order_by("number", "position")
    for number, events in groupby(entries.iterator(ENTRIES_PER_FETCH), attrgetter("number")):
        yield _follow_chain(number, events)


def _follow_chain(number: str, events: Iterable[ConsentEvent]) -> _Chain:
    chain = _Chain(number)
    previous_hash = ""
    for event in events:
        chain.length += 1
        if problem := _problem_of(event, chain, previous_hash):
            chain.fault = chain.fault or LedgerFault(number, event.position, problem)
        previous_hash = event.hash
        for name in event.lifted:
            chain.expected.pop(name, None)
        chain.expected.update(dict.fromkeys(event.added, event.id))
    return chain


def _problem_of(event: ConsentEvent, chain: _Chain, previous_hash: str) -> str:
    """The problem of an entry, given the chain before it; empty if there is none."""
    if event.position != chain.length:
        return f"the entry at position {chain.length} is missing"
    if event.previous_hash != previous_hash:
        return "it does not follow the entry before it: the previous hash differs"
    if event.hash != event.digest():
        return "its content was changed: the hash differs"
    if missing := [name for name in event.lifted if name not in chain.expected]:
        return f"it lifts a suppression that was not in force: {', '.join(missing)}"
    if repeated := [name for name in event.added if name in chain.expected]:
        return f"it adds a suppression that was in force already: {', '.join(repeated)}"
    return ""


def _suppressions_of(team_id: int, numbers: list[str]) -> dict[str, list[Suppression]]:
    rows: dict[str, list[Suppression]] = {}
    for row in Suppression.objects.filter(team_id=team_id, number__in=numbers):
        rows.setdefault(row.number, []).append(row)
    return rows


def _compare(chain: _Chain, rows: list[Suppression]) -> LedgerFault | None:
    """Compare the suppressions of a number with those that its entries lead to, and with the entries they refer to."""
    actual = {row.name: row.event_id for row in rows}
    for name in sorted(chain.expected.keys() | actual.keys()):
        if name not in actual:
            problem = "a suppression that follows from the entries is missing"
        elif name not in chain.expected:
            problem = "a suppression does not follow from the entries"
        elif actual[name] != chain.expected[name]:
            problem = "a suppression refers to another entry than the one that created it"
        else:
            continue
        return LedgerFault(chain.number, chain.length, f"{problem}: {name}")
    return None


def _find_orphan(team_id: int) -> LedgerFault | None:
    """The first suppression of a number that has no entries."""
    entries = ConsentEvent.objects.filter(team_id=team_id, number=OuterRef("number"))
    orphans = Suppression.objects.filter(~Exists(entries), team_id=team_id).order_by("number", "id")
    row = orphans.first()
    return LedgerFault(row.number, 0, f"a suppression has no ledger entry: {row.name}") if row else None
