"""Exports of broadcasts: the people of one, those whom one would leave out, as CSV or XLSX."""

from zoneinfo import ZoneInfo

from django.utils import timezone

from accounts.models import Team
from contacts.contact.models import Contact
from contacts.exports.stream import BATCH_SIZE, RowBatches
from kernel.spreadsheets.cells import escape_formula, number_cell
from kernel.spreadsheets.writers import Row
from messaging.broadcasts.groups import group_batches
from messaging.broadcasts.left_out import LeftOut, describe_left_out
from messaging.broadcasts.models import Broadcast
from messaging.broadcasts.recipient_list import ListedRecipient, RecipientQuery, read_batches

LEFT_OUT_HEADER: Row = ("Phone Number", "Name", "Left Out Because")
RECIPIENT_HEADER: Row = (
    "Phone Number", "Name", "Outcome", "Reason", "Carrier Code", "Date", "Inbox", "Opt-out Words Added",
)  # fmt: skip


def recipient_rows(broadcast: Broadcast, team: Team, query: RecipientQuery) -> RowBatches:
    """The people that the page lists, each once."""
    zone = ZoneInfo(team.time_zone)
    for batch in read_batches(broadcast, team, query, BATCH_SIZE):
        yield [_row(row, zone) for row in batch]


def _row(row: ListedRecipient, zone: ZoneInfo) -> Row:
    at = timezone.localtime(row.at, zone).strftime("%Y-%m-%d %H:%M:%S") if row.at else ""
    cells = (
        row.contact.name if row.contact else "",
        str(row.outcome.label),
        row.reason,
        row.message.error_code if row.message else "",
        at,
        row.inbox,
        "yes" if row.recipient.words_appended else "",
    )
    number = "" if row.is_erased else row.recipient.number
    return [number_cell(number), *map(escape_formula, cells)]


def left_out_export_rows(
    draft: Broadcast, team: Team, reason: LeftOut, inboxes: dict[int, str]
) -> RowBatches:
    """Those whom a draft would leave out now for this reason. `inboxes` has the names."""
    for batch in group_batches(draft, team, reason, BATCH_SIZE):
        yield [_left_out_row(contact, draft, reason, inboxes) for contact in batch]


def _left_out_row(contact: Contact, draft: Broadcast, reason: LeftOut, inboxes: dict[int, str]) -> Row:
    because = describe_left_out(reason, inboxes.get(draft.inbox_id or contact.last_inbox_id or 0, ""))
    return [number_cell(contact.number), escape_formula(contact.name), escape_formula(because)]
