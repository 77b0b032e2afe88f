"""Rows of exports: contacts, the do-not-text list and the remarks on a vendor list, read in batches.

A cell that a spreadsheet would run as a formula is escaped with an apostrophe, which the import removes.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import Team
from contacts.contact.models import Contact
from contacts.custom_fields.models import CustomField
from contacts.do_not_text.listing import SuppressionRow, all_rows
from contacts.do_not_text.query import DoNotTextQuery
from contacts.exports.stream import BATCH_SIZE, RowBatches
from contacts.imports.columns import RowWriter
from contacts.imports.consent_columns import CONSENT_HEADERS
from contacts.vendor_lists.models import VendorListImport, VendorListRemark
from kernel.spreadsheets.cells import escape_formula, number_cell
from kernel.spreadsheets.writers import Row
from kernel.sql import fetch
from kernel.tenancy import scope
from optout.consent_records.on_record import newest_consent
from optout.models import StandingState, Suppression, SuppressionKind

DO_NOT_TEXT_HEADER = (
    "Phone Number", "Name", "Kind", "By", "Date", "Recorded", "Inbox", "Message", "Reason", "Source",
)  # fmt: skip
REMARK_HEADER = ("Line", "Reason", "Original Row")


# -- contacts ----------------------------------------------------------------------------------------------------


def contact_header(fields: Sequence[CustomField]) -> Row:
    """The columns of a contact export. An import ignores the last column, which is for people."""
    return [*RowWriter(fields).header, *CONSENT_HEADERS.values(), "Status"]


_CONTACT_VALUES = (
    "id", "first_name", "last_name", "display_name", "number", "email", "opted_out", "note", "custom", "standing",
    "opted_out_of",
)  # fmt: skip


def contact_rows(team: Team, found: QuerySet[Contact], fields: Sequence[CustomField]) -> RowBatches:
    """The contacts in the columns that an import reads."""
    suppressed = Suppression.objects.filter(
        team_id=team.id, number=OuterRef("number"), kind=SuppressionKind.OPT_OUT, inbox=None
    )
    rows: Any = found.with_standing(team).with_opted_out_of(team)  # type: ignore[attr-defined]
    rows = rows.annotate(opted_out=Exists(suppressed)).order_by("id")
    writer = RowWriter(fields)
    last: int | None = 0
    while last is not None:
        with scope(team.id):
            batch = list(rows.filter(id__gt=last).values(*_CONTACT_VALUES)[:BATCH_SIZE])
            ids = [row["id"] for row in batch]
            lists = _label_names(team, ids, "contacts_listentry", "contacts_contactlist", "list_id")
            tags = _label_names(team, ids, "contacts_tagging", "contacts_tag", "tag_id")
            agreed = newest_consent(team.id, [row["number"] for row in batch])
        yield [
            _contact(
                writer, row, lists.get(row["id"], []), tags.get(row["id"], []), agreed.get(row["number"], ())
            )
            for row in batch
        ]
        last = ids[-1] if len(ids) == BATCH_SIZE else None


def _contact(
    writer: RowWriter, row: Mapping[str, Any], lists: list[str], tags: list[str], agreed: Sequence[str]
) -> Row:
    # Empty for a number that has not opted out: an import would take "no" as a statement.
    opt_out = True if row["opted_out"] else None
    cells = writer.write({**row, "opt_out": opt_out, "lists": lists, "tags": tags})
    consent = [escape_formula(cell) for cell in agreed or [""] * len(CONSENT_HEADERS)]
    status = str(StandingState(row["standing"]).label)
    if row["standing"] == StandingState.ACTIVE and row["opted_out_of"]:
        status = f"Opted out of {', '.join(row['opted_out_of'])}"
    return [*cells, *consent, escape_formula(status)]


def _label_names(team: Team, ids: list[int], entries: str, labels: str, key: str) -> dict[int, list[str]]:
    rows = fetch(
        f"SELECT e.contact_id, array_agg(l.name ORDER BY l.id) FROM {entries} e JOIN {labels} l"
        f" ON l.team_id = e.team_id AND l.id = e.{key}"
        " WHERE e.team_id = $1 AND l.team_id = $1 AND e.contact_id = ANY($2::bigint[]) GROUP BY e.contact_id",
        team.id,
        ids,
    )
    return dict(rows)


# -- do not text -------------------------------------------------------------------------------------------------


def do_not_text_rows(team: Team, query: DoNotTextQuery) -> RowBatches:
    """The do-not-text list, oldest entry first; for a search, the entries that its page shows."""
    for batch in all_rows(team, query, BATCH_SIZE):
        yield [_suppression(row) for row in batch]


def _suppression(row: SuppressionRow) -> Row:
    entry, suppression = row.ledger_entry, row.suppression
    cells = (
        row.contact.name if row.contact else "",
        StandingState(suppression.kind).label,
        row.initiator,
        row.local(row.at),
        row.local(suppression.created_at),
        f"{row.inbox} only" if suppression.inbox_id else row.inbox,
        entry.words if entry else "",
        entry.reason if entry else "",
        entry.source if entry else "",
    )
    return [number_cell(suppression.number), *map(escape_formula, cells)]


# -- vendor lists ------------------------------------------------------------------------------------------------


def remark_rows(run: VendorListImport) -> RowBatches:
    """The rows of a vendor list that were skipped or changed, each with the reason."""
    last: int | None = 0
    while last is not None:
        with scope(run.team_id):
            remarks = VendorListRemark.objects.filter(team_id=run.team_id, run_id=run.id, id__gt=last)
            batch = list(remarks.order_by("id")[:BATCH_SIZE])
        yield [[str(remark.line), remark.reason, *map(escape_formula, remark.cells)] for remark in batch]
        last = batch[-1].id if len(batch) == BATCH_SIZE else None
