"""Exports of any length: CSV and XLSX that are sent while they are written, so that memory stays flat.

A cell that a spreadsheet would run is written behind an apostrophe, which the import takes away again.
"""

import logging
import threading
from collections.abc import Generator, Iterable, Iterator, Sequence
from typing import Any

import phonenumbers
from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import Team
from accounts.statements import ask
from accounts.tenancy import scope
from contacts import do_not_text
from contacts.do_not_text import Asked, Line
from contacts.fields import cell
from contacts.imports.cells import harmless, names_as_cell
from contacts.imports.columns import HEADERS
from contacts.models import Contact, CustomField, MoveIn, MoveInRemark
from contacts.writers import Row, Writer
from optout.models import Kind, State, Suppression

log = logging.getLogger(__name__)

BATCH = 5000
SUPPRESSION = (
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

REMARK = ("Line", "Reason", "As It Was")

Batches = Iterator[list[Row]]  # asked for outside a scope; each batch is read in one of its own


# -- one at a time -----------------------------------------------------------------------------------------------


class Busy(Exception):
    """An export is being sent by this process already."""


# Each web process has two threads. A slow reader holds one of them for as long as it likes; the other is for texts.
_slot = threading.Lock()


def sent(header: Row, batches: Batches, writer: Writer) -> Generator[bytes]:
    """The file, piece by piece. Holds this process's only slot until it is read to its end or closed; raises Busy."""
    body = _sent(header, batches, writer)
    next(body)  # from here on, closing it gives the slot back
    return body


def _sent(header: Row, batches: Batches, writer: Writer) -> Generator[bytes]:
    if not _slot.acquire(blocking=False):
        raise Busy
    try:
        yield b""
        yield writer.rows([header])
        for batch in batches:
            if piece := writer.rows(batch):
                yield piece
        yield writer.end()
    except Exception:
        # The web server ends a broken answer as it ends a whole one, so the file itself has to tell.
        log.exception("an export broke off")
        yield writer.broken_off()
    finally:
        _slot.release()


# -- what is in it -----------------------------------------------------------------------------------------------


def header(fields: Iterable[CustomField]) -> Row:
    """Of contacts. The last is for people to read; an import leaves it out."""
    return [*HEADERS.values(), *(harmless(field.name) for field in fields), "Status"]


def contacts(team: Team, found: QuerySet[Contact], fields: Sequence[CustomField]) -> Batches:
    """The contacts in the columns that an import reads."""
    suppressed = Suppression.objects.filter(
        team_id=team.id, number=OuterRef("number"), kind=Kind.OPT_OUT, inbox=None
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
            batch = list(rows.filter(id__gt=last).values_list(*wanted)[:BATCH])
            ids = [row[0] for row in batch]
            lists = _labels(team, ids, "contacts_listentry", "contacts_contactlist", "list_id")
            tags = _labels(team, ids, "contacts_tagging", "contacts_tag", "tag_id")
        yield [_contact(row, lists.get(row[0], ""), tags.get(row[0], ""), fields) for row in batch]
        last = ids[-1] if len(ids) == BATCH else None


def _contact(row: Sequence[Any], lists: str, tags: str, fields: Sequence[CustomField]) -> Row:
    _, first, last, shown, number, email, opted_out, note, custom, standing = row
    # Nothing where nobody opted out: "no" would be a statement, and the import reads it as one.
    opt_out = "yes" if opted_out else ""
    own = (cell(custom.get(field.key)) for field in fields)
    before, after = (first, last, shown), (email, opt_out, lists, tags, note, *own, State(standing).label)
    return [*map(harmless, before), spelled(number), *map(harmless, after)]


def _labels(team: Team, ids: list[int], entries: str, labels: str, key: str) -> dict[int, str]:
    rows = ask(
        f"SELECT e.contact_id, array_agg(l.name ORDER BY l.id) FROM {entries} e JOIN {labels} l"
        f" ON l.team_id = e.team_id AND l.id = e.{key}"
        " WHERE e.team_id = $1 AND l.team_id = $1 AND e.contact_id = ANY($2::bigint[]) GROUP BY e.contact_id",
        team.id,
        ids,
    )
    return {id: names_as_cell(names) for id, names in rows}


def suppressions(team: Team, asked: Asked) -> Batches:
    """The do-not-text list, oldest line first; of a search, what its page shows."""
    for batch in do_not_text.everything(team, asked, BATCH):
        yield [_suppression(line) for line in batch]


def _suppression(line: Line) -> Row:
    event, row = line.event, line.row
    cells = (
        line.contact.name if line.contact else "",
        State(row.kind).label,
        line.who,
        line.local(line.at),
        line.local(row.created_at),
        f"{line.inbox} only" if row.inbox_id else line.inbox,
        event.words if event else "",
        event.reason if event else "",
        event.source if event else "",
    )
    return [spelled(row.number), *map(harmless, cells)]


def remarks(run: MoveIn) -> Batches:
    """The lines of a former vendor's list that were not taken as they are."""
    last: int | None = 0
    while last is not None:
        with scope(run.team_id):
            found = MoveInRemark.objects.filter(team_id=run.team_id, of_id=run.id, id__gt=last)
            batch = list(found.order_by("id")[:BATCH])
        yield [[str(remark.line), remark.reason, *map(harmless, remark.cells)] for remark in batch]
        last = batch[-1].id if len(batch) == BATCH else None


def spelled(number: str) -> str:
    """An E.164 number with a blank behind its country code, other addresses as cells.

    The blank keeps it a text. "+15105553344" would be a number to a spreadsheet, which loses its plus and, beyond
    eleven digits, all but six of them when the file is saved.
    """
    if number.startswith("+"):
        for length in (1, 2, 3):
            if number[1 : 1 + length].isdecimal() and int(number[1 : 1 + length]) in _COUNTRY_CODES:
                return f"{number[: 1 + length]} {number[1 + length :]}"
    return harmless(number)


_COUNTRY_CODES = frozenset(phonenumbers.COUNTRY_CODE_TO_REGION_CODE)
