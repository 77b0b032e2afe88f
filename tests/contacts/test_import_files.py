"""Files of imports: quotation marks, formulas and sheets swallow no opted-out person."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from accounts.models import Member
from contacts.imports import upload
from contacts.imports.models import Import, RefusedRow
from contacts.runs import worker
from contacts.runs.models import RunState
from kernel.spreadsheets.table import NotATable, SeveralSheets
from kernel.tenancy import scope
from optout.models import Suppression
from tests.cast import Cast
from tests.workbooks import table, workbook_of

ONE, TWO, THREE = "+14155550119", "+14155550120", "+14155550121"
HEAD = ["Phone Number", "Opt Out", "First Name"]


def imported(cast: Cast, content: bytes, name: str = "people.csv") -> Import:
    with scope(cast.northside.id):
        run = upload.create_from_upload(cast.northside, SimpleUploadedFile(name, content), cast.admin)
        run.start_check(run.columns, run.options)
    worker.advance(cast.northside.id, run.id, "import")
    with scope(cast.northside.id):
        run = Import.objects.get(team=cast.northside, id=run.id)
        assert run.state == RunState.CHECKED, run.sentence
        run.confirm(lift_ours=False)
    worker.advance(cast.northside.id, run.id, "import")
    with scope(cast.northside.id):
        return Import.objects.get(team=cast.northside, id=run.id)


def opted_out(cast: Cast) -> set[str]:
    with scope(cast.northside.id):
        return set(Suppression.objects.filter(team=cast.northside).values_list("number", flat=True))


def refused_rows(run: Import) -> list[tuple[int, str]]:
    with scope(run.team_id):
        rows = RefusedRow.objects.filter(team_id=run.team_id, run=run).order_by("line")
        return list(rows.values_list("line", "reason"))


def test_a_stray_quotation_mark_swallows_no_opt_out(cast: Cast) -> None:
    content = f'Phone Number,Opt Out,First Name\n{ONE},no,"Lee\n{TWO},yes,Max\n{THREE},yes,Ned"\n'
    run = imported(cast, content.encode())
    assert opted_out(cast) == {TWO, THREE}
    ((line, reason),) = refused_rows(run)
    assert line == 2
    assert reason.startswith('The quotation mark (") in line 2 is never closed: the next one is in line 4')
    assert run.counts["read"] == 3 and run.counts["refused"] == 1


def test_a_formula_without_a_stored_value_is_refused_with_its_address(cast: Cast) -> None:
    content = workbook_of(
        {"People": table(HEAD, [ONE, "=1=1", "Lee"], [TWO, "yes", "=A1"], [THREE, "yes", "Ned"])}
    )
    run = imported(cast, content, "people.xlsx")
    assert THREE in opted_out(cast)
    refused = dict(refused_rows(run))
    assert set(refused) == {2, 3}
    assert "B2 is a formula without a stored value: open the file in Excel and save it again." in refused[2]
    assert "C3 is a formula without a stored value" in refused[3]


def test_a_formula_in_a_column_that_is_not_imported_refuses_nothing(cast: Cast) -> None:
    content = workbook_of({"People": table([*HEAD, "Total"], [ONE, "yes", "Lee", "=SUM(A1)"])})
    assert imported(cast, content, "people.xlsx").counts["refused"] == 0
    assert opted_out(cast) == {ONE}


def test_a_bad_byte_refuses_its_row_and_keeps_the_other_letters(cast: Cast) -> None:
    run = imported(cast, f"Name,Phone\nJosé,{ONE}\n".encode() + b"10 \x96 20," + TWO.encode())
    ((line, reason),) = refused_rows(run)
    assert (line, "“10 \ufffd 20” has characters that are not UTF-8" in reason) == (3, True)
    assert run.counts["created"] == 1


SHEETS = {"Contacts": table(HEAD, [ONE, "", "Lee"]), "Do not text": table(HEAD, [TWO, "yes", "Max"])}


def test_the_command_refuses_several_sheets_until_one_is_chosen(cast: Cast, tmp_path: Path) -> None:
    file = tmp_path / "people.xlsx"
    file.write_bytes(workbook_of(SHEETS))
    with pytest.raises(CommandError, match=r"several sheets.*“Contacts”, “Do not text”"):
        call_command("import_contacts", file, team=cast.northside.slug)
    with pytest.raises(CommandError, match="no sheet “People”"):
        call_command("import_contacts", file, team=cast.northside.slug, sheet="People")
    output = io.StringIO()
    call_command("import_contacts", file, team=cast.northside.slug, sheet="Do not text", stdout=output)
    assert opted_out(cast) == {TWO}
    assert "Sheet “Do not text”; not read: “Contacts”" in output.getvalue()


def test_a_hidden_sheet_is_never_taken_by_itself(cast: Cast, tmp_path: Path) -> None:
    file = tmp_path / "people.xlsx"
    file.write_bytes(workbook_of(SHEETS, hidden=["Contacts"]))
    output = io.StringIO()
    call_command("import_contacts", file, team=cast.northside.slug, stdout=output)
    assert opted_out(cast) == {TWO}
    assert "not read: “Contacts” (hidden)" in output.getvalue()
    file.write_bytes(workbook_of(SHEETS, hidden=SHEETS))
    with pytest.raises(CommandError, match=r"hidden sheets only.*“Contacts” .hidden."):
        call_command("import_contacts", file, team=cast.northside.slug)


def test_the_command_takes_an_encoding(cast: Cast, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_bytes("Name,Phone\nJosé,".encode("mac_roman") + ONE.encode())
    call_command("import_contacts", file, team=cast.northside.slug, encoding="MacRoman")
    with scope(cast.northside.id):
        contact = cast.northside.contacts.get(number=ONE)
    assert contact.display_name == "José"


def test_a_sheet_or_a_file_that_is_no_table_creates_no_draft(cast: Cast) -> None:
    with scope(cast.northside.id):
        for content in (b"", workbook_of({"People": ""}), workbook_of({"People": table(HEAD)})):
            with pytest.raises(NotATable) as refused:
                upload.create_from_upload(
                    cast.northside, SimpleUploadedFile("x", content or b"\n"), cast.admin
                )
            assert not isinstance(refused.value, SeveralSheets)
        assert not Import.objects.filter(team=cast.northside).exists()


# -- the page of the draft ---------------------------------------------------------------------------------------


def draft_page(browser: Client, cast: Cast, content: bytes, name: str) -> tuple[str, str]:
    """The address of a new draft, and its page."""
    file = SimpleUploadedFile(name, content)
    answer = browser.post(reverse("imports", args=[cast.northside.slug]), {"file": file})
    assert answer.status_code == 302, answer.content.decode()
    return answer["Location"], browser.get(answer["Location"]).content.decode()


def newest(cast: Cast) -> Import:
    with scope(cast.northside.id):
        return Import.objects.filter(team=cast.northside).latest("id")


def test_the_page_asks_for_one_of_several_sheets(cast: Cast, as_client: Callable[[Member], Client]) -> None:
    browser = as_client(cast.admin)
    address, page = draft_page(browser, cast, workbook_of(SHEETS), "people.xlsx")
    assert "has rows on several sheets" in page and "Check file" not in page
    assert browser.post(address, {"country": "US"}).status_code == 422
    refused = browser.post(f"{address}reading/", {"sheet": "Other"})
    assert refused.status_code == 422 and "Choose a sheet" in refused.content.decode()
    answer = browser.post(f"{address}reading/", {"sheet": "Do not text"})
    assert (answer.status_code, answer["Location"]) == (302, address)
    page = browser.get(address).content.decode()
    assert "Sheet “Do not text”; not read: “Contacts”" in page and "Check file" in page
    run = newest(cast)
    assert (run.header, run.samples, run.columns) == (
        HEAD,
        [[TWO, "yes", "Max"]],
        ["number", "opt_out", "first_name"],
    )


def test_the_page_offers_another_encoding(cast: Cast, as_client: Callable[[Member], Client]) -> None:
    browser = as_client(cast.admin)
    content = "Name,Phone\nJosé,".encode("mac_roman") + ONE.encode()
    address, page = draft_page(browser, cast, content, "people.csv")
    assert "José" not in page and "Windows-1252" in page
    assert browser.post(f"{address}reading/", {"encoding": "MacRoman"}).status_code == 302
    assert "José" in browser.get(address).content.decode()
    refused = browser.post(f"{address}reading/", {"encoding": "UTF-16"})
    assert refused.status_code == 422
    assert (newest(cast).reading or {})["encoding"] == "MacRoman"


def test_a_title_above_the_header_is_shown_and_not_read(
    cast: Cast, as_client: Callable[[Member], Client]
) -> None:
    browser = as_client(cast.admin)
    content = f"Our customers|||\n\nName|Phone|Opt Out\nLee|{ONE}|yes\n".encode()
    address, page = draft_page(browser, cast, content, "people.csv")
    assert (
        "headers in line 3; 1 line above not read" in page
        and "Not read, above the headers: Our customers" in page
    )
    run = newest(cast)
    assert (run.header, run.columns) == (["Name", "Phone", "Opt Out"], ["display_name", "number", "opt_out"])
    refused = browser.post(f"{address}reading/", {"encoding": "UTF-8", "header_line": "9"})
    assert refused.status_code == 422 and "has no headers in line 9" in refused.content.decode()
    assert browser.post(f"{address}reading/", {"encoding": "UTF-8", "header_line": "1"}).status_code == 302
    assert newest(cast).header[0] == "Our customers"
    run = imported(cast, content)
    assert opted_out(cast) == {ONE} and run.counts["read"] == 1
