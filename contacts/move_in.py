"""Moves a former vendor's opt-outs in: read, checked and shown first, then recorded as the person's own.

No contact is made, and nobody is sent anything. A line whose number cannot be read is left out with the reason. One
whose date cannot be read is taken without it: an opt-out that is known must not be lost for a date.
"""

from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from zoneinfo import ZoneInfo

from django.utils import timezone

from accounts.models import Member
from accounts.statements import ask
from contacts import dates, runs
from contacts.dates import UnclearDate
from contacts.imports.cells import NO, unharmed
from contacts.imports.columns import NumberWidget
from contacts.models import MoveIn, MoveInFile, MoveInRemark, MoveInRow
from contacts.models.run import State
from contacts.move_in_reading import LIKE_A_DATE, Columns, Reading
from contacts.tables import NotATable, Row
from optout import consent
from optout.consent import Actor, Said
from optout.models import Origin
from optout.record import MOST, standings

MOST_BYTES = 20 * 1024 * 1024
_READ = 2000  # rows a transaction


# -- the story ---------------------------------------------------------------------------------------------------


def begin(member: Member, *, source: str, country: str, file_name: str, data: bytes) -> MoveIn:
    """Keep the list and have it checked; `file_name` is empty where it was pasted."""
    run = MoveIn(
        team_id=member.team_id, source=source, country=country, file_name=file_name[-255:],
        state=State.CHECKING, total=len(data),
    )  # fmt: skip
    run.sign(member)
    run.save()
    MoveInFile.objects.create(team_id=run.team_id, of=run, data=data)
    runs.wake(run)
    return run


def confirm(run: MoveIn) -> None:
    """Have a checked list recorded; `run` is locked."""
    if run.state != State.CHECKED:
        return
    kept = {
        word: run.counts[word]
        for word in ("repeated", "without_date", "not_opted_out", "unreadable")
        if word in run.counts
    }
    run.counts = {"recorded": 0, "already_there": 0, "opted_in_since": 0} | kept
    last = MoveInRow.objects.filter(team_id=run.team_id, of_id=run.id).order_by("-line").first()
    run.position, run.total, run.alive_at = 0, last.line if last else 0, None
    run.started_at, run.state = None, State.WAITING
    run.save()
    runs.wake(run)


def cancel(run: MoveIn) -> None:
    """Stop it between two batches, or drop what was only checked; `run` is locked."""
    if run.at_work:
        run.cancel_asked = True
    elif run.state == State.CHECKED:
        run.end(State.CANCELLED)
    run.save()


WORDS = {
    "new": "to be put on the list",
    "recorded": "put on the list",
    "already_there": "already there: they opted out themselves",
    "opted_in_since": "left alone: they opted in here later than that",
    "repeated": "repeated: the same number on several lines",
    "without_date": "taken without a date: it could not be read",
    "not_opted_out": "left out: their Opt Out column is empty or says no",
    "unreadable": "left out: no number that can be read",
}


def told(run: MoveIn) -> list[tuple[str, int, str]]:
    """What comes of the list, as words, numbers and what they mean."""
    return [(word, run.counts[word], meaning) for word, meaning in WORDS.items() if word in run.counts]


def batch(run: MoveIn, work: Reading | str | None) -> None:
    """Check or record the next rows."""
    if run.state != State.CHECKING:
        _record(run)
    elif isinstance(work, Reading):
        try:
            _check(run, work)
        except NotATable as why:
            run.end(State.FAILED, str(why))
    else:
        run.end(State.FAILED, work or "")


# -- checking --------------------------------------------------------------------------------------------------


@dataclass
class _Entry:
    """A number that the list wants on ours."""

    line: int
    number: str
    at: datetime | None
    source: str

    def merge(self, other: "_Entry") -> None:
        """The same number again: its newest opt-out counts, and one without a date is taken for the newest."""
        self.at = max(self.at, other.at) if self.at and other.at else None


def _check(run: MoveIn, reading: Reading) -> None:
    rows = list(islice(reading.rows, _READ))
    if not rows:
        _sum_up(run)
        return
    entries: dict[str, _Entry] = {}
    remarks: list[MoveInRemark] = []
    read = _Reader(run, reading.columns, remarks)
    for row in rows:
        if entry := read.entry(row):
            entries.setdefault(entry.number, entry).merge(entry)
    MoveInRemark.objects.bulk_create(remarks)
    _stage(run, list(entries.values()))
    run.count(
        read=len(rows), unreadable=read.unreadable, without_date=read.undated, not_opted_out=read.others
    )
    run.lines, run.position = rows[-1].line, min(reading.table.bytes_read, run.total)


class _Reader:
    """Reads rows of one list; what is wrong with one goes to the remarks."""

    def __init__(self, run: MoveIn, columns: Columns, remarks: list[MoveInRemark]) -> None:
        self.run, self.columns, self.remarks = run, columns, remarks
        self.number = NumberWidget(run.country)
        self.zone, self.now = ZoneInfo(run.team.time_zone), timezone.now()
        self.unreadable = self.undated = self.others = 0

    def entry(self, row: Row) -> _Entry | None:
        number, date, source, opt_out = (self._cell(row, at) for at in self.columns)
        if self.columns.opt_out is not None and opt_out.lower() in {"", *NO}:
            self.others += 1
            return None
        if self.columns.date is None and LIKE_A_DATE.search(opt_out):
            date = opt_out
        try:
            address = self.number.clean(number)
        except ValueError as why:
            self.unreadable += 1
            self._remark(row, str(why))
            return None
        return _Entry(row.line, address, self._date(row, date), unharmed(source)[:120])

    def _date(self, row: Row, text: str) -> datetime | None:
        if not text:
            return None
        try:
            return dates.read(unharmed(text), self.run.country, self.zone, self.now)
        except UnclearDate as why:
            self.undated += 1
            self._remark(row, f"{why} The number is taken, without a date.")
            return None

    def _cell(self, row: Row, at: int | None) -> str:
        return row.cells[at].strip() if at is not None and at < len(row.cells) else ""

    def _remark(self, row: Row, reason: str) -> None:
        cells = [cell[:500] for cell in row.cells[:50]]
        remark = MoveInRemark(
            team_id=self.run.team_id, of=self.run, line=row.line, reason=reason[:300], cells=cells
        )
        self.remarks.append(remark)


def _stage(run: MoveIn, entries: list[_Entry]) -> None:
    ask(
        """
        INSERT INTO contacts_moveinrow AS mine (team_id, of_id, line, number, at, source)
        SELECT $1, $2, line, number, at, source
          FROM unnest($3::int[], $4::text[], $5::timestamptz[], $6::text[]) AS new (line, number, at, source)
        ON CONFLICT (team_id, of_id, number) DO UPDATE SET at = CASE
          WHEN mine.at IS NOT NULL AND excluded.at IS NOT NULL THEN greatest(mine.at, excluded.at) END
        """,
        run.team_id,
        run.id,
        [entry.line for entry in entries],
        [entry.number for entry in entries],
        [entry.at for entry in entries],
        [entry.source for entry in entries],
    )


def _sum_up(run: MoveIn) -> None:
    """What would come of it, for the page where it is confirmed."""
    rows = already = since = last = 0
    while some := _next_rows(run, last, _READ):
        weighed = _weigh(run, some)
        rows, already, since = rows + len(some), already + weighed.already, since + len(weighed.late)
        MoveInRemark.objects.bulk_create(_left_alone(run, row) for row in some if row.number in weighed.late)
        last = some[-1].line
    counts = {
        word: run.counts.get(word, 0) for word in ("read", "unreadable", "without_date", "not_opted_out")
    }
    repeated = counts.pop("read") - counts["unreadable"] - counts["not_opted_out"] - rows
    run.counts = {
        "new": rows - already - since,
        "already_there": already,
        "opted_in_since": since,
        "repeated": repeated,
    } | counts
    run.state, run.position = State.CHECKED, run.total
    MoveInFile.objects.filter(team_id=run.team_id, of_id=run.id).delete()
    if not rows:
        run.end(State.FAILED, "None of its lines has a phone number that can be read.")


def _left_alone(run: MoveIn, row: MoveInRow) -> MoveInRemark:
    at = timezone.localtime(row.at, ZoneInfo(run.team.time_zone)).isoformat(" ", "seconds") if row.at else ""
    cells = [row.number, at, row.source]
    reason = "This person opted in here after that, so this opt-out is left alone."
    return MoveInRemark(team_id=run.team_id, of=run, line=row.line, reason=reason, cells=cells)


# -- recording ---------------------------------------------------------------------------------------------------


def _record(run: MoveIn) -> None:
    run.start()
    rows = _next_rows(run, run.position, MOST)
    if not rows:
        run.end(State.DONE)
        return
    weighed = _weigh(run, rows)
    by = Actor(Origin.MOVED_IN, run.by_name, run.by_id)
    recorded = len(consent.opt_out_many(run.team_id, weighed.wanted, by, reason=""))
    run.count(
        recorded=recorded,
        already_there=weighed.already,
        opted_in_since=len(rows) - weighed.already - recorded,
    )
    run.position = rows[-1].line


def _next_rows(run: MoveIn, after: int, most: int) -> list[MoveInRow]:
    rows = MoveInRow.objects.filter(team_id=run.team_id, of_id=run.id, line__gt=after)
    return list(rows.order_by("line")[:most])


@dataclass(frozen=True)
class _Weighed:
    """What a move-in has to do for some of its rows."""

    wanted: list[Said]
    already: int  # opted out themselves, as far as we know
    late: set[str]  # opted in here after that


def _weigh(run: MoveIn, rows: list[MoveInRow]) -> _Weighed:
    said = [Said(row.number, row.at, ": ".join(filter(None, [run.source, row.source]))[:200]) for row in rows]
    stand = standings(run.team_id, [row.number for row in rows])
    already = {number for number, standing in stand.items() if standing.in_inbox(None).persons_own}
    late = consent.overtaken(run.team_id, said) - already
    wanted = [one for one in said if one.number not in already | late]
    return _Weighed(wanted, len(already), late)
