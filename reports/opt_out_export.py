"""Opt-outs and opt-ins as a file: every line that the page's filters find, in its order."""

from contacts.exports.stream import BATCH_SIZE, RowBatches
from kernel.spreadsheets.cells import escape_formula, number_cell
from kernel.spreadsheets.writers import Row
from reports import opt_out_changes
from reports.opt_out_changes import ChangeQuery
from reports.opt_out_query import OptOutReportQuery
from reports.opt_out_rows import OptOutRow
from reports.query import ReportQuery

HEADER: Row = (
    "Phone Number", "Name", "Standing Now", "What", "Changed Something", "Who Initiated", "Side", "Date", "Recorded",
    "Inbox", "Inbox Known From", "Words", "Reason", "Source", "Consent Obtained", "Last Message", "Last Message Date",
    "Last Message By", "Event",
)  # fmt: skip


def export(question: ReportQuery) -> tuple[Row, RowBatches]:
    """Its header and its rows, which are asked for outside a scope."""
    assert isinstance(question, OptOutReportQuery)
    return HEADER, _rows(question.change_query)


def _rows(wanted: ChangeQuery) -> RowBatches:
    for batch in opt_out_changes.read_batches(wanted, BATCH_SIZE):
        yield [_row(line) for line in batch]


def _row(line: OptOutRow) -> Row:
    event, last = line.event, line.last
    cells = (
        line.contact.name if line.contact else "",
        line.state.label,
        "Opted out" if line.opted_out else "Opted in",
        "yes" if event.changed else "no",
        line.who,
        line.initiator_group,
        line.local(event.happened_at),
        line.local(event.recorded_at),
        line.inbox,
        "its last message" if line.inbox_is_of_last_text else "the event" if line.inbox else "",
        event.words,
        event.reason,
        event.source,
        line.local(event.obtained_at) if event.obtained_at else "",
        line.last_text_body,
        line.local(last.at) if last else "",
        last.author if last else "",
        str(event.id),
    )
    return [number_cell(line.number), *map(escape_formula, cells)]
