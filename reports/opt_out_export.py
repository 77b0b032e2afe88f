"""Opt-outs and opt-ins as a file: every line that the page's filters find, in its order."""

from contacts.exports import BATCH, Batches, spelled
from contacts.imports.cells import harmless
from contacts.writers import Row
from reports import changes
from reports.asked import Question
from reports.changes import Wanted
from reports.lines import Line
from reports.opt_out_asked import OptOutQuestion

HEADER: Row = (
    "Phone Number", "Name", "Standing Now", "What", "Changed Something", "Who Initiated", "Side", "Date", "Recorded",
    "Inbox", "Inbox Known From", "Words", "Reason", "Source", "Consent Obtained", "Last Message", "Last Message Date",
    "Last Message By", "Event",
)  # fmt: skip


def export(question: Question) -> tuple[Row, Batches]:
    """Its header and its rows, which are asked for outside a scope."""
    assert isinstance(question, OptOutQuestion)
    return HEADER, _rows(question.wanted)


def _rows(wanted: Wanted) -> Batches:
    for batch in changes.everything(wanted, BATCH):
        yield [_row(line) for line in batch]


def _row(line: Line) -> Row:
    event, last = line.event, line.last
    cells = (
        line.contact.name if line.contact else "",
        line.state.label,
        "Opted out" if line.opted_out else "Opted in",
        "yes" if event.changed else "no",
        line.who,
        line.side,
        line.local(event.happened_at),
        line.local(event.recorded_at),
        line.inbox,
        "its last message" if line.inbox_of_last else "the event" if line.inbox else "",
        event.words,
        event.reason,
        event.source,
        line.local(event.obtained_at) if event.obtained_at else "",
        line.last_words,
        line.local(last.at) if last else "",
        last.author if last else "",
        str(event.id),
    )
    return [spelled(line.number), *map(harmless, cells)]
