"""Vendor list import: a former vendor's opt-outs are checked, shown, and then recorded as the persons' own.

No contact is created and no message is sent. A line with an unreadable number is skipped with the reason. A line with
an unreadable date is imported without it: a known opt-out must not be lost because of a date.
"""

from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from zoneinfo import ZoneInfo

from django.utils import timezone

from accounts.models import Member
from contacts.runs.models import RunState
from contacts.runs.queue import wake
from contacts.vendor_lists.models import VendorListFile, VendorListImport, VendorListRemark, VendorListRow
from contacts.vendor_lists.reader import VendorListReader
from contacts.vendor_lists.rows import VendorOptOut, VendorRowReader
from kernel.spreadsheets.table import NotATable
from kernel.sql import fetch
from optout.bulk_consent import numbers_opted_in_since, opt_out_many
from optout.consent_types import Actor, StatedOptOut
from optout.ledger import last_opt_outs_at
from optout.models import Origin
from optout.number_locks import MAX_LOCKED_NUMBERS
from optout.number_state import standings

MAX_BYTES = 20 * 1024 * 1024
_CHECKED_PER_BATCH = 2000  # rows


# -- steps ---------------------------------------------------------------------------------------------------


def create_run(member: Member, *, source: str, country: str, file_name: str, data: bytes) -> VendorListImport:
    """Store the list and queue its check; `file_name` is empty for a pasted list."""
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
    """Queue a checked list to be recorded; the row of `run` is locked."""
    if run.state != RunState.CHECKED:
        return
    checked = ("repeated", "without_date", "not_opted_out", "unclear", "unreadable")
    run.counts = {"recorded": 0, "already_there": 0, "opted_in_since": 0} | {
        word: run.counts[word] for word in checked if word in run.counts
    }
    last = VendorListRow.objects.filter(team_id=run.team_id, run_id=run.id).order_by("-line").first()
    run.position, run.total, run.alive_at = 0, last.line if last else 0, None
    run.started_at, run.state = None, RunState.WAITING
    run.save()
    run.record_start(file=run.file_name)
    wake(run)


def cancel_run(run: VendorListImport) -> None:
    """Cancel after the current batch, or at once if the run waits for confirmation; the row of `run` is locked."""
    if run.at_work:
        run.cancel_asked = True
    elif run.state == RunState.CHECKED:
        run.end(RunState.CANCELLED)
    run.save()


COUNT_LABELS = {
    "new": "to add",
    "recorded": "added",
    "already_there": "already opted out themselves",
    "opted_in_since": "opted in here later",
    "repeated": "duplicate numbers",
    "without_date": "with an unusable date, added without it",
    "not_opted_out": "skipped: not opted out",
    "unclear": "skipped: unclear whether they opted out",
    "unreadable": "skipped: unreadable number",
}


def labelled_counts(run: VendorListImport) -> list[tuple[str, int, str]]:
    """The counts of the run: word, number and meaning."""
    return [(word, run.counts[word], meaning) for word, meaning in COUNT_LABELS.items() if word in run.counts]


def run_batch(run: VendorListImport, opened: VendorListReader | str | None) -> None:
    """Check or record the next rows. `opened` is the value of open_list(run)."""
    if run.state != RunState.CHECKING:
        _record(run)
    elif isinstance(opened, VendorListReader):
        try:
            _check(run, opened)
        except NotATable as refused:
            run.end(RunState.FAILED, str(refused))
    else:
        run.end(RunState.FAILED, opened or "")


# -- checking --------------------------------------------------------------------------------------------------


def _check(run: VendorListImport, reader: VendorListReader) -> None:
    rows = list(islice(reader.rows, _CHECKED_PER_BATCH))
    if not rows:
        _count(run)
        return
    entries: dict[str, VendorOptOut] = {}
    remarks: list[VendorListRemark] = []
    read = VendorRowReader(run, reader.columns, remarks)
    for row in rows:
        for entry in read.entries(row):
            entries.setdefault(entry.number, entry).merge(entry)
    VendorListRemark.objects.bulk_create(remarks)
    _stage(run, list(entries.values()))
    run.count(
        read=len(rows),
        unreadable=read.unreadable,
        without_date=read.undated,
        not_opted_out=read.not_opted_out,
        **({"unclear": read.unclear} if read.unclear else {}),
    )
    run.lines, run.position = rows[-1].line, min(reader.table.bytes_read, run.total)


def _stage(run: VendorListImport, entries: list[VendorOptOut]) -> None:
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


def _count(run: VendorListImport) -> None:
    """Count what would be recorded, for the page where the list is confirmed."""
    rows = already = since = last = 0
    while batch := _next_rows(run, last, _CHECKED_PER_BATCH):
        decision = _decide(run, batch)
        rows, already = rows + len(batch), already + len(decision.already)
        since += len(decision.opted_in_since)
        VendorListRemark.objects.bulk_create(
            _opted_in_since_remark(run, row) for row in batch if row.number in decision.opted_in_since
        )
        last = batch[-1].line
    counts = {
        word: run.counts.get(word, 0) for word in ("read", "unreadable", "without_date", "not_opted_out")
    }
    if "unclear" in run.counts:
        counts["unclear"] = run.counts["unclear"]
    skipped = counts["unreadable"] + counts["not_opted_out"] + counts.get("unclear", 0)
    repeated = counts.pop("read") - skipped - rows
    run.counts = {
        "new": rows - already - since,
        "already_there": already,
        "opted_in_since": since,
        "repeated": repeated,
    } | counts
    run.state, run.position = RunState.CHECKED, run.total
    VendorListFile.objects.filter(team_id=run.team_id, run_id=run.id).delete()
    if not rows:
        run.end(RunState.FAILED, "No row has a readable phone number.")


def _opted_in_since_remark(run: VendorListImport, row: VendorListRow) -> VendorListRemark:
    at = timezone.localtime(row.at, ZoneInfo(run.team.time_zone)).isoformat(" ", "seconds") if row.at else ""
    cells = [row.number, at, row.source]
    reason = "Skipped: this person opted in here later."
    return VendorListRemark(team_id=run.team_id, run=run, line=row.line, reason=reason, cells=cells)


# -- recording ---------------------------------------------------------------------------------------------------


def _record(run: VendorListImport) -> None:
    run.start()
    rows = _next_rows(run, run.position, MAX_LOCKED_NUMBERS)
    if not rows:
        run.end(RunState.DONE)
        return
    decision = _decide(run, rows)
    by = Actor(Origin.VENDOR_LIST, run.by_name, run.by_id)
    entries = opt_out_many(run.team_id, decision.wanted, by, reason="")
    recorded = sum(entry.number not in decision.already for entry in entries)
    run.count(
        recorded=recorded,
        already_there=len(decision.already),
        opted_in_since=len(rows) - len(decision.already) - recorded,
    )
    run.position = rows[-1].line


def _next_rows(run: VendorListImport, after: int, limit: int) -> list[VendorListRow]:
    rows = VendorListRow.objects.filter(team_id=run.team_id, run_id=run.id, line__gt=after)
    return list(rows.order_by("line")[:limit])


@dataclass(frozen=True)
class _Decision:
    """The opt-outs to record for some rows, and the rows to skip."""

    wanted: list[StatedOptOut]
    already: set[str]  # numbers that are opted out already, by the person
    opted_in_since: set[str]  # numbers that opted in here after the opt-out


def _decide(run: VendorListImport, rows: list[VendorListRow]) -> _Decision:
    stated = [
        StatedOptOut(row.number, row.at, ": ".join(filter(None, [run.source, row.source]))[:200])
        for row in rows
    ]
    states = standings(run.team_id, [row.number for row in rows])
    already = {number for number, state in states.items() if state.in_inbox(None).persons_own}
    opted_in_since = numbers_opted_in_since(run.team_id, stated) - already
    # A statement that is newer than those on record is an entry: consent given in between no longer counts.
    last = last_opt_outs_at(run.team_id, already)
    older = {opt_out.number for opt_out in stated if not _is_newer(opt_out, last.get(opt_out.number))}
    wanted = [opt_out for opt_out in stated if opt_out.number not in already & older | opted_in_since]
    return _Decision(wanted, already, opted_in_since)


def _is_newer(opt_out: StatedOptOut, last: datetime | None) -> bool:
    return opt_out.happened_at is not None and (last is None or opt_out.happened_at > last)
