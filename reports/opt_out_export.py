"""Opt-out export: all opt-outs and opt-ins that match the page's filters, in the page's order."""

from contacts.exports.stream import BATCH_SIZE, RowBatches
from kernel.spreadsheets.cells import escape_formula, number_cell
from kernel.spreadsheets.writers import Row
from reports import opt_out_changes
from reports.opt_out_changes import ChangeQuery
from reports.opt_out_query import OptOutReportQuery
from reports.opt_out_rows import OptOutRow
from reports.query import ReportQuery

HEADER: Row = (
    "Phone Number", "Name", "Standing Now", "Change", "Applies To", "Changed Something", "By", "Initiator", "Date",
    "Recorded", "Inbox", "Inbox Known From", "Words", "Reason", "Source", "Consent Obtained", "Last Message",
    "Last Message Date", "Last Message By", "Ledger Entry",
)  # fmt: skip


def export(query: ReportQuery) -> tuple[Row, RowBatches]:
    """Header and rows; each batch of rows opens its own scope."""
    assert isinstance(query, OptOutReportQuery)
    return HEADER, _rows(query.change_query)


def _rows(change_query: ChangeQuery) -> RowBatches:
    for batch in opt_out_changes.read_batches(change_query, BATCH_SIZE):
        yield [_row(row) for row in batch]


def _row(row: OptOutRow) -> Row:
    event, last = row.event, row.last
    cells = (
        row.contact.name if row.contact else "",
        row.standing_now,
        "Opted out" if row.opted_out else "Opted in",
        row.applies_to,
        "yes" if event.changed else "no",
        row.initiator,
        row.initiator_group,
        row.local(event.happened_at),
        row.local(event.recorded_at),
        row.inbox,
        "last message" if row.inbox_is_of_last_text else "ledger entry" if row.inbox else "",
        event.words,
        event.reason,
        event.source,
        row.local(event.obtained_at) if event.obtained_at else "",
        row.last_text_body,
        row.local(last.at) if last else "",
        last.author if last else "",
        str(event.id),
    )
    return [number_cell(row.number), *map(escape_formula, cells)]
