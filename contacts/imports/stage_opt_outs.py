"""Staging of opt-outs: what the rows of a file say about each number, of which the strictest statement counts."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from contacts.imports.models import Import
from contacts.imports.row_reader import RowOptOut
from kernel.sql import fetch


@dataclass(frozen=True)
class NumberOptOut:
    """What the rows read so far say about one number."""

    line: int
    happened_at: datetime | None
    words: str
    refused: bool
    unclear: bool

    def strictest(self, other: "NumberOptOut") -> "NumberOptOut":
        """A clear statement comes before an unclear one; of two, the newest, and one without a time is the newest."""
        if self.unclear != other.unclear:
            return other if self.unclear else self
        times = (self.happened_at, other.happened_at)
        newest = None if None in times else max(at for at in times if at)
        return replace(self, happened_at=newest, refused=self.refused and other.refused)


@dataclass
class ReadOptOuts:
    """The opt-outs of some rows."""

    rows: list[tuple[int, RowOptOut, bool]] = field(default_factory=list)
    lines: set[int] = field(default_factory=set)  # with a clear opt-out
    moved: set[int] = field(default_factory=set)  # those of them in which a cell beside the column says it

    def add(self, line: int, stated: RowOptOut, *, refused: bool) -> None:
        self.rows.append((line, stated, refused))
        if not stated.unclear:
            self.lines.add(line)
        if stated.moved:
            self.moved.add(line)

    def remark(self, line: int) -> str:
        """The sentence that follows the reason why this line was refused."""
        if line in self.moved:
            return " A cell beside its opt-out column means an opt-out, which is imported all the same."
        return " Its opt-out is imported all the same." if line in self.lines else ""

    def stage(self, run: Import, *, refused: set[int]) -> None:
        """Store them. `refused` has more lines that were refused after they were read."""
        by_number: dict[str, NumberOptOut] = {}
        for line, stated, was_refused in self.rows:
            is_refused = was_refused or line in refused
            found = NumberOptOut(line, stated.happened_at, stated.words, is_refused, stated.unclear)
            for number in stated.numbers:
                by_number[number] = by_number[number].strictest(found) if number in by_number else found
        if by_number:
            _store(run, by_number)


# The conflict is resolved as by NumberOptOut.strictest().
_STORE = """
    INSERT INTO contacts_importoptout AS mine (team_id, run_id, number, line, happened_at, words, refused, unclear)
    SELECT $1, $2, * FROM unnest($3::text[], $4::integer[], $5::timestamptz[], $6::text[], $7::boolean[], $8::boolean[])
    ON CONFLICT (team_id, run_id, number) DO UPDATE SET
        happened_at = CASE WHEN mine.unclear AND NOT excluded.unclear THEN excluded.happened_at
            WHEN excluded.unclear AND NOT mine.unclear THEN mine.happened_at
            WHEN mine.happened_at IS NOT NULL AND excluded.happened_at IS NOT NULL
            THEN greatest(mine.happened_at, excluded.happened_at) END,
        refused = CASE WHEN mine.unclear = excluded.unclear THEN mine.refused AND excluded.refused
            WHEN mine.unclear THEN excluded.refused ELSE mine.refused END,
        line = CASE WHEN mine.unclear AND NOT excluded.unclear THEN excluded.line ELSE mine.line END,
        words = CASE WHEN mine.unclear AND NOT excluded.unclear THEN excluded.words ELSE mine.words END,
        unclear = mine.unclear AND excluded.unclear
"""


def _store(run: Import, by_number: dict[str, NumberOptOut]) -> None:
    found = by_number.values()
    fetch(
        _STORE, run.team_id, run.id, list(by_number), [one.line for one in found],
        [one.happened_at for one in found], [one.words for one in found], [one.refused for one in found],
        [one.unclear for one in found],
    )  # fmt: skip


_AT_ONCE = 5000  # opt-outs

# By primary key: see contacts.imports.batch.
_NEXT = """
    SELECT id, number, unclear FROM contacts_importoptout
    WHERE team_id = $1 AND run_id + 0 = $2 AND id > $3 ORDER BY id LIMIT $4
"""
_SETTLE = """
    UPDATE contacts_importrow SET opt_out = $4
    WHERE team_id = $1 AND run_id = $2 AND number = ANY($3::text[]) AND opt_out IS NOT TRUE
"""


def settle_opt_outs(run: Import) -> None:
    """After the last row: let the opt-outs of all rows count for the good rows.

    A number whose good row says "no" may be opted out by another row. Then that row's "no" lifts nothing. The numbers
    are passed as a list, since a join of two tables that were just filled has no statistics and takes quadratic time.
    """
    reached = 0
    while found := fetch(_NEXT, run.team_id, run.id, reached, _AT_ONCE):
        for opt_out in (True, None):
            numbers = [number for _, number, unclear in found if unclear is (opt_out is None)]
            fetch(_SETTLE, run.team_id, run.id, numbers, opt_out)
        reached = found[-1][0]
