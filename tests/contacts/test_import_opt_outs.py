"""Opt-outs of imports: every readable opt-out of a file is recorded, on the pages and by the command."""

import csv
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from contacts.contact.models import Contact
from contacts.imports.models import Import, ImportOptOut
from contacts.runs.models import RunState
from kernel.tenancy import scope
from optout.models import ConsentEvent, Origin, Suppression
from optout.reader.outcome import Outcome
from tests.cast import Cast
from tests.contacts.test_import_contacts import (
    SignIn,
    advance_newest,
    imported,
    newest,
    uploaded,
)  # fmt: skip
from tests.contacts.test_vendor_lists import text_request

ANN, BOB, CLEO, DAN, EVE = (f"+141555501{last}" for last in range(30, 35))


def opted_out(cast: Cast) -> set[str]:
    with scope(cast.northside.id):
        return set(Suppression.objects.filter(kind="opt_out").values_list("number", flat=True))


def contacts(cast: Cast) -> set[str]:
    with scope(cast.northside.id):
        return set(
            Contact.objects.filter(number__in=[ANN, BOB, CLEO, DAN, EVE]).values_list("number", flat=True)
        )


def check_page(browser: Client, cast: Cast, content: str, **answers: str) -> str:
    """Upload the file and send the form of its columns as it is, with these answers; the page's address."""
    page = str(uploaded(browser, cast, content).url)
    form = browser.get(page).context["form"]
    sent = {name: form[name].initial for name in form.fields if form[name].initial not in (None, False)}
    response = browser.post(page, sent | answers)
    assert response.status_code == 302, response.context["form"].errors
    assert advance_newest(cast).state == RunState.CHECKED
    return page


def import_page(browser: Client, cast: Cast, content: str, **answers: str) -> Import:
    page = check_page(browser, cast, content, **answers)
    browser.post(f"{page}confirmation/")
    return advance_newest(cast)


def import_command(cast: Cast, folder: Path, content: str, **options: Any) -> tuple[Import, str]:
    file, output = folder / "people.csv", io.StringIO()
    file.write_text(content)
    call_command("import_contacts", file, team=cast.northside.slug, stdout=output, **options)
    return newest(cast), output.getvalue()


HEADER = "Phone Number,First Name,Email,Opt Out"
LONG = "C" * 81
FILES = {
    "twice, the second yes": (f"{HEADER}\n{ANN},Ann,,\n(415) 555-0130,Ann B,,yes\n", {ANN}, {ANN}),
    "twice, the second no": (f"{HEADER}\n{ANN},Ann,,yes\n{ANN},Ann,,no\n", {ANN}, {ANN}),
    "twice, the first refused": (f"{HEADER}\n{ANN},{LONG},,yes\n{ANN},Ann,,no\n", {ANN}, {ANN}),
    "bad e-mail": (f"{HEADER}\n{ANN},Ann,ann at example.com,yes\n{BOB},Bob,,\n", {ANN}, {BOB}),
    "long name": (f"{HEADER}\n{ANN},{LONG},,yes\n", {ANN}, set()),
    "two numbers": (f'{HEADER}\n"{ANN}, {BOB}",Dee,,yes\n', {ANN, BOB}, set()),
    "extension": (f"{HEADER}\n(415) 555-0130 ext. 12,Dee,,yes\n", {ANN}, set()),
    "extra cell": (f"Phone Number,Opt Out,First Name\n{ANN},yes,Smith, Jr.\n", {ANN}, set()),
    "extra cell before": (f"First Name,Phone Number,Opt Out\nSmith, Jr.,{ANN},yes\n", {ANN}, set()),
    "two columns": (
        f"Phone Number,Opt Out,Do Not Text\n{ANN},no,yes\n{BOB},,yes\n{CLEO},no,no\n", {ANN, BOB}, {ANN, BOB, CLEO}
    ),
    "status": (f"Phone Number,Status\n{ANN},Unsubscribed\n{BOB},Active\n", {ANN}, {ANN, BOB}),
    "accepts": (f"Phone,Accepts SMS Marketing\n{ANN},no\n{BOB},yes\n{CLEO},\n", {ANN}, {ANN, BOB, CLEO}),
    "date": (f"Phone,unsubscribed_at\n{ANN},2024-05-01 10:00:00\n{BOB},\n", {ANN}, {ANN, BOB}),
    "marks": (f"Phone,DNC\n{ANN},x\n{BOB},✓\n{CLEO},1.0\n{DAN},0.0\n", {ANN, BOB, CLEO}, {ANN, BOB, CLEO, DAN}),
    "two number columns": (f"Phone,Mobile,Opt Out\n{ANN},{BOB},yes\n", {ANN, BOB}, {ANN}),
    "kept as text": (
        f"""Phone,Opt Out\n'{ANN[1:]},yes\n"=""{BOB[1:]}""\",yes\n"{CLEO},",yes\n""", {ANN, BOB, CLEO}, {ANN, BOB, CLEO}
    ),
}  # fmt: skip
HEADERS = [
    "Opt Out (Y/N)", "SMS Opt-Out", "Opted Out of SMS", "has_opted_out", "HasOptedOutOfSMS", "IsMessagingOptedOut",
    "opted_out_at", "is_unsubscribed", "Do Not SMS", "Suppressed",
]  # fmt: skip
FILES |= {header: (f"Phone Number,{header}\n{ANN},yes\n", {ANN}, {ANN}) for header in HEADERS}


@pytest.mark.parametrize("case", FILES)
def test_a_file_opts_out_everybody_who_is_marked(
    cast: Cast, as_client: SignIn, tmp_path: Path, case: str
) -> None:
    content, out, people = FILES[case]
    run, _ = import_command(cast, tmp_path, content, dry_run=True)
    assert not opted_out(cast) and not contacts(cast)
    assert run.preview["opt_outs"] == len(out)
    import_page(as_client(cast.admin), cast, content)
    assert (opted_out(cast), contacts(cast)) == (out, people)
    with scope(cast.northside.id):
        assert not ImportOptOut.objects.exists(), "nothing is left waiting"


def test_the_command_records_opt_outs_like_the_page(cast: Cast, tmp_path: Path) -> None:
    content = f"{HEADER}\n{ANN},Ann,bad,yes\n{BOB},Bob,,yes\n{CLEO},Cleo,,maybe\n"
    run, output = import_command(cast, tmp_path, content)
    assert opted_out(cast) == {ANN, BOB}
    assert (run.counts["opted_out"], run.counts["opted_out_from_refused_rows"]) == (1, 1)
    assert "1 opted out from refused rows" in output
    assert "1 have an opt-out cell that cannot be read (--opt-out-unclear)" in output
    import_command(cast, tmp_path, content, opt_out_unclear=True)
    assert opted_out(cast) == {ANN, BOB, CLEO}


def test_the_page_counts_opt_outs_of_refused_rows_and_asks_about_unclear_ones(
    cast: Cast, as_client: SignIn
) -> None:
    browser = as_client(cast.admin)
    content = f"{HEADER}\n{ANN},Ann,bad,yes\n{BOB},Bob,,maybe\n"
    page = check_page(browser, cast, content)
    shown = " ".join(browser.get(page).content.decode().split())
    assert '<strong class="number">1</strong> opt-out from refused rows' in shown
    assert "Also opt out 1 number with an unclear opt-out cell" in shown
    assert "Record 1 opt-out" in shown
    browser.post(f"{page}confirmation/", {"with_unclear": "on"})
    run = advance_newest(cast)
    assert (run.state, run.position, run.percent) == (RunState.DONE, 2, 100)
    assert (opted_out(cast), contacts(cast)) == ({ANN, BOB}, set())
    assert run.counts["opted_out_from_refused_rows"] == 2
    file = browser.get(f"{page}refused-rows.csv").getvalue().decode("utf-8-sig")  # type: ignore[attr-defined]
    reasons = [row[1] for row in csv.reader(io.StringIO(file))][1:]
    assert reasons[0].endswith("Its opt-out is imported all the same.")
    assert "opt-out is imported" not in reasons[1] and "“Opt Out” is “maybe”" in reasons[1]


def test_the_page_says_that_a_moved_cell_counts_and_leaves_out_our_own_columns(
    cast: Cast, as_client: SignIn
) -> None:
    content = (
        f"Line,Reason,Phone,First Name,Opt Out\n7,wrong,{ANN},Ann,no,1990-05-20\n8,wrong,nonsense,Bob,yes\n"
    )
    browser = as_client(cast.admin)
    page = check_page(browser, cast, content)
    shown = " ".join(browser.get(page).content.decode().split())
    assert "A cell beside its opt-out column means an opt-out, which is imported all the same." in shown
    assert f"{ANN} · Ann · no · 1990-05-20" in shown and "7 · wrong" not in shown
    file = browser.get(f"{page}refused-rows.csv").getvalue().decode("utf-8-sig")  # type: ignore[attr-defined]
    header, first, *_ = csv.reader(io.StringIO(file))
    assert header == ["Line", "Reason", "Phone", "First Name", "Opt Out"]
    assert (first[0], first[3]) == ("2", "Ann")


def test_a_column_with_few_values_has_an_example(cast: Cast, as_client: SignIn) -> None:
    rows = "".join(f"+1415555{n:04d},A{n},,{'yes' if n > 90 else ''}\n" for n in range(100))
    uploaded(as_client(cast.admin), cast, f"{HEADER}\n{rows}")
    with scope(cast.northside.id):
        run = Import.objects.get(team=cast.northside)
    assert [row[3] for row in run.samples] == ["", "", "", "yes", "yes", "yes"]


def test_a_yes_in_a_refused_row_outweighs_a_no_that_would_lift(cast: Cast) -> None:
    imported(cast, f"{HEADER}\n{ANN},Ann,,yes\n")
    imported(cast, f"{HEADER}\n{ANN},Ann,,no\n{ANN},Ann,,yes\n", lift_ours=True)
    assert opted_out(cast) == {ANN}
    imported(cast, f"{HEADER}\n{ANN},Ann,,no\n{ANN},Ann,,maybe\n", lift_ours=True)
    assert opted_out(cast) == {ANN}, "an unclear cell prevents lifting, too"


@pytest.mark.parametrize("header", ["Status", "Consent source", "Email opt out"])
def test_a_column_that_may_be_an_opt_out_column_is_asked_about(
    cast: Cast, as_client: SignIn, tmp_path: Path, header: str
) -> None:
    browser, content = as_client(cast.admin), f"Phone,{header}\n{ANN},yes\n"
    page = uploaded(browser, cast, content).url
    sent = {"country": "US", "column-0": "number", "column-1": "?"}
    response = browser.post(page, sent)
    assert response.status_code == 422
    assert "This may be an opt-out column. Choose what it is." in response.content.decode()
    assert "Not an opt-out column: skip" in response.content.decode()
    assert browser.post(page, sent | {"column-1": "opt_out"}).status_code == 302
    with pytest.raises(CommandError, match=r"may be an opt-out column.*--not-opt-out-column"):
        import_command(cast, tmp_path, content)
    assert not contacts(cast)
    import_command(cast, tmp_path, content, not_opt_out_column=[header])
    assert (opted_out(cast), contacts(cast)) == (set(), {ANN})
    import_command(cast, tmp_path, content, opt_in_column=[header])
    assert opted_out(cast) == set()
    import_command(cast, tmp_path, content, opt_out_column=[header])
    assert opted_out(cast) == {ANN}
    with pytest.raises(CommandError, match="no such header"):
        import_command(cast, tmp_path, content, opt_out_column=["Nothing"])


def entries(cast: Cast, number: str) -> list[ConsentEvent]:
    with scope(cast.northside.id):
        return list(ConsentEvent.objects.filter(number=number).order_by("position"))


def test_opt_outs_of_other_systems_are_the_persons_word_unless_the_admin_says_otherwise(
    cast: Cast, as_client: SignIn
) -> None:
    browser, content = as_client(cast.admin), "Phone,Unsubscribed at\n{},2024-05-01T10:00:00Z\n"
    import_page(browser, cast, content.format(ANN), consent_note="Old shop")
    entry = entries(cast, ANN)[0]
    assert (entry.origin, entry.words) == (Origin.TOLD_IMPORT, "Unsubscribed at: 2024-05-01T10:00:00Z")
    assert (entry.source, entry.reason, entry.actor_id) == ("people.csv", "Old shop", cast.admin.id)
    assert entry.happened_at == datetime(2024, 5, 1, 10, tzinfo=UTC)
    import_page(browser, cast, content.format(BOB), told="")
    assert entries(cast, BOB)[0].origin == Origin.IMPORT
    import_page(browser, cast, f"Phone,Opt Out\n{CLEO},yes\n")
    assert entries(cast, CLEO)[0].origin == Origin.IMPORT, "the column of our own files"


def test_a_persons_word_is_recorded_beside_our_decision_and_repeated_once(cast: Cast) -> None:
    imported(cast, f"Phone,Opt Out\n{ANN},yes\n")
    for _ in range(2):
        imported(cast, f"Phone,Unsubscribed\n{ANN},yes\n")
    assert [entry.origin for entry in entries(cast, ANN)] == [Origin.IMPORT, Origin.TOLD_IMPORT]
    imported(cast, f"Phone,Opt Out\n{ANN},no\n", lift_ours=True)
    assert opted_out(cast) == {ANN}, "the person's own word stays"


def test_a_dated_opt_out_does_not_outweigh_a_newer_opt_in(cast: Cast) -> None:
    yesterday = timezone.now() - timedelta(days=1)
    text_request(cast, ANN, Outcome.OPT_OUT, yesterday)
    text_request(cast, ANN, Outcome.OPT_IN, timezone.now())
    run = imported(cast, f"Phone,Unsubscribed at\n{ANN},2020-01-01\n{BOB},2020-01-01\n")
    assert run.counts["opted_out"] == 1 and opted_out(cast) == {BOB}
    imported(cast, f"Phone,Unsubscribed\n{ANN},yes\n")
    assert opted_out(cast) == {ANN, BOB}, "without a date it counts as stated now"


def test_a_row_with_several_numbers_becomes_a_contact_for_each_if_chosen(
    cast: Cast, as_client: SignIn
) -> None:
    content = f'Phone,Mobile,First Name,Opt Out\n"{ANN}; {BOB}",{CLEO},Ann,\n{DAN},,Dan,\n'
    import_page(as_client(cast.admin), cast, content, each_number="yes")
    assert contacts(cast) == {ANN, BOB, CLEO, DAN}
