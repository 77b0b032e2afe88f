"""Suppression list import: the numbers of a file are added to a team's list, or replace it.

A replaced list keeps its old numbers until the last row is read, and for good if no row is readable: in doubt more
numbers are suppressed.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from itertools import islice

from django.db.models import QuerySet
from django.utils import timezone

from accounts.audit.actions import AuditAction, TargetType
from accounts.audit.recording import Target, record_action
from accounts.models import Member
from contacts.imports.columns import NumberColumnWidget
from contacts.runs.models import AT_WORK, RunState
from contacts.runs.queue import wake
from contacts.suppression_lists.models import SuppressionListFile, SuppressionListImport
from contacts.vendor_lists.reader import VendorListReader, open_file
from kernel.spreadsheets.table import NotATable, TableRow
from kernel.sql import fetch
from optout.suppression_lists.models import SuppressedNumber, SuppressionList

BATCH_SIZE = 5000  # rows
MAX_UNREADABLE = 100  # lines that are named


class ListBusy(Exception):
    """A file of this list is being read."""


# -- steps ---------------------------------------------------------------------------------------------------


def create_run(
    member: Member,
    chosen: SuppressionList,
    *,
    replaces: bool,
    dated: date,
    country: str,
    file_name: str,
    data: bytes,
) -> SuppressionListImport:
    """Store the file and queue it, with the row of the list locked. Raises ListBusy."""
    if running(chosen).exists():
        raise ListBusy
    run = SuppressionListImport(
        team_id=member.team_id, suppression_list=chosen, replaces=replaces, dated=dated, country=country,
        file_name=file_name[-255:], total=len(data),
    )  # fmt: skip
    run.set_author(member)
    run.save()
    SuppressionListFile.objects.create(team_id=run.team_id, run=run, data=data)
    run.record_start(file=run.file_name, replaces=replaces)
    wake(run)
    return run


def delete_list(chosen: SuppressionList, *, by: Member) -> None:
    """Delete a list with its numbers, in one DELETE that reads no rows into Python. Raises ListBusy."""
    if running(chosen).exists():
        raise ListBusy
    target = Target(TargetType.SUPPRESSION_LIST, chosen.name, chosen.id)
    record_action(
        chosen.team_id, by, AuditAction.SUPPRESSION_LIST_DELETED, target, numbers=chosen.numbers_count
    )
    numbers = SuppressedNumber.objects.filter(team_id=chosen.team_id, list_id=chosen.id)
    numbers._raw_delete(numbers.db)
    chosen.delete()


def running(chosen: SuppressionList) -> QuerySet[SuppressionListImport]:
    """The run that is at work on a list, if any."""
    runs = SuppressionListImport.objects.filter(team_id=chosen.team_id, suppression_list_id=chosen.id)
    return runs.filter(state__in=AT_WORK)


# -- batches -------------------------------------------------------------------------------------------------


@contextmanager
def open_numbers(run: SuppressionListImport) -> Iterator[VendorListReader | str]:
    """The file after the lines that were read; a sentence if it is not a table."""
    with open_file(run) as opened:
        yield opened


def run_batch(run: SuppressionListImport, opened: VendorListReader | str) -> None:
    """Add the next numbers; after the last row, let the others leave a list that is replaced."""
    if isinstance(opened, str):
        run.end(RunState.FAILED, opened)
        return
    run.start()
    try:
        rows = list(islice(opened.rows, BATCH_SIZE))
    except NotATable as refused:
        run.end(RunState.FAILED, f"{refused} Numbers already added are kept.")
        return
    if rows:
        _add(run, rows, opened.columns.number)
        run.lines = rows[-1].line
        run.position = max(run.position + 1, min(opened.table.bytes_read, run.total))
    elif not run.counts.get("numbers"):
        run.end(RunState.FAILED, "No row has a readable phone number. The list is unchanged.")
    elif run.replaces and _remove_others(run):
        run.position += 1
    else:
        _finish(run)


def _add(run: SuppressionListImport, rows: list[TableRow], column: int) -> None:
    read, numbers, unreadable = NumberColumnWidget(run.country, short_codes=True), set(), []
    for row in rows:
        try:
            numbers.add(read.clean(row.cells[column] if column < len(row.cells) else ""))
        except ValueError:
            unreadable.append(row.line)
    ((added, written),) = fetch(_UPSERT, run.team_id, run.suppression_list_id, run.id, sorted(numbers))
    run.count(numbers=written, added=added)
    if unreadable:
        run.count(unreadable=len(unreadable))
        run.unreadable = [*run.unreadable, *unreadable][:MAX_UNREADABLE]


# A number that an earlier batch of this file had counts once.
_UPSERT = """
    WITH written AS (
        INSERT INTO optout_suppressednumber AS t (team_id, list_id, number, run_id)
        SELECT $1, $2, number, $3 FROM unnest($4::text[]) AS one (number)
        ON CONFLICT (team_id, number, list_id) DO UPDATE SET run_id = $3 WHERE t.run_id <> $3
        RETURNING old.id IS NULL AS is_new)
    SELECT count(*) FILTER (WHERE is_new), count(*) FROM written
"""
_REMOVE = """
    WITH removed AS (
        DELETE FROM optout_suppressednumber WHERE team_id = $1 AND id IN (
            SELECT id FROM optout_suppressednumber
            WHERE team_id = $1 AND list_id = $2 AND run_id <> $3 ORDER BY id LIMIT $4)
        RETURNING 1)
    SELECT count(*) FROM removed
"""


def _remove_others(run: SuppressionListImport) -> int:
    """Remove the next numbers that the file lacks; 0 after the last."""
    ((removed,),) = fetch(_REMOVE, run.team_id, run.suppression_list_id, run.id, BATCH_SIZE)
    if removed:
        run.count(removed=removed)
    return int(removed)


def _finish(run: SuppressionListImport) -> None:
    numbers = SuppressedNumber.objects.filter(team_id=run.team_id, list_id=run.suppression_list_id).count()
    lists = SuppressionList.objects.filter(team_id=run.team_id, id=run.suppression_list_id)
    lists.update(numbers_count=numbers, dated=run.dated, updated_at=timezone.now())
    run.position = run.total
    run.end(RunState.DONE)
