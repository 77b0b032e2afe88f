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
from contacts.imports.columns import NumberColumnWidget
from contacts.runs.models import RunState
from contacts.runs.queue import wake
from contacts.vendor_lists.models import VendorListFile, VendorListImport, VendorListRemark, VendorListRow
from contacts.vendor_lists.reader import DATE_LIKE, VendorListColumns, VendorListReader
from kernel.spreadsheets import dates
from kernel.spreadsheets.cells import NO, unescape_formula
from kernel.spreadsheets.dates import UnclearDate
from kernel.spreadsheets.table import NotATable, TableRow
from kernel.sql import fetch
from optout.bulk_consent import numbers_opted_in_since, opt_out_many
from optout.consent_types import Actor, StatedOptOut
from optout.models import Origin
from optout.number_locks import MAX_LOCKED_NUMBERS
from optout.number_state import standings

MAX_BYTES = 20 * 1024 * 1024
_READ = 2000  # rows a transaction


# -- the story ---------------------------------------------------------------------------------------------------


def create_run(member: Member, *, source: str, country: str, file_name: str, data: bytes) -> VendorListImport:
    """Keep the list and have it checked; `file_name` is empty where it was pasted."""
    run = VendorListImport(
        team_id=member.team_id, source=source, country=country, file_name=file_name[-255:],
        state=RunState.CHECKING, total=len(data),
    )  # fmt: skip
    run.set_author(member)
    run.save()
    VendorListFile.objects.create(team_id=run.team_id, run=run, data=data)
    wake(run)
    return run


def confirm_run(run: VendorListImport) -> None:
    """Have a checked list recorded; `run` is locked."""
    if run.state != RunState.CHECKED:
        return
    kept = {
        word: run.counts[word]
        for word in ("repeated", "without_date", "not_opted_out", "unreadable")
        if word in run.counts
    }
    run.counts = {"recorded": 0, "already_there": 0, "opted_in_since": 0} | kept
    last = VendorListRow.objects.filter(team_id=run.team_id, run_id=run.id).order_by("-line").first()
    run.position, run.total, run.alive_at = 0, last.line if last else 0, None
    run.started_at, run.state = None, RunState.WAITING
    run.save()
    wake(run)


def cancel_run(run: VendorListImport) -> None:
    """Stop it between two batches, or drop what was only checked; `run` is locked."""
    if run.at_work:
        run.cancel_asked = True
    elif run.state == RunState.CHECKED:
        run.end(RunState.CANCELLED)
    run.save()


COUNT_LABELS = {
    "new": "to be put on the list",
    "recorded": "put on the list",
    "already_there": "already there: they opted out themselves",
    "opted_in_since": "left alone: they opted in here later than that",
    "repeated": "repeated: the same number on several lines",
    "without_date": "taken without a date: it could not be read",
    "not_opted_out": "left out: their Opt Out column is empty or says no",
    "unreadable": "left out: no number that can be read",
}


def labelled_counts(run: VendorListImport) -> list[tuple[str, int, str]]:
    """What comes of the list, as words, numbers and what they mean."""
    return [(word, run.counts[word], meaning) for word, meaning in COUNT_LABELS.items() if word in run.counts]


def run_batch(run: VendorListImport, work: VendorListReader | str | None) -> None:
    """Check or record the next rows."""
    if run.state != RunState.CHECKING:
        _record(run)
    elif isinstance(work, VendorListReader):
        try:
            _check(run, work)
        except NotATable as why:
            run.end(RunState.FAILED, str(why))
    else:
        run.end(RunState.FAILED, work or "")


# -- checking --------------------------------------------------------------------------------------------------


@dataclass
class _VendorOptOut:
    """A number that the list wants on ours."""

    line: int
    number: str
    at: datetime | None
    source: str

    def merge(self, other: "_VendorOptOut") -> None:
        """The same number again: its newest opt-out counts, and one without a date is taken for the newest."""
        self.at = max(self.at, other.at) if self.at and other.at else None


def _check(run: VendorListImport, reading: VendorListReader) -> None:
    rows = list(islice(reading.rows, _READ))
    if not rows:
        _sum_up(run)
        return
    entries: dict[str, _VendorOptOut] = {}
    remarks: list[VendorListRemark] = []
    read = _RowReader(run, reading.columns, remarks)
    for row in rows:
        if entry := read.entry(row):
            entries.setdefault(entry.number, entry).merge(entry)
    VendorListRemark.objects.bulk_create(remarks)
    _stage(run, list(entries.values()))
    run.count(
        read=len(rows), unreadable=read.unreadable, without_date=read.undated, not_opted_out=read.others
    )
    run.lines, run.position = rows[-1].line, min(reading.table.bytes_read, run.total)


class _RowReader:
    """Reads rows of one list; what is wrong with one goes to the remarks."""

    def __init__(
        self, run: VendorListImport, columns: VendorListColumns, remarks: list[VendorListRemark]
    ) -> None:
        self.run, self.columns, self.remarks = run, columns, remarks
        self.number = NumberColumnWidget(run.country)
        self.zone, self.now = ZoneInfo(run.team.time_zone), timezone.now()
        self.unreadable = self.undated = self.others = 0

    def entry(self, row: TableRow) -> _VendorOptOut | None:
        number, date, source, opt_out = (self._cell(row, at) for at in self.columns)
        if self.columns.opt_out is not None and opt_out.lower() in {"", *NO}:
            self.others += 1
            return None
        if self.columns.date is None and DATE_LIKE.search(opt_out):
            date = opt_out
        try:
            address = self.number.clean(number)
        except ValueError as why:
            self.unreadable += 1
            self._remark(row, str(why))
            return None
        return _VendorOptOut(row.line, address, self._date(row, date), unescape_formula(source)[:120])

    def _date(self, row: TableRow, text: str) -> datetime | None:
        if not text:
            return None
        try:
            return dates.read_datetime(unescape_formula(text), self.run.country, self.zone, self.now)
        except UnclearDate as why:
            self.undated += 1
            self._remark(row, f"{why} The number is taken, without a date.")
            return None

    def _cell(self, row: TableRow, at: int | None) -> str:
        return row.cells[at].strip() if at is not None and at < len(row.cells) else ""

    def _remark(self, row: TableRow, reason: str) -> None:
        cells = [cell[:500] for cell in row.cells[:50]]
        remark = VendorListRemark(
            team_id=self.run.team_id, run=self.run, line=row.line, reason=reason[:300], cells=cells
        )
        self.remarks.append(remark)


def _stage(run: VendorListImport, entries: list[_VendorOptOut]) -> None:
    fetch(
        """
        INSERT INTO contacts_vendorlistrow AS mine (team_id, run_id, line, number, at, source)
        SELECT $1, $2, line, number, at, source
          FROM unnest($3::int[], $4::text[], $5::timestamptz[], $6::text[]) AS new (line, number, at, source)
        ON CONFLICT (team_id, run_id, number) DO UPDATE SET at = CASE
          WHEN mine.at IS NOT NULL AND excluded.at IS NOT NULL THEN greatest(mine.at, excluded.at) END
        """,
        run.team_id,
        run.id,
        [entry.line for entry in entries],
        [entry.number for entry in entries],
        [entry.at for entry in entries],
        [entry.source for entry in entries],
    )


def _sum_up(run: VendorListImport) -> None:
    """What would come of it, for the page where it is confirmed."""
    rows = already = since = last = 0
    while some := _next_rows(run, last, _READ):
        weighed = _weigh(run, some)
        rows, already, since = rows + len(some), already + weighed.already, since + len(weighed.late)
        VendorListRemark.objects.bulk_create(
            _left_alone(run, row) for row in some if row.number in weighed.late
        )
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
    run.state, run.position = RunState.CHECKED, run.total
    VendorListFile.objects.filter(team_id=run.team_id, run_id=run.id).delete()
    if not rows:
        run.end(RunState.FAILED, "None of its lines has a phone number that can be read.")


def _left_alone(run: VendorListImport, row: VendorListRow) -> VendorListRemark:
    at = timezone.localtime(row.at, ZoneInfo(run.team.time_zone)).isoformat(" ", "seconds") if row.at else ""
    cells = [row.number, at, row.source]
    reason = "This person opted in here after that, so this opt-out is left alone."
    return VendorListRemark(team_id=run.team_id, run=run, line=row.line, reason=reason, cells=cells)


# -- recording ---------------------------------------------------------------------------------------------------


def _record(run: VendorListImport) -> None:
    run.start()
    rows = _next_rows(run, run.position, MAX_LOCKED_NUMBERS)
    if not rows:
        run.end(RunState.DONE)
        return
    weighed = _weigh(run, rows)
    by = Actor(Origin.VENDOR_LIST, run.by_name, run.by_id)
    recorded = len(opt_out_many(run.team_id, weighed.wanted, by, reason=""))
    run.count(
        recorded=recorded,
        already_there=weighed.already,
        opted_in_since=len(rows) - weighed.already - recorded,
    )
    run.position = rows[-1].line


def _next_rows(run: VendorListImport, after: int, most: int) -> list[VendorListRow]:
    rows = VendorListRow.objects.filter(team_id=run.team_id, run_id=run.id, line__gt=after)
    return list(rows.order_by("line")[:most])


@dataclass(frozen=True)
class _Decision:
    """What a move-in has to do for some of its rows."""

    wanted: list[StatedOptOut]
    already: int  # opted out themselves, as far as we know
    late: set[str]  # opted in here after that


def _weigh(run: VendorListImport, rows: list[VendorListRow]) -> _Decision:
    said = [
        StatedOptOut(row.number, row.at, ": ".join(filter(None, [run.source, row.source]))[:200])
        for row in rows
    ]
    stand = standings(run.team_id, [row.number for row in rows])
    already = {number for number, standing in stand.items() if standing.in_inbox(None).persons_own}
    late = numbers_opted_in_since(run.team_id, said) - already
    wanted = [one for one in said if one.number not in already | late]
    return _Decision(wanted, len(already), late)
