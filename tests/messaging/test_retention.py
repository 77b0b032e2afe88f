"""Retention by age: old content is gone from every column and file, receipts and evidence stay, and a page says so."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from typing import cast as typed
from zoneinfo import ZoneInfo

import psycopg
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.audit.actions import AuditAction
from accounts.audit.models import AuditEntry
from accounts.models import Member
from kernel import pacing
from kernel.tenancy import scope
from messaging.compose import compose_text
from messaging.drafts.models import Draft
from messaging.models import Conversation, Message
from messaging.retention import erasure, operation
from messaging.retention.ages import Age, AgeUnit
from messaging.retention.models import RetentionRule, RetentionRun
from messaging.scheduling.models import AUTHOR_MAY_NOT, ScheduledText, ScheduleOutcome
from messaging.scope_lookups import retention_due
from messaging.search.indexing import index_team
from messaging.simulator.models import SimulatedText
from messaging.tasks import start_retention
from messaging.teamwork.models import Note
from optout.models import ConsentEvent, Suppression
from tests.api.conftest import create_client
from tests.cast import MARIA, STRANGER, TOM, Cast
from tests.clocks import earlier
from tests.contacts.test_erasure import traces_by_table, traces_in_files, work_on_attachments
from tests.messaging.fake_twilio import FakeTwilio, FileAnswer
from tests.messaging.test_conversation_exports import file_of, table
from tests.messaging.test_printed_conversation import words_of

type ClientOf = Callable[[Member], Client]

TRACES = ["xylophone", "wurlitzer", "theremin", "ocarina", "glockenspiel"]
HELD = "STOP 12345"
EVIDENCE = {"optout_consentevent"}  # the words of the opt-out
AGED = {  # each with its times, two years back
    "messaging_message": "at, created_at", "messaging_conversation": "last_message_at", "messaging_note": "at",
    "messaging_draft": "updated_at", "messaging_scheduledtext": "send_at, ended_at", "messaging_simulatedtext": "at",
    "messaging_attachment": "created_at",
}  # fmt: skip


def make_old(owner: psycopg.Connection) -> None:
    for name, columns in AGED.items():
        changes = ", ".join(f"{column} = {earlier(column, '2 years')}" for column in columns.split(", "))
        owner.execute(typed(Any, f"UPDATE {name} SET {changes}"))


def set_rule(cast: Cast, **ages: Any) -> RetentionRule:
    with scope(cast.northside.id):
        today = operation.local_day(cast.northside)
        RetentionRule.objects.filter(team=cast.northside).delete()
        return RetentionRule.objects.create(team=cast.northside, starts_on=today, **ages)


def runs_of(cast: Cast) -> list[RetentionRun]:
    with scope(cast.northside.id):
        return list(RetentionRun.objects.filter(team=cast.northside).order_by("day"))


@pytest.fixture
def old(
    cast: Cast, carrier: FakeTwilio, work: Callable[[], None], owner: psycopg.Connection
) -> dict[str, int]:
    """Everything that people and members may have written two years ago; the IDs of some of it, by a word."""
    team = cast.northside
    carrier.files["/2010-04-01/ME1"] = FileAnswer(
        b"BEGIN:VCARD\r\nFN:Theremin\r\nTEL:+14155550170\r\nEND:VCARD\r\n"
    )
    media = {"NumMedia": "1", "MediaUrl0": "https://api.twilio.com/2010-04-01/ME1"}
    carrier.text(cast.front_desk, MARIA, "My xylophone is broken", **media)
    carrier.text(cast.front_desk, MARIA, "", **media)
    work_on_attachments()
    carrier.text(cast.billing, MARIA, "take me off your list, xylophone")
    carrier.text(cast.front_desk, TOM, HELD)
    with scope(team.id):
        conversation = Conversation.objects.get(team=team, inbox=cast.front_desk, number=MARIA)
        of = {"team": team, "conversation": conversation}
        Note.objects.create(**of, author_name="Maya", body="A wurlitzer fan", at=timezone.now())
        Draft.objects.create(**of, member=cast.member, body="Your theremin", updated_at=timezone.now())
        ended = {"outcome": ScheduleOutcome.CANCELLED, "ended_at": timezone.now()}
        for outcome in (ended, {"reason": AUTHOR_MAY_NOT}):
            ScheduledText.objects.create(
                **of, **outcome, inbox=cast.front_desk, number=MARIA, body="ocarina", send_at=timezone.now(),
                seen_inbound=0, author_name="Maya", created_at=timezone.now(),
            )  # fmt: skip
        SimulatedText.objects.create(
            team=team, inbox=cast.front_desk, number=MARIA, from_handset=True, body="xylophone"
        )
        compose_text(cast.front_desk, STRANGER, "About your glockenspiel", author=cast.member)
    carrier.text(cast.shop, MARIA, "Another team")
    work()
    make_old(owner)
    carrier.text(cast.front_desk, MARIA, "This week")
    index_team(team.id, 5)
    return {"conversation": conversation.id, "stranger": conversation_of(cast, STRANGER).id}


def conversation_of(cast: Cast, number: str) -> Conversation:
    with scope(cast.northside.id):
        return Conversation.objects.get(team=cast.northside, inbox=cast.front_desk, number=number)


# -- a run -------------------------------------------------------------------------------------------------------


def test_nothing_of_old_texts_remains_except_receipts_and_evidence(
    cast: Cast, old: dict[str, int], owner: psycopg.Connection, as_client: ClientOf, texts: Any
) -> None:
    """Every column of every table is searched, also of tables that are added later; and files."""
    before = traces_by_table(owner, TRACES)
    for table_name in set(AGED) | {"messaging_searchabletext"}:
        assert table_name in before, table_name
    assert traces_in_files(TRACES) == ["theremin"]
    with scope(cast.northside.id):
        kept = [list(model.objects.values()) for model in (ConsentEvent, Suppression)]
    receipts = {text.id: text for text in texts()}
    set_rule(cast, texts_count=1, texts_unit=AgeUnit.YEARS)
    assert retention_due() == [cast.northside.id]
    assert operation.retain(cast.northside.id) is False
    work_on_attachments()

    after = traces_by_table(owner, TRACES)
    assert {name: found for name, found in after.items() if name not in EVIDENCE} == {}
    assert after["optout_consentevent"] == ["xylophone"]
    assert traces_in_files(TRACES) == []
    with scope(cast.northside.id):
        assert [list(model.objects.values()) for model in (ConsentEvent, Suppression)] == kept
    for text in texts():
        was = receipts[text.id]
        for name in (
            "inbox_id",
            "conversation_id",
            "number",
            "outbound",
            "status",
            "carrier_id",
            "at",
            "segments",
        ):
            assert getattr(text, name) == getattr(was, name)
    assert [text.body for text in texts() if text.body] == [HELD, "This week"]
    with scope(cast.harbor.id):
        assert Message.objects.get(team=cast.harbor).body == "Another team"

    (run,) = runs_of(cast)
    erased = [text for text in texts() if text.erased_at]
    assert (run.texts, run.files, run.notes, run.end_state) == (len(erased), 2, 1, "done")
    assert {text.erased_after for text in erased} == {"1 year"}
    with scope(cast.northside.id):
        entry = AuditEntry.objects.get(action=AuditAction.RETENTION_RUN_ENDED)
    assert entry.details["texts"] == run.texts and entry.details["private_notes"] == 1
    assert retention_due() == []
    start_retention()
    assert operation.retain(cast.northside.id) is False and len(runs_of(cast)) == 1
    _everything_says_so(cast, old, as_client)


def _everything_says_so(cast: Cast, old: dict[str, int], as_client: ClientOf) -> None:
    """The thread, the list, the search, the print, the export and the API."""
    browser, slug = as_client(cast.owner), cast.northside.slug
    thread = _words(browser.get(reverse("conversation", args=[slug, old["conversation"]])).text)
    assert thread.count("This text was erased on") == 2 and "by the retention rule of 1 year." in thread
    assert "This week" in thread
    assert "Send again" not in browser.get(reverse("conversation", args=[slug, old["stranger"]])).text
    assert "Erased text" in _words(browser.get(reverse("inbox", args=[slug]), {"folder": "all"}).text)
    found = browser.get(reverse("search", args=[slug]), {"q": "xylophone"})
    assert "My xylophone" not in found.text
    printed = words_of(browser.get(reverse("printed_conversation", args=[slug, old["conversation"]])).text)
    assert re.search(r"\(erased on \d{4}-\d\d-\d\d by the retention rule of 1 year\)", printed)
    rows = table(file_of(browser, first="2000-01-01"))
    assert sum(row["text"].startswith("(erased on ") for row in rows) >= 3
    listed = create_client(cast.owner).get(f"messages?phoneNumber={MARIA[1:]}&inboxID={cast.front_desk.id}")
    assert [(text["content"], bool(text["erased_at"])) for text in listed] == [
        ("This week", False), ("", True), ("", True),
    ]  # fmt: skip


def _words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_attachments_may_go_before_their_texts(
    cast: Cast, old: dict[str, int], as_client: ClientOf, texts: Any
) -> None:
    """A text of one picture is empty then, and is not found any more."""
    set_rule(cast, files_count=30, files_unit=AgeUnit.DAYS)
    operation.retain(cast.northside.id)
    work_on_attachments()
    assert traces_in_files(TRACES) == []
    (run,) = runs_of(cast)
    assert (run.texts, run.files, run.notes) == (0, 2, 0)
    with_words, alone = [text for text in texts(number=MARIA) if text.erased_at]
    assert (with_words.body, with_words.media, alone.media) == ("My xylophone is broken", [], [])
    page = _words(as_client(cast.owner).get(
        reverse("conversation", args=[cast.northside.slug, old["conversation"]])
    ).text)  # fmt: skip
    assert "Attachments erased on" in page and "This text was erased on" in page
    assert "by the retention rule of 30 days" in page and "A wurlitzer fan" in page


def test_a_killed_run_goes_on_and_a_decided_text_follows(
    cast: Cast, old: dict[str, int], owner: psycopg.Connection, monkeypatch: pytest.MonkeyPatch, texts: Any
) -> None:
    """Batches of one row, of which the third never ends. The next day takes the text that was decided meanwhile."""
    monkeypatch.setattr(erasure, "BATCH", 1)
    rests: list[float] = []

    def rest(worked: float, ratio: float) -> None:
        rests.append(ratio)
        if len(rests) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(pacing, "rest", rest)
    set_rule(cast, texts_count=1, texts_unit=AgeUnit.YEARS)
    with pytest.raises(KeyboardInterrupt):
        operation.retain(cast.northside.id)
    (run,) = runs_of(cast)
    assert (run.texts, run.ended_at) == (2, None)
    assert retention_due() == [cast.northside.id]
    monkeypatch.setattr(operation, "TURN", -1.0)  # each turn ends after a batch
    while operation.retain(cast.northside.id):
        pass
    (run,) = runs_of(cast)
    assert run.texts == len([text for text in texts() if text.erased_at]) and run.end_state == "done"
    assert [text.body for text in texts(number=TOM)] == [HELD]

    owner.execute("UPDATE optout_review SET outcome = 'dismissed'")
    owner.execute("UPDATE messaging_retentionrun SET day = day - 1")
    while operation.retain(cast.northside.id):
        pass
    assert [text.body for text in texts(number=TOM)] == [""]
    assert [run.texts for run in runs_of(cast)][1] == 1
    assert traces_by_table(owner, [HELD.lower()]).keys() == {"optout_consentevent"}


def test_a_run_begins_on_its_day_and_ends_with_its_rule(cast: Cast, old: dict[str, int], texts: Any) -> None:
    rule = set_rule(cast, texts_count=1, texts_unit=AgeUnit.YEARS)
    with scope(cast.northside.id):
        rule.starts_on = operation.local_day(cast.northside) + timedelta(days=1)
        rule.save()
    assert retention_due() == [] and operation.retain(cast.northside.id) is False
    assert runs_of(cast) == []
    set_rule(cast)
    assert retention_due() == [] and operation.retain(cast.northside.id) is False
    assert not [text for text in texts() if text.erased_at]


# -- the page ----------------------------------------------------------------------------------------------------


def test_the_page_says_exactly_what_goes_before_it_is_saved(
    cast: Cast, old: dict[str, int], as_client: ClientOf, texts: Any
) -> None:
    browser, page = as_client(cast.admin), reverse("retention", args=[cast.northside.slug])
    assert "Off: texts, attachments and private notes are kept" in _words(browser.get(page).text)
    rule = {"texts_count": "1", "texts_unit": "years", "files_count": "", "files_unit": "years"}
    asked = browser.post(page, rule)
    words = _words(asked.text)
    forecast = asked.context["forecast"]
    count = (
        len([text for text in texts() if text.at < forecast.texts_before and (text.body or text.media)]) - 1
    )
    assert asked.status_code == 200 and forecast.texts == count
    assert (
        f"{count} texts before" in words
        and "2 files of texts before" in words
        and "1 private note before" in words
    )
    assert "1 more text as old stays until somebody has decided" in words and "§ 59.1-514" in words
    confirmed = {**rule, "forecast": forecast.key}
    for wrong, message in (
        ({**confirmed, "typed": "yes"}, "Type “erase” to confirm."),
        ({**confirmed, "typed": "erase", "forecast": "1 0 0"}, "The counts have changed since."),
    ):
        answer = browser.post(page, wrong)
        assert answer.status_code == 422 and message in _words(answer.text)
    with scope(cast.northside.id):
        assert (
            not RetentionRule.objects.exists() and not AuditEntry.objects.filter(section="retention").exists()
        )

    assert browser.post(page, {**confirmed, "typed": "Erase "}).status_code == 302
    with scope(cast.northside.id):
        saved = RetentionRule.objects.get(team=cast.northside)
        changes = list(
            AuditEntry.objects.filter(section="retention").values_list("setting", "before", "after")
        )
        assert saved.starts_on == operation.local_day(cast.northside) + timedelta(days=1)
        saved.starts_on = operation.local_day(cast.northside)
        saved.save()
    assert changes == [("Erase texts after", "Never", "1 year")]
    operation.retain(cast.northside.id)
    (run,) = runs_of(cast)
    assert (run.texts, run.files, run.notes) == (forecast.texts, forecast.files, forecast.notes)
    shown = _words(browser.get(page).text)
    assert "Done" in shown and "each day after midnight (Eastern time)" in shown
    # Without anything to erase nothing is asked, and turning it off needs no word.
    assert browser.post(page, {**rule, "texts_count": "5"}).status_code == 302
    assert browser.post(page, {**rule, "texts_count": ""}).status_code == 302
    with scope(cast.northside.id):
        assert not RetentionRule.objects.get(team=cast.northside).is_on


@pytest.mark.parametrize(
    ("rule", "error"),
    [
        ({"texts_count": "29", "texts_unit": "days"}, "Enter at least 30 days and at most 36,500 days."),
        ({"texts_count": "101", "texts_unit": "years"}, "Enter at least 1 year and at most 100 years."),
        ({"texts_count": "0", "texts_unit": "years"}, "greater than or equal to 1"),
        (
            {"texts_count": "1", "texts_unit": "years", "files_count": "13", "files_unit": "months"},
            "Attachments go with their texts at the latest, after 1 year.",
        ),
        ({"texts_count": "1", "texts_unit": "weeks"}, "weeks is not one of the available choices"),
    ],
)
def test_ages_that_are_not_allowed(cast: Cast, as_client: ClientOf, rule: dict[str, str], error: str) -> None:
    data = {"texts_count": "", "texts_unit": "years", "files_count": "", "files_unit": "years", **rule}
    answer = as_client(cast.owner).post(reverse("retention", args=[cast.northside.slug]), data)
    assert answer.status_code == 422 and error in _words(answer.text)


# -- the cut-off, without a database -----------------------------------------------------------------------------

PACIFIC, SYDNEY = ZoneInfo("America/Los_Angeles"), ZoneInfo("Australia/Sydney")


@pytest.mark.parametrize(
    ("today", "count", "unit", "zone", "cutoff"),
    [
        ("2026-11-29", 1, AgeUnit.YEARS, PACIFIC, "2025-11-29T08:00"),
        ("2026-11-29", 30, AgeUnit.DAYS, PACIFIC, "2026-10-30T07:00"),  # before the clocks changed
        ("2026-11-29", 365, AgeUnit.DAYS, PACIFIC, "2025-11-29T08:00"),
        ("2028-11-29", 366, AgeUnit.DAYS, PACIFIC, "2027-11-29T08:00"),  # over a 29 February
        ("2028-02-29", 1, AgeUnit.YEARS, PACIFIC, "2027-02-28T08:00"),
        ("2028-02-29", 4, AgeUnit.YEARS, PACIFIC, "2024-02-29T08:00"),
        ("2026-03-31", 1, AgeUnit.MONTHS, PACIFIC, "2026-02-28T08:00"),
        ("2026-03-01", 1, AgeUnit.MONTHS, PACIFIC, "2026-02-01T08:00"),
        ("2026-01-15", 1, AgeUnit.MONTHS, PACIFIC, "2025-12-15T08:00"),
        ("2026-12-31", 12, AgeUnit.MONTHS, PACIFIC, "2025-12-31T08:00"),
        ("2026-12-31", 18, AgeUnit.MONTHS, PACIFIC, "2025-06-30T07:00"),
        ("2026-11-29", 1, AgeUnit.YEARS, SYDNEY, "2025-11-28T13:00"),
        ("2026-11-29", 100, AgeUnit.YEARS, ZoneInfo("UTC"), "1926-11-29T00:00"),
    ],
)
def test_the_cutoff(today: str, count: int, unit: AgeUnit, zone: ZoneInfo, cutoff: str) -> None:
    found = Age(count, unit).cutoff(date.fromisoformat(today), zone)
    assert found == datetime.fromisoformat(cutoff).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("age", "words", "allowed"),
    [
        (Age(1, AgeUnit.YEARS), "1 year", True),
        (Age(100, AgeUnit.YEARS), "100 years", True),
        (Age(101, AgeUnit.YEARS), "101 years", False),
        (Age(29, AgeUnit.DAYS), "29 days", False),
        (Age(36_500, AgeUnit.DAYS), "36,500 days", True),
        (Age(1, AgeUnit.MONTHS), "1 month", True),
        (Age(1_201, AgeUnit.MONTHS), "1,201 months", False),
    ],
)
def test_ages_in_words(age: Age, words: str, allowed: bool) -> None:
    assert (str(age), age.is_allowed) == (words, allowed)
