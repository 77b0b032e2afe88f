"""Vendor lists: opt-outs are checked, then recorded as the person's own, and none is lost."""

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from contacts.contact.models import Contact
from contacts.runs import worker
from contacts.runs.models import SILENCE_LIMIT, RunState
from contacts.vendor_lists import operation
from contacts.vendor_lists.forms import split_pasted_numbers
from contacts.vendor_lists.models import VendorListFile, VendorListImport, VendorListRow
from kernel.tenancy import scope
from messaging.models import Message
from optout import bulk_consent, consent
from optout.consent_types import Actor
from optout.lifting_rules import CannotLift, FreshConsent
from optout.models import ConsentEvent, Origin, Suppression
from optout.number_locks import lock_number
from optout.number_state import fetch_number_state, standing
from optout.reader.outcome import Outcome
from tests.cast import MARIA, STRANGER, TOM, Cast
from tests.workbooks import table, workbook_of

NOBODY, ANOTHER = "+14155550188", "+14155550177"
BY_US = Actor(Origin.MEMBER, "Maya Chen", 1)


@pytest.fixture
def admin(cast: Cast, as_client: Any) -> Client:
    return as_client(cast.admin)  # type: ignore[no-any-return]


def submit(browser: Client, cast: Cast, text: str = "", **more: Any) -> VendorListImport:
    """Submit the form and check the list."""
    form = {"source": "Textline", "country": "US", "text": text} | more
    answer = browser.post(reverse("vendor_lists", args=[cast.northside.slug]), form)
    assert answer.status_code == 302, answer.content.decode()
    return advance_newest(cast)


def advance_newest(cast: Cast) -> VendorListImport:
    """Run the worker on the newest list."""
    team_id = cast.northside.id
    with scope(team_id):
        newest = VendorListImport.objects.order_by("-id")[0]
    worker.advance(team_id, newest.id, "vendor_list")
    with scope(team_id):
        return VendorListImport.objects.select_related("team").get(id=newest.id)


def press(browser: Client, cast: Cast, button: str, run: VendorListImport) -> VendorListImport:
    assert (
        browser.post(reverse(f"vendor_list_{button}", args=[cast.northside.slug, run.id])).status_code == 302
    )
    return advance_newest(cast)


def remarks(browser: Client, cast: Cast, run: VendorListImport) -> list[list[str]]:
    answer: Any = browser.get(reverse("vendor_list_remarks", args=[cast.northside.slug, run.id]))
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))[1:]


def text_request(cast: Cast, number: str, request: Outcome, at: datetime) -> None:
    team_id = cast.northside.id
    with scope(team_id):
        now = lock_number(team_id, number)
        before = fetch_number_state(team_id, number)
        consent.apply_keyword(
            cast.front_desk, number, request, before=before, now=now, at=at, words=request.name, message_id=1,
            carrier_answers=False,
        )  # fmt: skip


LIST = """Mobile;Unsubscribed at;Keyword
(415) 555-0102;2025-03-01 14:30;STOP
+1 415 555 0188;13/03/2025;
4155550177;;
415-555-0177;2025-01-01;
;2025-03-01;STOP
1.41556E+10;2025-03-01;
(415) 555-0101;2025-03-01;=cmd
415 555 0199;2025-03-01;
"""


def test_a_stray_quotation_mark_and_a_formula_swallow_no_opt_out(cast: Cast, admin: Client) -> None:
    text = f'Phone,Name,Opt Out\n{NOBODY},"Lee,yes\n{ANOTHER},Max,yes\n{STRANGER},Ned,no\n'
    run = submit(admin, cast, file=SimpleUploadedFile("list.csv", text.encode()))
    assert run.counts["new"] == 2 and run.counts["not_opted_out"] == 1
    assert [(line, "never closed" in reason) for line, reason, *_ in remarks(admin, cast, run)] == [
        ("2", True)
    ]
    content = workbook_of({"A": table(["Phone", "Opt Out"], [NOBODY, "=1=1"], [ANOTHER, "no"])})
    run = submit(admin, cast, file=SimpleUploadedFile("list.xlsx", content))
    assert run.counts["new"] == 1
    assert ["B2 is a formula" in reason for _, reason, *_ in remarks(admin, cast, run)] == [True]


def test_a_vendor_list_is_checked_and_recorded(cast: Cast, admin: Client) -> None:
    """Maria opted in here after her date in the list, the stranger texted STOP, and a member opted Tom out."""
    team = cast.northside
    text_request(cast, MARIA, Outcome.OPT_OUT, timezone.now() - timedelta(days=20))
    text_request(cast, MARIA, Outcome.OPT_IN, timezone.now() - timedelta(days=10))
    text_request(cast, STRANGER, Outcome.OPT_OUT, timezone.now())
    with scope(team.id):
        consent.opt_out(team.id, TOM, BY_US, reason="They asked us")
        contacts, texts = Contact.objects.count(), Message.objects.count()
        before = Suppression.objects.count()
    run = submit(admin, cast, file=SimpleUploadedFile("their list.csv", LIST.encode()))
    assert (run.state, run.by_name, run.file_name) == (RunState.CHECKED, "Amir Adams", "their list.csv")
    assert run.counts == {
        "new": 3, "already_there": 1, "opted_in_since": 1, "repeated": 1, "unreadable": 2, "without_date": 1,
        "not_opted_out": 0,
    }  # fmt: skip
    with scope(team.id):
        assert Suppression.objects.count() == before, "nothing is recorded before the confirmation"
    page = admin.get(reverse("vendor_list", args=[team.slug, run.id])).content.decode()
    assert "Add 3 numbers" in page and "13/03/2025" in page
    run = press(admin, cast, "confirmation", run)
    assert run.state == RunState.DONE
    assert run.counts == {
        "recorded": 3,
        "already_there": 1,
        "opted_in_since": 1,
        "repeated": 1,
        "unreadable": 2,
        "without_date": 1,
        "not_opted_out": 0,
    }
    with scope(team.id):
        recorded = {row.number: row for row in Suppression.objects.filter(origin=Origin.VENDOR_LIST)}
        assert set(recorded) == {TOM, NOBODY, ANOTHER}
        toms = ConsentEvent.objects.get(id=recorded[TOM].event_id)
        assert (toms.source, toms.actor_name) == ("Textline: STOP", "Amir Adams")
        assert toms.happened_at == datetime(2025, 3, 1, 19, 30, tzinfo=UTC), "New York time"
        for number in (NOBODY, ANOTHER):  # without a readable date the opt-out counts from now
            event = ConsentEvent.objects.get(id=recorded[number].event_id)
            assert event.happened_at == event.recorded_at
        assert standing(team.id, MARIA).may_text
        assert (Contact.objects.count(), Message.objects.count()) == (contacts, texts)
        assert not VendorListRow.objects.exists() and not VendorListFile.objects.exists()
    found = {line: (reason, cells) for line, reason, *cells in remarks(admin, cast, run)}
    assert set(found) == {"3", "6", "7", "8"}
    assert found["6"][1] == ["", "2025-03-01", "STOP"] and "no phone number" in found["6"][0]
    assert (
        "rounded" in found["7"][0] and "without a date" in found["3"][0] and "opted in here" in found["8"][0]
    )
    assert found["8"][1][2] == "'=cmd"


def test_the_same_list_again_changes_nothing(cast: Cast, admin: Client) -> None:
    for new in (1, 0):
        run = submit(admin, cast, f"{NOBODY}, 2025-03-01")
        assert run.counts["new"] == new
        assert press(admin, cast, "confirmation", run).counts["recorded"] == new
    with scope(cast.northside.id):
        assert ConsentEvent.objects.count() == 1


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        (f"{NOBODY}\n{ANOTHER}", {NOBODY, ANOTHER}),
        (f"{NOBODY}, {ANOTHER};(415) 555-0102", {NOBODY, ANOTHER, TOM}),
        (f"STOP\t{NOBODY}\t2025-03-01\nSTOP\t{ANOTHER}\t2025-03-02", {NOBODY, ANOTHER}),
        (f"Wann;Nummer\n2025-03-01;{NOBODY}", {NOBODY}),
        (f"{NOBODY},3/1/2025,asked us\n12345\n,,", {NOBODY, "US:12345"}),
        (f"Phone,Opt Out\n{NOBODY},yes\n{ANOTHER},No\n{TOM},", {NOBODY}),  # a list of all customers
        (f"Phone,Opted Out\n{NOBODY},2025-03-01\n{ANOTHER},", {NOBODY}),
        (f"Phone,Opt Out\n{NOBODY} x12,yes\n{ANOTHER} / {TOM},yes", {NOBODY, ANOTHER, TOM}),
        ("nobody here", set()),
    ],
)
def test_pasted_lists_are_read(cast: Cast, admin: Client, text: str, numbers: set[str]) -> None:
    run = submit(admin, cast, text)
    assert run.state == (RunState.CHECKED if numbers else RunState.FAILED), run.sentence
    with scope(cast.northside.id):
        assert set(VendorListRow.objects.values_list("number", flat=True)) == numbers


def test_several_numbers_on_one_line_are_several_lines() -> None:
    assert split_pasted_numbers("+1 415 555 0188, 4155550177\n4155550102,2025-03-01").splitlines() == [
        b"+1 415 555 0188", b" 4155550177", b"4155550102,2025-03-01",
    ]  # fmt: skip


def test_an_interrupted_vendor_list_records_nothing_twice(
    cast: Cast, admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker dies during the check, and again during the recording."""
    monkeypatch.setattr(operation, "_CHECKED_PER_BATCH", 2)
    monkeypatch.setattr(operation, "MAX_LOCKED_NUMBERS", 2)
    text = "\n".join(f"+1415555012{n}" for n in range(5))
    stage, opt_out_many = operation._stage, bulk_consent.opt_out_many
    calls = 0

    def die_sometimes(*args: Any, **options: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls in (2, 5):
            raise KeyboardInterrupt  # not caught by the project's own handlers
        return (stage if len(args) == 2 else opt_out_many)(*args, **options)

    monkeypatch.setattr(operation, "_stage", die_sometimes)
    monkeypatch.setattr(operation, "opt_out_many", die_sometimes)
    with pytest.raises(KeyboardInterrupt):
        submit(admin, cast, text)
    forget_worker(cast)
    run = advance_newest(cast)
    assert (run.state, run.counts["new"], run.counts["repeated"]) == (RunState.CHECKED, 5, 0)
    with pytest.raises(KeyboardInterrupt):
        press(admin, cast, "confirmation", run)
    forget_worker(cast)
    run = advance_newest(cast)
    assert (run.state, run.counts["recorded"], calls) == (RunState.DONE, 5, 8)
    with scope(cast.northside.id):
        assert Suppression.objects.count() == ConsentEvent.objects.count() == 5


def forget_worker(cast: Cast) -> None:
    """Make the worker count as silent."""
    with scope(cast.northside.id):
        VendorListImport.objects.filter(team_id=cast.northside.id).update(
            alive_at=timezone.now() - 2 * SILENCE_LIMIT
        )


def test_a_discarded_list_leaves_nothing(cast: Cast, admin: Client) -> None:
    run = submit(admin, cast, NOBODY)
    assert press(admin, cast, "cancellation", run).state == RunState.CANCELLED
    run = press(admin, cast, "confirmation", run)
    assert run.state == RunState.CANCELLED, "confirmed too late"
    with scope(cast.northside.id):
        assert not Suppression.objects.exists() and not VendorListRow.objects.exists()


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({}, "Upload a file, or paste"),
        ({"text": NOBODY, "file": SimpleUploadedFile("a.csv", b"x")}, "not both"),
        ({"text": NOBODY, "source": ""}, "required"),
        ({"text": NOBODY, "country": "XX"}, "valid choice"),
        ({"file": SimpleUploadedFile("a.csv", b"x" * (operation.MAX_BYTES + 1))}, "larger than 20 MB"),
    ],
)
def test_an_incomplete_form_says_what_is_missing(
    cast: Cast, admin: Client, given: dict[str, Any], sentence: str
) -> None:
    form = {"source": "Textline", "country": "US"} | given
    answer = admin.post(reverse("vendor_lists", args=[cast.northside.slug]), form)
    assert answer.status_code == 422 and sentence in answer.content.decode()


def test_a_file_without_numbers_is_refused(cast: Cast, admin: Client) -> None:
    picture = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20
    run = submit(admin, cast, file=SimpleUploadedFile("photo.csv", picture))
    assert run.state == RunState.FAILED and "photo.csv" in run.sentence
    page = admin.get(reverse("vendor_list", args=[cast.northside.slug, run.id])).content.decode()
    assert "is not a table" in page and "Add 0" not in page


@pytest.mark.parametrize(
    ("text", "numbers", "counts"),
    [
        (
            f"Phone,Name,Status\n{NOBODY},Ann,Active\n{ANOTHER},Bo,Unsubscribed\n{TOM},Cy,Subscribed\n{MARIA},Di,Lead",
            {ANOTHER},
            {"not_opted_out": 2, "unclear": 1},
        ),
        (f"Phone,SMS Consent\n{NOBODY},no\n{ANOTHER},yes", {NOBODY}, {"not_opted_out": 1}),
        (f"Phone,OptOutType\n{NOBODY},STOP\n{ANOTHER},START", {NOBODY}, {"not_opted_out": 1}),
    ],
)
def test_a_status_tells_who_opted_out(
    cast: Cast, admin: Client, text: str, numbers: set[str], counts: dict[str, int]
) -> None:
    run = submit(admin, cast, text)
    assert run.state == RunState.CHECKED, run.sentence
    assert run.counts.items() >= counts.items()
    press(admin, cast, "confirmation", run)
    with scope(cast.northside.id):
        assert set(Suppression.objects.values_list("number", flat=True)) == numbers


def test_the_teams_own_number_is_never_the_persons(cast: Cast, admin: Client) -> None:
    ours = cast.front_desk.number
    run = submit(admin, cast, f"To,From,OptOutType\n{ours},{NOBODY},STOP\n{ours},{ANOTHER},STOP")
    assert run.counts["new"] == 2, run.sentence
    with scope(cast.northside.id):
        assert set(VendorListRow.objects.values_list("number", flat=True)) == {NOBODY, ANOTHER}
    run = submit(admin, cast, f"Phone Number\n{ours}\n{NOBODY}")
    assert run.counts["new"] == 1 and "your own team" in remarks(admin, cast, run)[0][1]


def test_two_columns_of_numbers_are_asked_about(cast: Cast, admin: Client) -> None:
    run = submit(admin, cast, f"To,From\n+15035550140,{NOBODY}\n+15035550140,{ANOTHER}")
    assert run.state == RunState.FAILED
    assert "“To” and “From” have phone numbers" in run.sentence and "“Phone Number”" in run.sentence


def test_a_newer_list_is_a_newer_statement(cast: Cast, admin: Client) -> None:
    """Consent that was given between two lists lifts nothing after the second."""
    press(admin, cast, "confirmation", submit(admin, cast, f"{TOM}, 2025-03-01"))
    run = press(admin, cast, "confirmation", submit(admin, cast, f"{TOM}, 2025-06-01"))
    assert (run.counts["recorded"], run.counts["already_there"]) == (0, 1)
    again = press(admin, cast, "confirmation", submit(admin, cast, f"{TOM}, 2025-06-01\n{MARIA}, 2025-01-01"))
    assert (again.counts["recorded"], again.counts["already_there"]) == (1, 1)
    with scope(cast.northside.id):
        events = ConsentEvent.objects.filter(team=cast.northside, number=TOM).order_by("position")
        assert [(event.happened_at.date().isoformat(), event.changed) for event in events] == [
            ("2025-03-02", True),  # the end of the day in New York
            ("2025-06-02", False),
        ]
        given = FreshConsent("Text me again", "At the desk", datetime(2025, 4, 1, tzinfo=UTC))
        with pytest.raises(CannotLift, match="older than the opt-out"):
            consent.lift(cast.northside.id, TOM, BY_US, consent=given, may_lift_persons=True)
