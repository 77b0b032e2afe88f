"""Exports of broadcasts: the people of one, those whom one would leave out, as CSV or XLSX."""

from zoneinfo import ZoneInfo

from django.utils import timezone

from accounts.models import Team
from contacts.exports.stream import BATCH_SIZE, RowBatches
from kernel.spreadsheets.cells import escape_formula, number_cell
from kernel.spreadsheets.writers import Row
from messaging.broadcasts.groups import group_batches
from messaging.broadcasts.left_out import LeftOut
from messaging.broadcasts.models import Broadcast
from messaging.broadcasts.recipient_list import ListedRecipient, RecipientQuery, read_batches

LEFT_OUT_HEADER: Row = ("Phone Number", "Name", "Left Out Because")
RECIPIENT_HEADER: Row = (
    "Phone Number", "Name", "Outcome", "Reason", "Carrier Code", "Date", "Inbox", "Opt-out Words Added",
)  # fmt: skip


def recipient_rows(
    broadcast: Broadcast, team: Team, query: RecipientQuery, inboxes: dict[int, str]
) -> RowBatches:
    """The people that the page lists, each once. `inboxes` has the names."""
    zone = ZoneInfo(team.time_zone)
    for batch in read_batches(broadcast, team, query, BATCH_SIZE):
        yield [_row(row, zone, inboxes) for row in batch]


def _row(row: ListedRecipient, zone: ZoneInfo, inboxes: dict[int, str]) -> Row:
    at = timezone.localtime(row.at, zone).strftime("%Y-%m-%d %H:%M:%S") if row.at else ""
    cells = (
        row.contact.name if row.contact else "",
        str(row.outcome.label),
        row.reason,
        row.message.error_code if row.message else "",
        at,
        inboxes.get(row.recipient.inbox_id or 0, ""),
        "yes" if row.recipient.words_appended else "",
    )
    number = "" if row.is_erased else row.recipient.number
    return [number_cell(number), *map(escape_formula, cells)]


def left_out_export_rows(draft: Broadcast, team: Team, reason: LeftOut) -> RowBatches:
    """Those whom a draft would leave out now for this reason."""
    for batch in group_batches(draft, team, reason, BATCH_SIZE):
        yield [
            [number_cell(contact.number), escape_formula(contact.name), str(reason.label)]
            for contact in batch
        ]
