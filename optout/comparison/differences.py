"""Differences between another system's list of numbers and the standings here. Nothing is changed or locked."""

import enum
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from optout import wording
from optout.models import Action, ConsentEvent, Standing, StandingState
from optout.number_state import standings
from optout.reviews import Review

# What held numbers wait for, and the newest entries by which numbers became active again.
_HOLDS = "team_id = $1 AND outcome = 'open' AND kind = 'hold' AND number = ANY($2::text[])"
_ENTRIES = """
    team_id = $1 AND id = ANY($2::bigint[] || ARRAY(
        SELECT DISTINCT ON (number) id FROM optout_consentevent WHERE team_id = $1 AND number = ANY($3::text[])
        AND action IN ('opted_in', 'unblocked') ORDER BY number, position DESC))
"""
_LIFTING = (Action.OPTED_IN, Action.UNBLOCKED)
_NOTHING = "Nothing is in force against this number here."


class DifferenceKind(enum.StrEnum):
    """How a number differs. The values are part of the public API."""

    ONLY_HERE = "only_here"  # stopped here, active there
    SOME_INBOXES = "some_inboxes"  # stopped in single inboxes here, active there
    HELD = "held_for_review"
    ONLY_THERE = "only_there"
    OTHER_STATUS = "other_status"  # blocked here and opted out there, or the reverse
    DUPLICATE = "duplicate_phone"


@dataclass(frozen=True)
class Difference:
    """A number whose standing here is another than there, with the ledger entry that decided it here."""

    number: str
    kind: DifferenceKind
    here: StandingState
    sentence: str
    entry: ConsentEvent | None = None
    inbox_ids: list[int] = field(default_factory=list)


def find_differences(
    team_id: int, stated: dict[str, set[StandingState]], inbox_id: int | None
) -> Iterator[Difference]:
    """The numbers that differ, in the order of `stated`: three statements, in the scope of the team.

    A number with several stated standings is a duplicate. Without an inbox, what holds for all inboxes is compared.
    """
    record = StandingRecord(team_id, stated, inbox_id)
    for number, there in stated.items():
        if len(there) > 1:
            yield record.duplicate(number)
        elif difference := record.compare(number, *there):
            yield difference


class StandingRecord:
    """What is on record about the numbers, read at once."""

    def __init__(self, team_id: int, stated: dict[str, set[StandingState]], inbox_id: int | None) -> None:
        numbers = list(stated)
        self.inbox_id, self.standings = inbox_id, standings(team_id, numbers)
        held = Review.select_rows(_HOLDS, team_id, numbers)
        self.held = {review.number: review.held_event_id or 0 for review in held}
        wanted = [row.event_id for found in self.standings.values() for row in found.rows]
        active = [number for number in numbers if number not in self.standings]
        wanted += self.held.values()
        self.entries = {
            entry.id: entry for entry in ConsentEvent.select_rows(_ENTRIES, team_id, wanted, active)
        }
        lifts = (entry for entry in self.entries.values() if entry.action in _LIFTING)
        self.lifts = {entry.number: entry for entry in lifts}

    def compare(self, number: str, there: StandingState) -> Difference | None:
        everywhere = self.standings.get(number, Standing(number))
        here = everywhere.in_inbox(self.inbox_id)
        if here.state != there:
            if there is StandingState.ACTIVE:
                return self._stopped(DifferenceKind.ONLY_HERE, number, here)
            if here.may_text:
                return self._only_there(number, everywhere)
            return self._stopped(DifferenceKind.OTHER_STATUS, number, here)
        if there is StandingState.ACTIVE and self.inbox_id is None and everywhere.rows:
            return self._stopped(DifferenceKind.SOME_INBOXES, number, everywhere, here.state)
        if there is StandingState.ACTIVE and number in self.held:
            return self._held(number)
        return None

    def _stopped(
        self, kind: DifferenceKind, number: str, standing: Standing, here: StandingState | None = None
    ) -> Difference:
        entry = self.entries.get(standing.rows[0].event_id)
        sentence = f"{wording.describe_entry(entry)}." if entry else f"{standing.state.label}."
        return Difference(number, kind, here or standing.state, sentence, entry, _inboxes(standing))

    def _only_there(self, number: str, everywhere: Standing) -> Difference:
        entry, kind = self.lifts.get(number), DifferenceKind.ONLY_THERE
        if everywhere.rows:  # in other inboxes
            return self._stopped(kind, number, everywhere, StandingState.ACTIVE)
        sentence = f"{wording.describe_entry(entry)}." if entry else _NOTHING
        return Difference(number, kind, StandingState.ACTIVE, sentence, entry)

    def _held(self, number: str) -> Difference:
        entry = self.entries.get(self.held[number])
        sentence = f"{wording.describe_entry(entry)}." if entry else "A text may be an opt-out."
        return Difference(number, DifferenceKind.HELD, StandingState.ACTIVE, sentence, entry)

    def duplicate(self, number: str) -> Difference:
        here = self.standings.get(number, Standing(number)).in_inbox(self.inbox_id)
        entry = self.entries.get(here.rows[0].event_id) if here.rows else self.lifts.get(number)
        known = f"{wording.describe_entry(entry)}." if entry else _NOTHING
        sentence = f"Sent with different statuses. {known}"
        return Difference(number, DifferenceKind.DUPLICATE, here.state, sentence, entry, _inboxes(here))


def _inboxes(standing: Standing) -> list[int]:
    """The single inboxes of a standing that is in force in no others."""
    ids = {row.inbox_id for row in standing.rows}
    return [] if None in ids else sorted(id for id in ids if id)


def unassigned(phones: Iterable[str]) -> dict[str, str]:
    """What numbers would be that our tables do not know: a carrier may have delivered a keyword from one."""
    digits = {phone: phone.strip().removeprefix("+") for phone in phones}
    return {phone: f"+{found}" for phone, found in digits.items() if found.isascii() and found.isdecimal()}
