"""Imports from upload to result: all counts agree, nothing is done twice, and no opt-out is lost."""

import csv
import io
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook

from accounts.models import Member, Role
from contacts.contact.models import Contact
from contacts.imports import checking, upload, write_opt_outs, writing
from contacts.imports.models import Import, ImportChunk, ImportRow
from contacts.lists.models import ListEntry, Tagging
from contacts.runs import worker
from contacts.runs.models import RunState
from kernel.tenancy import scope
from optout import consent
from optout.consent_types import Actor
from optout.models import ConsentEvent, Origin
from optout.number_locks import lock_number
from optout.number_state import fetch_number_state
from optout.reader.outcome import Outcome
from tests.cast import MARIA, STRANGER, TOM, Cast
from tests.workbooks import workbook_of

SignIn = Callable[[Member], Client]

FILE = f"""First Name,Last Name,Phone Number,Email,Opt Out,List,Tags,Note,Shoe size
Maria,Lopez,{MARIA},maria@example.com,,Recall,VIP,,38
Thomas,,(415) 555-0102,,no,"Recall; Spring, 2026",,,42
Ann,Ames,4155550110,,YES,,,"two
lines",
Bob,,415-555-0111,, y ,,,,
Cleo,,+1 415 555 0112,,True,,,,
Dan,,1 (415) 555-0113,,t,,,,
Eve,,415.555.0114,,1,,,,
Fay,,4155550115,,No,,,,
Gus,,4155550116,,n,,,,
Hal,,4155550117,,FALSE,,,,
Ida,,4155550118,,f,,,,
Joe,,4155550119,,0,,"VIP, New",,
Kim,,4155550120,,maybe,,,,
Lee,,,,,,,,
Max,,12,,,,,,
Ned,,1.51056E+10,,,,,,
Oda,,4155550110,,,,,,
{"P" * 81},,4155550121,,,,,,
Quy,,4155550122,nonsense,,,,,
Ray,,4155550123,,,,,,,extra
"""
GOOD, BAD = 12, 8
OPTED_OUT = [f"+141555501{last}" for last in range(10, 15)]


def uploaded(browser: Client, cast: Cast, content: bytes | str, name: str = "people.csv") -> Any:
    file = io.BytesIO(content.encode() if isinstance(content, str) else content)
    file.name = name
    return browser.post(reverse("imports", args=[cast.northside.slug]), {"file": file})


def newest(cast: Cast) -> Import:
    with scope(cast.northside.id):
        return Import.objects.filter(team=cast.northside).latest("id")


def advance_newest(cast: Cast) -> Import:
    """Run the worker on the newest import."""
    run = newest(cast)
    worker.advance(cast.northside.id, run.id, "import")
    return newest(cast)


def draft(cast: Cast, content: str) -> Import:
    with scope(cast.northside.id):
        return upload.create_from_upload(
            cast.northside, SimpleUploadedFile("people.csv", content.encode()), cast.admin
        )


def checked(cast: Cast, content: str, **options: Any) -> Import:
    run = draft(cast, content)
    with scope(cast.northside.id):
        run.start_check(run.columns, run.options | options)
    run = advance_newest(cast)
    assert run.state == RunState.CHECKED, run.sentence
    return run


def imported(cast: Cast, content: str, *, lift_ours: bool = False, **options: Any) -> Import:
    run = checked(cast, content, **options)
    with scope(cast.northside.id):
        run.confirm(lift_ours=lift_ours)
    run = advance_newest(cast)
    assert run.state == RunState.DONE
    return run


def contact(cast: Cast, number: str) -> Any:
    with scope(cast.northside.id):
        return Contact.objects.with_standing(cast.northside).get(team=cast.northside, number=number)


def text_stop(cast: Cast, number: str) -> None:
    with scope(cast.northside.id):
        now = lock_number(cast.northside.id, number)
        before = fetch_number_state(cast.northside.id, number)
        consent.apply_keyword(
            cast.front_desk, number, Outcome.OPT_OUT, before=before, now=now, at=now, words="STOP", message_id=1,
            carrier_answers=True,
        )  # fmt: skip


def ledger(cast: Cast) -> int:
    with scope(cast.northside.id):
        return ConsentEvent.objects.filter(team=cast.northside).count()


def everything(cast: Cast) -> list[Any]:
    """All rows that an import may write."""
    with scope(cast.northside.id):
        contacts = Contact.objects.filter(team=cast.northside).order_by("id").values_list()
        labels = [
            list(model.objects.filter(team=cast.northside).order_by("id").values_list())
            for model in (ListEntry, Tagging, ConsentEvent)
        ]
        return [list(contacts), *labels]


# -- from upload to result ---------------------------------------------------------------------------------------------


def test_preview_result_and_refused_rows_agree(cast: Cast, as_client: SignIn) -> None:
    browser = as_client(cast.admin)
    page = uploaded(browser, cast, FILE).url
    assert "PHONE" not in browser.get(page).content.decode()
    assert b"Shoe size" in browser.get(page).content
    columns = {f"column-{at}": name for at, name in enumerate(newest(cast).columns)}
    assert browser.post(page, {"country": "US"}).status_code == 422, "without a phone number column"
    assert browser.post(page, columns | {"country": "US", "consent_note": "Fair in May"}).status_code == 302
    run = advance_newest(cast)
    assert run.counts == {"read": GOOD + BAD, "refused": BAD}
    assert {word: run.preview[word] for word in ("good", "created", "updated", "unchanged", "opted_out")} == {
        "good": GOOD, "created": 10, "updated": 1, "unchanged": 1, "opted_out": 5,
    }  # fmt: skip
    assert f"{GOOD} of {GOOD + BAD} rows can be imported" in browser.get(page).content.decode()
    with scope(cast.northside.id):
        assert Contact.objects.filter(team=cast.northside).count() == 2, "nothing is written yet"

    assert browser.post(f"{page}confirmation/").status_code == 302
    run = advance_newest(cast)
    assert (run.state, run.percent) == (RunState.DONE, 100)
    assert run.counts == {
        "read": GOOD + BAD, "refused": BAD, "created": 10, "updated": 1, "unchanged": 1, "opted_out": 5,
        "added_to_lists": 3, "tagged": 3,
    }  # fmt: skip
    for number in OPTED_OUT:
        assert contact(cast, number).standing == "opt_out"
    assert contact(cast, "+14155550115").standing == "active"
    assert contact(cast, MARIA).email == "maria@example.com"
    assert contact(cast, TOM).first_name == "Tom", "what is there is kept"
    assert contact(cast, "+14155550110").note == "two\nlines"
    with scope(cast.northside.id):
        event = ConsentEvent.objects.get(team=cast.northside, number=OPTED_OUT[0])
        assert (event.origin, event.reason, event.actor_id) == (Origin.IMPORT, "Fair in May", cast.admin.id)
        assert event.actor_name == "Amir Adams (people.csv)"
        assert not ImportChunk.objects.exists() and not ImportRow.objects.exists(), "nothing is left waiting"

    errors = browser.get(f"{page}refused-rows.csv").getvalue().decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(errors, newline="")))
    assert rows[0][:3] == ["Line", "Reason", "First Name"]
    assert [row[0] for row in rows[1:]] == [str(line) for line in range(14, 22)]
    reasons = [
        "“maybe”", "no phone number", "no such phone number", "1.51056E+10", "Duplicate of row 4", "longer than 80",
        "not a valid email address", "10 cells",
    ]  # fmt: skip
    for row, reason in zip(rows[1:], reasons, strict=True):
        assert reason in row[1]
    assert rows[4][2:5] == ["Ned", "", "1.51056E+10"], "as it was"

    before = everything(cast)
    again = imported(cast, FILE)
    assert everything(cast) == before, "the second time changes nothing"
    assert (again.counts["unchanged"], again.counts["created"], again.counts["updated"]) == (GOOD, 0, 0)


def test_values_lists_and_tags_are_kept_replaced_and_never_erased(cast: Cast) -> None:
    first = "Phone Number,First Name,Note,List,Tags\n"
    imported(cast, f'{first}{MARIA},,Likes tea,"Recall, Spring",VIP\n')
    imported(cast, f"{first}{MARIA},Mary,Likes coffee,,New\n", add_to="Everybody")
    assert (contact(cast, MARIA).first_name, contact(cast, MARIA).note) == ("Maria", "Likes tea")
    imported(cast, f"{first}{MARIA},Mary,,recall,\n", replace=True, replace_lists=True)
    maria = contact(cast, MARIA)
    with scope(cast.northside.id):
        lists = set(maria.lists.values_list("name", flat=True))
        tags = set(maria.tags.values_list("name", flat=True))
    assert (maria.first_name, maria.note, lists, tags) == ("Mary", "Likes tea", {"Recall"}, {"VIP", "New"})


def test_no_lifts_only_opt_outs_of_the_team_and_only_if_selected(cast: Cast, as_client: SignIn) -> None:
    text_stop(cast, MARIA)
    with scope(cast.northside.id):
        consent.opt_out(cast.northside.id, MARIA, Actor(Origin.MEMBER, "Maya"), reason="asked")
        consent.opt_out(cast.northside.id, TOM, Actor(Origin.MEMBER, "Maya"), reason="asked")
        Contact.objects.filter(team=cast.northside, number=MARIA).delete()
    file = f"Phone Number,Opt Out\n{MARIA},no\n{TOM},no\n{STRANGER},no\n"
    lines = ledger(cast)
    run = checked(cast, file)
    assert (run.preview["staying"], run.preview["liftable"]) == (1, 1)
    page = f"/t/{cast.northside.slug}/contacts/imports/{run.id}/"
    shown = as_client(cast.admin).get(page).content.decode()
    assert "1 number stays opted out" in " ".join(shown.split()) and "(415) 555-0101" in shown
    assert "(415) 555-0101" in as_client(cast.admin).get(f"{page}still-opted-out/").content.decode()
    imported(cast, file)
    assert (contact(cast, MARIA).standing, contact(cast, TOM).standing, ledger(cast)) == (
        "opt_out",
        "opt_out",
        lines,
    )
    run = imported(cast, file, lift_ours=True)
    assert (contact(cast, MARIA).standing, contact(cast, TOM).standing) == ("opt_out", "active")
    assert run.counts["opt_outs_lifted"] == 1


def test_long_file_names_fit_the_ledger(cast: Cast) -> None:
    run = checked(cast, f"Phone Number,Opt Out\n{TOM},yes\n", consent_note=" ")
    with scope(cast.northside.id):
        run.file_name = "x" * 255
        run.confirm(lift_ours=False)
    assert advance_newest(cast).state == RunState.DONE
    assert contact(cast, TOM).standing == "opt_out"


# -- interruptions -----------------------------------------------------------------------------------------------


def test_an_interrupted_import_continues_and_does_nothing_twice(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The check continues after the last stored line, the writing after the last written row."""
    monkeypatch.setattr(checking, "BATCH_SIZE", 3)
    monkeypatch.setattr(writing, "BATCH_SIZE", 2)
    monkeypatch.setattr(write_opt_outs, "MAX_LOCKS", 1)

    def breaking(function: Any, after: int) -> Any:
        calls = iter(range(after))

        def once(*args: Any) -> Any:
            done = function(*args)
            if next(calls, None) is None:
                raise RuntimeError("killed")
            return done

        return once

    run = draft(cast, FILE)
    with scope(cast.northside.id):
        run.start_check(run.columns, run.options)
    with monkeypatch.context() as patch:
        patch.setattr(checking, "_refuse", breaking(checking._refuse, 3))
        assert advance_newest(cast).state == RunState.CHECKING
    assert newest(cast).lines == 10
    forget_worker(cast)
    run = advance_newest(cast)
    assert (run.state, run.counts) == (RunState.CHECKED, {"read": GOOD + BAD, "refused": BAD})
    with scope(cast.northside.id):
        run.confirm(lift_ours=False)
    with monkeypatch.context() as patch:
        patch.setattr(writing, "_write_contacts", breaking(writing._write_contacts, 2))
        assert advance_newest(cast).state == RunState.RUNNING
    assert 0 < newest(cast).position < GOOD + len(OPTED_OUT)
    forget_worker(cast)
    run = advance_newest(cast)
    assert (run.state, run.position) == (RunState.DONE, GOOD + len(OPTED_OUT))
    assert (run.counts["created"], run.counts["updated"], run.counts["unchanged"]) == (10, 1, 1)
    assert (run.counts["opted_out"], ledger(cast)) == (5, 5)


def forget_worker(cast: Cast) -> None:
    """Make the worker count as silent, so that another worker may continue."""
    run = newest(cast)
    with scope(cast.northside.id):
        Import.objects.filter(team=cast.northside, id=run.id).update(alive_at=None)


def test_an_import_is_cancelled_between_two_batches(
    cast: Cast, as_client: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = as_client(cast.admin)
    run = checked(cast, FILE)
    page = f"/t/{cast.northside.slug}/contacts/imports/{run.id}/"
    browser.post(f"{page}confirmation/")
    assert browser.post(f"{page}cancellation/").status_code == 302
    run = advance_newest(cast)
    assert (run.state, run.counts["refused"]) == (RunState.CANCELLED, BAD)
    with scope(cast.northside.id):
        assert Contact.objects.filter(team=cast.northside).count() == 2
        assert not ImportRow.objects.exists()
    browser.post(f"{page}confirmation/")
    assert newest(cast).state == RunState.CANCELLED
    run = checked(cast, FILE)
    browser.post(f"/t/{cast.northside.slug}/contacts/imports/{run.id}/draft/")
    browser.post(f"/t/{cast.northside.slug}/contacts/imports/{run.id}/cancellation/")
    assert newest(cast).state == RunState.CANCELLED


def test_an_import_fails_without_the_right(cast: Cast) -> None:
    run = checked(cast, FILE)
    with scope(cast.northside.id):
        Member.objects.filter(team=cast.northside, id=cast.admin.id).update(role=Role.MEMBER)
        run.confirm(lift_ours=False)
    run = advance_newest(cast)
    assert (run.state, run.sentence.split(".")[0]) == (
        RunState.FAILED,
        "Amir Adams no longer has the right to import contacts",
    )
    with scope(cast.northside.id):
        assert Contact.objects.filter(team=cast.northside).count() == 2


# -- files -------------------------------------------------------------------------------------------------------

GERMAN = "Vorname;Nachname;Telefonnummer;Abgemeldet;Liste\r\nJörg;Müller;030 12345678;n;Prüfung\r\n"


def test_a_german_file_and_a_workbook_with_numbers_and_dates_are_imported(
    cast: Cast, as_client: SignIn
) -> None:
    uploaded(as_client(cast.owner), cast, GERMAN.encode("cp1252"))
    run = newest(cast)
    assert run.columns == ["first_name", "last_name", "number", "opt_out", "lists"]
    with scope(cast.northside.id):
        run.start_check(run.columns, run.options | {"country": "DE"})
        advance_newest(cast).confirm(lift_ours=False)
    advance_newest(cast)
    assert contact(cast, "+493012345678").name == "Jörg Müller"

    book = Workbook()
    for row in (
        ["Phone", "Note", "Opt Out"],
        [14155550140, date(2026, 11, 24), True],
        ["1.51056E+10", "", False],
    ):
        book.worksheets[0].append(row)
    file = io.BytesIO()
    book.save(file)
    uploaded(as_client(cast.owner), cast, file.getvalue(), "people.xlsx")
    run = newest(cast)
    with scope(cast.northside.id):
        run.start_check(run.columns, run.options)
        run = advance_newest(cast)
        run.confirm(lift_ours=False)
    assert advance_newest(cast).counts["refused"] == 1
    kept = contact(cast, "+14155550140")
    assert (kept.note, kept.standing) == ("2026-11-24", "opt_out")


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (b"", "people.csv", "This file is empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9, "people.csv", "is not a table"),
        (b"Phone,Name\n", "people.csv", "a header and no rows"),
        (b"PK\x03\x04broken", "people.xlsx", "cannot be read as an Excel workbook"),
        (b"Phone\n" + b"4155550101\n" * 30, "people.csv", "larger than 250 MB"),
    ],
)
def test_a_file_that_cannot_be_imported_is_refused_with_a_sentence(
    cast: Cast, as_client: SignIn, monkeypatch: pytest.MonkeyPatch, content: bytes, name: str, says: str
) -> None:
    if "larger" in says:
        monkeypatch.setattr(upload, "MAX_BYTES", 300)
    response = uploaded(as_client(cast.admin), cast, content, name)
    assert response.status_code == 422 and says in response.content.decode()
    with scope(cast.northside.id):
        assert not Import.objects.exists()


def test_a_table_that_breaks_off_fails_with_a_sentence(cast: Cast) -> None:
    rows = "".join(f'<row r="{line}"><c r="A{line}" t="inlineStr"><is><t>415555{line:04}</t></is></c></row>'
                   for line in range(2, 3000))  # fmt: skip
    head = '<row r="1"><c r="A1" t="inlineStr"><is><t>Phone</t></is></c></row>'
    with scope(cast.northside.id):
        file = SimpleUploadedFile("people.xlsx", workbook_of({"People": f"{head}{rows}<row"}))
        run = upload.create_from_upload(cast.northside, file, cast.admin)
        run.start_check(run.columns, run.options)
    run = advance_newest(cast)
    assert (run.state, run.ended) == (RunState.FAILED, True)
    assert "cannot be read as an Excel workbook" in run.sentence


# -- the shell ---------------------------------------------------------------------------------------------------


def test_the_command_imports_like_the_pages(cast: Cast, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text(FILE)
    output = io.StringIO()
    call_command("import_contacts", file, team=cast.northside.slug, dry_run=True, stdout=output)
    with scope(cast.northside.id):
        assert Contact.objects.filter(team=cast.northside).count() == 2
    call_command("import_contacts", file, team=cast.northside.slug, list="Fair", stdout=output)
    run = newest(cast)
    assert run.counts == {
        "read": GOOD + BAD, "refused": BAD, "created": 10, "updated": 1, "unchanged": 1, "opted_out": 5,
        "added_to_lists": 15, "tagged": 3,
    }  # fmt: skip
    for word, number in run.counts.items():
        assert f"{number:>10,} {word.replace('_', ' ')}" in output.getvalue()
    errors = (tmp_path / "people.csv.errors.csv").read_text("utf-8-sig")
    assert len(list(csv.reader(io.StringIO(errors, newline="")))) == BAD + 1
    file.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    with pytest.raises(CommandError, match="is not a table"):
        call_command("import_contacts", file, team=cast.northside.slug)
