"""Exports: escaped cells, recognizably incomplete files, and no contacts of other teams."""

import csv
import io
import re
import threading
from collections.abc import Iterator
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from openpyxl.utils.escape import unescape

from contacts.contact.models import Contact
from contacts.do_not_text.query import DoNotTextQuery
from contacts.exports import rows as exports_rows
from contacts.exports.stream import ExportBusy, stream_export
from contacts.imports.columns import CONTACT_HEADERS
from contacts.imports.consent_columns import CONSENT_HEADERS
from contacts.imports.headers import match_columns
from contacts.imports.row_reader import RowReader
from contacts.lists.models import ContactList, ListEntry, Tag, Tagging
from kernel.phone_numbers import canonical
from kernel.spreadsheets.cells import number_cell
from kernel.spreadsheets.writers import WRITERS, CsvWriter, Row, SpreadsheetWriter, XlsxWriter
from kernel.tenancy import scope
from optout import consent
from optout.bulk_consent import opt_out_many
from optout.consent_types import Actor
from optout.models import Origin
from tests.cast import MARIA, STRANGER, TOM, Cast
from tests.contacts.test_import_contacts import everything, imported
from tests.statements import captured

# -- cells -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "written"),
    [
        ("+15105553344", "+1 5105553344"),
        ("+447911123456", "+44 7911123456"),
        ("+3546112345", "+354 6112345"),
        ("US:384387", "US:384387"),
        ("+1415555", "+1 415555"),
    ],
)
def test_an_exported_number_is_a_text_and_the_same_number(number: str, written: str) -> None:
    assert number_cell(number) == written
    for country in ("US", "DE"):
        assert not number[8:] or canonical(written, country) == number


def test_a_sender_like_a_formula_is_escaped(cast: Cast) -> None:
    assert number_cell("=1+1") == "'=1+1"


# -- files -------------------------------------------------------------------------------------------------------

ROWS = [
    ["Name", "Note"],
    ['Zoë; "Z", <&>', "one\r\ntwo\n\x07 end "],
    ["", "=1"],
    ["\U0001f6b2", "_x0041_ _x005F_"],
]
KEPT = [[cell.replace("\x07", "") for cell in row] for row in ROWS]  # XML cannot hold a bell character


def in_csv(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def in_xlsx(data: bytes) -> list[list[str]]:
    sheets = openpyxl.load_workbook(io.BytesIO(data), read_only=True)
    for row in (row for sheet in sheets for row in sheet.rows):
        assert {cell.data_type for cell in row if cell.value} <= {"s", "inlineStr"}, "a text, not a formula"
    return [[unescape(cell or "") for cell in row] for sheet in sheets for row in sheet.values]


def written(writer: SpreadsheetWriter, rows: list[Any]) -> bytes:
    return b"".join([*(writer.rows([row]) for row in rows), writer.end()])


def test_both_writers_keep_every_cell() -> None:
    assert in_csv(written(CsvWriter(), ROWS)) == ROWS
    assert in_xlsx(written(XlsxWriter(), ROWS)) == KEPT


def test_a_full_sheet_is_followed_by_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(XlsxWriter, "ROWS", 2)
    data = written(XlsxWriter(), [[str(n)] for n in range(5)])
    assert len(openpyxl.load_workbook(io.BytesIO(data)).worksheets) == 3
    assert in_xlsx(data) == [[str(n)] for n in range(5)]


@pytest.mark.parametrize("kind", WRITERS)
def test_the_header_is_sent_before_the_first_query_and_memory_stays_flat(kind: str) -> None:
    batches, row = 40, ["Maria", "x" * 50]
    reads = 0

    def read() -> Iterator[list[Row]]:
        nonlocal reads
        for _ in range(batches):
            reads += 1
            yield [row] * 500

    body = stream_export(1, ["Name", "Note"], read(), WRITERS[kind]())
    assert next(body) and reads == 0
    pieces = [len(piece) for piece in body]
    assert reads == batches and max(pieces) < 40_000, "a piece holds a single batch"


def test_a_team_makes_one_export_at_a_time_and_delays_no_other_team() -> None:
    header: Row = ["Name"]
    nothing: Iterator[list[Row]] = iter([])
    one = stream_export(1, header, nothing, CsvWriter())
    with pytest.raises(ExportBusy):
        stream_export(1, header, nothing, CsvWriter())
    assert b"Name" in b"".join(stream_export(2, header, nothing, CsvWriter()))
    next(one)
    one.close()  # the client disconnected
    two = stream_export(1, header, nothing, CsvWriter())
    assert len(list(two)) == 2
    del two
    third = stream_export(1, header, nothing, CsvWriter())
    thread = threading.Thread(target=third.close)  # another thread may close it
    thread.start()
    thread.join(30)
    stream_export(1, header, nothing, CsvWriter()).close()


def broken() -> Iterator[list[Row]]:
    yield [["Maria"]]
    raise RuntimeError("the database went away")


def test_a_failed_export_is_recognizable(caplog: pytest.LogCaptureFixture) -> None:
    rows = in_csv(b"".join(stream_export(1, ["Name"], broken(), CsvWriter())))
    assert rows[:2] == [["Name"], ["Maria"]] and "incomplete" in rows[2][0]
    with pytest.raises(Exception, match="zip"):
        in_xlsx(b"".join(stream_export(1, ["Name"], broken(), XlsxWriter())))
    assert caplog.text.count("export failed") == 2


# -- pages -------------------------------------------------------------------------------------------------------


def body_of(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def export(browser: Client, cast: Cast, kind: str = "csv", **query: str) -> list[dict[str, str]]:
    address = reverse("export_contacts", args=[cast.northside.slug], query=query | {"format": kind})
    header, *rows = {"csv": in_csv, "xlsx": in_xlsx}[kind](body_of(browser.get(address)))
    return [dict(zip(header, row, strict=True)) for row in rows]


@pytest.fixture
def owners(cast: Cast, as_client: Any) -> Client:
    return as_client(cast.owner)  # type: ignore[no-any-return]


def fill_team(cast: Cast) -> None:
    team, by = cast.northside, Actor(Origin.MEMBER, "Maya", 1)
    with scope(team.id):
        cast.maria.note, cast.maria.email = "=cmd|' /C calc'!A0", "maria@people.example"
        cast.maria.save()
        recall, harbor = (ContactList.objects.create(team=team, name=name) for name in ("Recall", "Spring"))
        for kind in (recall, harbor):
            ListEntry.objects.create(team=team, list=kind, contact=cast.maria)
        Tagging.objects.create(team=team, tag=Tag.objects.create(team=team, name="VIP"), contact=cast.maria)
        consent.opt_out(team.id, MARIA, by, reason="They asked us")
        consent.block(team.id, MARIA, by)
        consent.block(team.id, TOM, by)


@pytest.mark.parametrize("kind", WRITERS)
def test_exported_contacts_have_the_columns_of_an_import(cast: Cast, owners: Client, kind: str) -> None:
    fill_team(cast)
    maria, tom = export(owners, cast, kind)
    assert tuple(maria) == (*CONTACT_HEADERS.values(), *CONSENT_HEADERS.values(), "Status")
    assert list(maria.values()) == [
        "Maria", "Lopez", "", "+1 4155550101", "maria@people.example", "yes", "Recall; Spring", "VIP",
        "'=cmd|' /C calc'!A0", *[""] * len(CONSENT_HEADERS), "Blocked",
    ]  # fmt: skip
    assert (tom["Opt Out"], tom["Status"]) == ("", "Blocked"), "empty, because nobody opted out"
    read = RowReader(match_columns([*maria]), "US").read([*maria.values()])
    assert read == {
        "first_name": "Maria", "last_name": "Lopez", "display_name": "", "number": MARIA, "opt_out": True,
        "email": "maria@people.example", "lists": ["Recall", "Spring"], "tags": ["VIP"], "note": cast.maria.note,
    }  # fmt: skip


@pytest.mark.parametrize("options", [{}, {"replace": True, "replace_lists": True}])
def test_importing_an_export_again_changes_nothing(
    cast: Cast, owners: Client, options: dict[str, Any]
) -> None:
    """No value, list, tag, standing or ledger entry changes, regardless of who opted the person out."""
    fill_team(cast)
    team = cast.northside
    with scope(team.id):
        Contact.objects.create(team=team, number=STRANGER, first_name="'=1+1", note='one\r\ntwo; "three"')
        opt_out_many(team.id, [STRANGER], Actor(Origin.VENDOR_LIST, "Olivia", 1), reason="")
    before = everything(cast)
    address = reverse("export_contacts", args=[team.slug], query={"format": "csv"})
    imported(cast, body_of(owners.get(address)).decode(), **options)
    assert everything(cast) == before


def test_an_export_has_filtered_or_selected_contacts_of_the_team(
    cast: Cast, owners: Client, as_client: Any
) -> None:
    fill_team(cast)
    assert [row["First Name"] for row in export(owners, cast, q="becker")] == ["Tom"]
    address = reverse("export_contacts", args=[cast.northside.slug])
    ids: list[str | int] = [cast.tom.id, cast.maria_of_harbor.id, "x", "9" * 30]
    response = owners.post(address, {"contact": ids, "format": "csv"})
    assert [row[0] for row in in_csv(body_of(response))] == ["First Name", "Tom"]
    ticked = owners.get(address, {"contact": ids, "query": "q=lopez", "action": "export"})
    assert [row[0] for row in in_csv(body_of(ticked))] == ["First Name", "Tom"], (
        "the ticked contacts, not the matching contacts"
    )
    matching = owners.get(address, {"all": "1", "query": "q=lopez", "contact": ids})
    assert [row[0] for row in in_csv(body_of(matching))] == ["First Name", "Maria"]
    assert response["Content-Disposition"].startswith('attachment; filename="northside-dental-contacts-20')
    assert as_client(cast.member).get(address).status_code == 403
    assert as_client(cast.outsider).post(address, {"contact": ids}).status_code == 404


def test_each_batch_is_read_in_its_own_scope(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    """The request's transaction has ended by then. Each contact is exported once."""
    monkeypatch.setattr(exports_rows, "BATCH_SIZE", 2)
    team = cast.northside
    with scope(team.id):
        Contact.objects.bulk_create(Contact(team=team, number=f"+1415555020{n}") for n in range(3))
        wanted = set(Contact.objects.values_list("number", flat=True))
        found = team.contacts.all()
    batches = exports_rows.contact_rows(team, found, [])
    rows: list[Row] = []
    for batch in batches:
        assert not connection.in_atomic_block
        assert len(batch) <= 2
        rows += batch
    assert sorted(row[3].replace(" ", "") for row in rows) == sorted(wanted)


def test_a_second_export_gets_retry_after(cast: Cast, owners: Client) -> None:
    address = reverse("export_do_not_text", args=[cast.northside.slug])
    first = owners.get(address)
    second = owners.get(address)
    assert (second.status_code, second["Retry-After"]) == (503, "60")
    assert b"Another export is running" in second.content
    body_of(first)
    assert body_of(owners.get(address))


def test_the_do_not_text_list_is_exported(cast: Cast, owners: Client, as_client: Any) -> None:
    team = cast.northside
    with scope(team.id):
        consent.opt_out(team.id, STRANGER, Actor(Origin.MEMBER, "=Maya", 1), reason="They asked us")
    address = reverse("export_do_not_text", args=[team.slug])
    header, row = in_csv(body_of(owners.get(address)))
    assert (header[0], header[4], row[:4], row[8]) == (
        "Phone Number", "Date", ["+1 4155550199", "", "Opted out", "'=Maya"], "They asked us",
    )  # fmt: skip
    assert as_client(cast.member).get(address).status_code == 403


def test_every_relation_carries_the_team(cast: Cast) -> None:
    fill_team(cast)
    team = cast.northside
    with captured() as found:
        list(exports_rows.contact_rows(team, team.contacts.all(), []))
    (read,) = [query for query in found if "contacts_contact" in query]
    relations = re.findall(r'(?:FROM|JOIN) "', read)
    assert read.count(f'"team_id" = {team.id}') == len(relations) > 3, read
    assert DoNotTextQuery.read(QueryDict("kind=block&origin=nonsense")).query == "kind=block"
