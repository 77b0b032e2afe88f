"""Export of disagreements: one row for each number and inbox, in the page's order."""

from zoneinfo import ZoneInfo

from accounts.models import Team
from contacts.exports.stream import BATCH_SIZE, RowBatches
from kernel.spreadsheets.cells import escape_formula, number_cell
from kernel.spreadsheets.writers import Row
from messaging.disagreements.listing import DisagreementRow, all_rows

HEADER: Row = (
    "Phone Number", "Name", "Inbox", "Inbox Number", "Disagreement", "Since", "Last", "Refusals",
    "Carrier Says", "Repair",
)  # fmt: skip


def export_rows(team: Team, kind: str, inbox_id: int | None) -> RowBatches:
    for batch in all_rows(team, kind, inbox_id, BATCH_SIZE):
        yield [_row(row) for row in batch]


def _row(row: DisagreementRow) -> Row:
    zone = ZoneInfo(row.team.time_zone)
    since, last = (
        at.astimezone(zone).isoformat(" ", "seconds") for at in (row.opt_out.since, row.opt_out.last_at)
    )
    cells = (
        row.inbox.name, row.inbox.number, row.kind.label, since, last,
        str(row.opt_out.refusals), row.carrier_says, row.repair,
    )  # fmt: skip
    name = row.contact.name if row.contact else ""
    return [number_cell(row.opt_out.number), *map(escape_formula, (name, *cells))]
