"""Exports of any length: CSV and XLSX that are sent while they are written, so that memory stays flat.

A cell that a spreadsheet would run is written behind an apostrophe, which the import takes away again.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import Team
from contacts.contact.models import Contact
from contacts.custom_fields.models import CustomField
from contacts.custom_fields.values import value_as_cell
from contacts.do_not_text import listing
from contacts.do_not_text.listing import DoNotTextQuery, SuppressionRow
from contacts.exports.stream import BATCH_SIZE, RowBatches
from contacts.imports.columns import CONTACT_HEADERS
from contacts.vendor_lists.models import VendorListImport, VendorListRemark
from kernel.spreadsheets.cells import escape_formula, number_cell, write_names
from kernel.spreadsheets.writers import Row
from kernel.sql import fetch
from kernel.tenancy import scope
from optout.models import StandingState, Suppression, SuppressionKind

DO_NOT_TEXT_HEADER = (
    "Phone Number",
    "Name",
    "Kind",
    "Who Initiated",
    "Date",
    "Recorded",
    "Inbox",
    "Words",
    "Reason",
    "Source",
)

REMARK_HEADER = ("Line", "Reason", "As It Was")


# -- one at a time -----------------------------------------------------------------------------------------------


# -- what is in it -----------------------------------------------------------------------------------------------


def contact_header(fields: Iterable[CustomField]) -> Row:
    """Of contacts. The last is for people to read; an import leaves it out."""
    return [*CONTACT_HEADERS.values(), *(escape_formula(field.name) for field in fields), "Status"]


def contact_rows(team: Team, found: QuerySet[Contact], fields: Sequence[CustomField]) -> RowBatches:
    """The contacts in the columns that an import reads."""
    suppressed = Suppression.objects.filter(
        team_id=team.id, number=OuterRef("number"), kind=SuppressionKind.OPT_OUT, inbox=None
    )
    rows = found.with_standing(team).annotate(opted_out=Exists(suppressed)).order_by("id")  # type: ignore[attr-defined]
    wanted = (
        "id",
        "first_name",
        "last_name",
        "display_name",
        "number",
        "email",
        "opted_out",
        "note",
        "custom",
        "standing",
    )
    last: int | None = 0
    while last is not None:
        with scope(team.id):
            batch = list(rows.filter(id__gt=last).values_list(*wanted)[:BATCH_SIZE])
            ids = [row[0] for row in batch]
            lists = _labels(team, ids, "contacts_listentry", "contacts_contactlist", "list_id")
            tags = _labels(team, ids, "contacts_tagging", "contacts_tag", "tag_id")
        yield [_contact(row, lists.get(row[0], ""), tags.get(row[0], ""), fields) for row in batch]
        last = ids[-1] if len(ids) == BATCH_SIZE else None


def _contact(row: Sequence[Any], lists: str, tags: str, fields: Sequence[CustomField]) -> Row:
    _, first, last, shown, number, email, opted_out, note, custom, standing = row
    # Nothing where nobody opted out: "no" would be a statement, and the import reads it as one.
    opt_out = "yes" if opted_out else ""
    own = (value_as_cell(custom.get(field.key)) for field in fields)
    before, after = (
        (first, last, shown),
        (email, opt_out, lists, tags, note, *own, StandingState(standing).label),
    )
    return [*map(escape_formula, before), number_cell(number), *map(escape_formula, after)]


def _labels(team: Team, ids: list[int], entries: str, labels: str, key: str) -> dict[int, str]:
    rows = fetch(
        f"SELECT e.contact_id, array_agg(l.name ORDER BY l.id) FROM {entries} e JOIN {labels} l"
        f" ON l.team_id = e.team_id AND l.id = e.{key}"
        " WHERE e.team_id = $1 AND l.team_id = $1 AND e.contact_id = ANY($2::bigint[]) GROUP BY e.contact_id",
        team.id,
        ids,
    )
    return {id: write_names(names) for id, names in rows}


def do_not_text_rows(team: Team, asked: DoNotTextQuery) -> RowBatches:
    """The do-not-text list, oldest line first; of a search, what its page shows."""
    for batch in listing.all_rows(team, asked, BATCH_SIZE):
        yield [_suppression(line) for line in batch]


def _suppression(line: SuppressionRow) -> Row:
    event, row = line.event, line.row
    cells = (
        line.contact.name if line.contact else "",
        StandingState(row.kind).label,
        line.who,
        line.local(line.at),
        line.local(row.created_at),
        f"{line.inbox} only" if row.inbox_id else line.inbox,
        event.words if event else "",
        event.reason if event else "",
        event.source if event else "",
    )
    return [number_cell(row.number), *map(escape_formula, cells)]


def remark_rows(run: VendorListImport) -> RowBatches:
    """The lines of a former vendor's list that were not taken as they are."""
    last: int | None = 0
    while last is not None:
        with scope(run.team_id):
            found = VendorListRemark.objects.filter(team_id=run.team_id, run_id=run.id, id__gt=last)
            batch = list(found.order_by("id")[:BATCH_SIZE])
        yield [[str(remark.line), remark.reason, *map(escape_formula, remark.cells)] for remark in batch]
        last = batch[-1].id if len(batch) == BATCH_SIZE else None
