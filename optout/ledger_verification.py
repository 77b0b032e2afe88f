"""Verification of a team's ledger: follows every chain, and compares it with the feed and with the suppressions.

It reveals an entry that was changed, removed or moved, also at the end of a chain, and suppressions that do not follow
from the entries. It cannot reveal the newest entries of the team if their feed rows were removed with them, or a chain
that the database's owner recomputed as a whole.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import batched, groupby
from operator import attrgetter
from typing import Any

from django.db.models import Count, Exists, OuterRef

from optout.models import ConsentEvent, FeedEntry, Suppression

# Entries fetched at once, and numbers whose suppressions are fetched at once.
ENTRIES_PER_FETCH, NUMBERS_PER_FETCH = 2000, 500


MAX_FAULTS = 100  # that are listed; all are counted


@dataclass(frozen=True)
class LedgerFault:
    """A fault of a number; `position` is that of the faulty entry, or of the number's last entry.

    Where the number is unknown, because its entry was removed, it is empty, and `position` is that in the feed (0: the
    feed has not got a position for it yet).
    """

    number: str
    position: int
    problem: str

    def __str__(self) -> str:
        if self.number:
            return f"number {self.number}, position {self.position}: {self.problem}."
        return f"feed position {self.position or 'unassigned'}: {self.problem}."


@dataclass
class LedgerFaults:
    """The first MAX_FAULTS faults, and how many there are."""

    listed: list[LedgerFault] = field(default_factory=list)
    count: int = 0

    def add(self, faults: Iterable[LedgerFault], unlisted: int = 0) -> None:
        for fault in faults:
            self.count += 1
            if len(self.listed) < MAX_FAULTS:
                self.listed.append(fault)
        self.count += unlisted


@dataclass
class LedgerVerification:
    """How much was read, and the faults: of the chains by number and position, of suppressions, of the feed."""

    entries: int = 0
    numbers: int = 0
    faults: LedgerFaults = field(default_factory=LedgerFaults)

    @property
    def fault(self) -> LedgerFault | None:
        """The first fault, if any."""
        return self.faults.listed[0] if self.faults.listed else None


@dataclass
class _Chain:
    """A number's entries as followed; `expected` maps each suppression that must be in force to its entry's ID."""

    number: str
    length: int = 0
    position: int = 0  # of the last entry
    faults: LedgerFaults = field(default_factory=LedgerFaults)
    expected: dict[str, int] = field(default_factory=dict)


def verify(team_id: int) -> LedgerVerification:
    """Follow every chain of the team, in its scope, also after a fault. Memory does not grow with the ledger.

    In a transaction that is not REPEATABLE READ, a concurrent change may look like a fault.
    """
    verification = LedgerVerification()
    for chains in batched(_follow_chains(team_id), NUMBERS_PER_FETCH):
        suppressions = _suppressions_of(team_id, [chain.number for chain in chains])
        for chain in chains:
            verification.numbers += 1
            verification.entries += chain.length
            verification.faults.add(chain.faults.listed, chain.faults.count - len(chain.faults.listed))
            verification.faults.add(_compare(chain, suppressions.get(chain.number, [])))
    verification.faults.add(_orphans(team_id))
    verification.faults.add(_feed_faults(team_id))
    return verification


def _follow_chains(team_id: int) -> Iterator[_Chain]:
    entries = ConsentEvent.objects.filter(team_id=team_id).order_by("number", "position")
    for number, events in groupby(entries.iterator(ENTRIES_PER_FETCH), attrgetter("number")):
        yield _follow_chain(number, events)


def _follow_chain(number: str, events: Iterable[ConsentEvent]) -> _Chain:
    chain = _Chain(number)
    previous_hash = ""
    for event in events:
        if problem := _problem_of(event, chain, previous_hash):
            chain.faults.add([LedgerFault(number, event.position, problem)])
        chain.length += 1
        chain.position, previous_hash = event.position, event.hash
        for name in event.lifted:
            chain.expected.pop(name, None)
        chain.expected.update(dict.fromkeys(event.added, event.id))
    return chain


def _problem_of(event: ConsentEvent, chain: _Chain, previous_hash: str) -> str:
    """The problem of an entry, given the chain before it; empty if there is none."""
    if event.position != chain.position + 1:
        return f"the entry at position {chain.position + 1} is missing"
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


def _compare(chain: _Chain, rows: list[Suppression]) -> Iterator[LedgerFault]:
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
        yield LedgerFault(chain.number, chain.position, f"{problem}: {name}")


def _orphans(team_id: int) -> Iterator[LedgerFault]:
    """The suppressions of numbers that have no entries."""
    entries = ConsentEvent.objects.filter(team_id=team_id, number=OuterRef("number"))
    rows = Suppression.objects.filter(~Exists(entries), team_id=team_id).order_by("number", "id")
    for row in rows.iterator(ENTRIES_PER_FETCH):
        yield LedgerFault(row.number, 0, f"a suppression has no ledger entry: {row.name}")


# -- the feed ----------------------------------------------------------------------------------------------------


def _feed_faults(team_id: int) -> Iterator[LedgerFault]:
    """A trigger writes one feed row with each entry, and the reader numbers the rows 1, 2, 3 …"""
    feed = FeedEntry.objects.filter(team_id=team_id)
    entries = ConsentEvent.objects.filter(team_id=team_id)
    for row in (
        feed.filter(~Exists(entries.filter(id=OuterRef("event_id"))))
        .order_by("id")
        .iterator(ENTRIES_PER_FETCH)
    ):
        yield LedgerFault("", row.position or 0, f"the ledger entry with the ID {row.event_id} was removed")
    for event in (
        entries.filter(~Exists(feed.filter(event_id=OuterRef("id"))))
        .order_by("id")
        .iterator(ENTRIES_PER_FETCH)
    ):
        yield LedgerFault(event.number, event.position, "the feed has no row for this entry")
    repeated = feed.values("event_id").annotate(rows=Count("id")).filter(rows__gt=1)
    for event_id in (
        repeated.values_list("event_id", flat=True).order_by("event_id").iterator(ENTRIES_PER_FETCH)
    ):
        yield LedgerFault("", 0, f"the feed has two rows for the ledger entry with the ID {event_id}")
    yield from _gaps(
        feed.filter(position__isnull=False).order_by("position").values_list("position", flat=True)
    )


def _gaps(positions: Any) -> Iterator[LedgerFault]:
    last = 0
    for position in positions.iterator(ENTRIES_PER_FETCH):
        if position != last + 1:
            yield LedgerFault("", last + 1, "the row of the feed was removed")
        last = position
