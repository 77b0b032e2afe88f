"""Report schedules: created from a report's page, sent once when due, to members who may export."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from smtplib import SMTPException
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import psycopg
import pytest
import time_machine
from django.core import mail
from django.core.mail import EmailMessage
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Member, Role
from kernel.tenancy import scope
from messaging.models import Conversation, Message
from reports import tasks
from reports.report_kinds import REPORT_KINDS
from reports.schedules import report_email, sending
from reports.schedules.models import ReportRecipient, ReportSchedule
from reports.scope_lookups import due_schedules
from tests.cast import MARIA, Cast
from tests.html import flat

AsClient = Callable[[Member], Client]
NORTHSIDE = "northside-dental"
MONDAY = datetime(2026, 11, 23, 13, tzinfo=UTC)  # 08:00 in New York


@pytest.fixture(autouse=True)
def _empty_outbox() -> None:
    mail.outbox.clear()


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(MONDAY - timedelta(hours=1), tick=False) as traveller:
        yield traveller


@pytest.fixture
def schedule(cast: Cast, clock: Any) -> ReportSchedule:
    return create_schedule(cast)


def create_schedule(cast: Cast, **more: Any) -> ReportSchedule:
    values = {"report": "consent_report", "created_by": "Amir Adams", **more}
    with scope(cast.northside.id):
        schedule = ReportSchedule(team=cast.northside, **values)
        schedule.resume()
        schedule.save()
        for member in (cast.owner, cast.admin):
            ReportRecipient.objects.create(
                team=cast.northside, schedule=schedule, member_id=member.id, name=str(member)
            )
    return schedule


def reload(schedule: ReportSchedule) -> ReportSchedule:
    with scope(schedule.team_id):
        return ReportSchedule.objects.with_team(schedule.team_id).get(id=schedule.id)  # type: ignore[no-any-return]


def send_due() -> None:
    """Do the worker's tasks for all due schedules."""
    for due in due_schedules(timezone.now(), 100):
        sending.send_if_due(due.team_id, due.id)


def texts(cast: Cast, at: datetime, count: int, **more: Any) -> None:
    with scope(cast.northside.id):
        conversation, _ = Conversation.objects.get_or_create(
            team=cast.northside, inbox=cast.front_desk, number=MARIA, defaults={"last_message_at": at}
        )
        for _ in range(count):
            Message.objects.create(
                team=cast.northside, conversation=conversation, inbox=cast.front_desk, number=MARIA,
                outbound=True, at=at,                **{"status": "refused", "reason": "opted_out", **more},
            )  # fmt: skip


# -- the email --------------------------------------------------------------------------------------------------


def test_the_email_has_figures_a_table_and_a_link(
    cast: Cast, schedule: ReportSchedule, clock: Any, as_client: AsClient
) -> None:
    texts(cast, MONDAY - timedelta(days=3), 4)
    texts(cast, MONDAY - timedelta(days=9), 2)
    texts(cast, MONDAY - timedelta(hours=2), 1)  # on Monday: part of the next week
    send_due()
    assert mail.outbox == [], "not before it is due"
    clock.move_to(MONDAY)
    send_due()
    (sent,) = mail.outbox
    assert sent.subject == "Consent, November 16 – 22, 2026 · Northside Dental"
    assert sent.to == ["olivia@northside.example", "amir@northside.example"]
    assert "Not sent: 4 (+100%, 2 before)" in sent.body
    ((name, table, kind),) = sent.attachments
    assert (name, kind) == ("northside-dental-consent-2026-11-16-2026-11-22.csv", "text/csv")
    rows = list(csv.DictReader(io.StringIO(str(table).removeprefix("\ufeff"))))
    assert len(rows) == 7 and sum(int(row["Not Sent"]) for row in rows) == 4
    link = re.search(r"http\S+/reports/consent/\S+", str(sent.body))
    assert link
    address = urlsplit(link[0])
    shown = as_client(cast.admin).get(f"{address.path}?{address.query}").content.decode()
    assert "November 16 – 22, 2026" in shown
    as_file = as_client(cast.admin).get(f"{address.path}export/?{address.query}&format=csv")
    assert list(csv.DictReader(io.StringIO(b"".join(as_file).decode("utf-8-sig")))) == rows  # type: ignore[call-overload]
    found = reload(schedule)
    assert (found.sent_at, found.sent_to, found.error) == (MONDAY, 2, "")
    assert found.due_at == MONDAY + timedelta(days=7)


def test_each_due_schedule_gets_a_task(
    schedule: ReportSchedule, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[Any] = []
    monkeypatch.setattr(
        tasks.send_scheduled_report,
        "apply_async",
        lambda values, **options: started.append((values, options["queue"])),
    )
    tasks.send_due_reports()
    assert started == []
    clock.move_to(MONDAY)
    tasks.send_due_reports()
    assert started == [((schedule.team_id, schedule.id), "bulk")]


def test_it_is_sent_once_a_week(schedule: ReportSchedule, clock: Any) -> None:
    for minutes in range(0, 8 * 24 * 60, 30):
        clock.move_to(MONDAY + timedelta(minutes=minutes))
        send_due()
    assert [sent.subject.split(" · ")[0] for sent in mail.outbox] == [
        "Consent, November 16 – 22, 2026", "Consent, November 23 – 29, 2026",
    ]  # fmt: skip


def test_missed_reports_are_not_sent(schedule: ReportSchedule, clock: Any) -> None:
    clock.move_to(MONDAY + timedelta(days=16))
    send_due()
    send_due()
    assert [sent.subject.split(" · ")[0] for sent in mail.outbox] == [
        "Consent, November 30 – December 6, 2026"
    ]


def test_filters_apply(cast: Cast, clock: Any) -> None:
    create_schedule(cast, query=f"inbox={cast.billing.id}")
    texts(cast, MONDAY - timedelta(days=3), 4)
    clock.move_to(MONDAY)
    send_due()
    (sent,) = mail.outbox
    assert (
        "Billing" in sent.subject and "Not sent: 0" in sent.body and f"inbox={cast.billing.id}" in sent.body
    )


def test_an_invalid_filter_sends_nothing(cast: Cast, clock: Any) -> None:
    """A report without the filter would show too much."""
    schedule = create_schedule(cast, query=f"inbox={cast.shop.id}")
    clock.move_to(MONDAY)
    send_due()
    assert mail.outbox == [] and "no longer exists" in reload(schedule).error
    assert reload(schedule).due_at == MONDAY + timedelta(days=7)


def test_a_long_table_is_not_attached(
    schedule: ReportSchedule, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report_email, "MAX_ATTACHED_ROWS", 6)
    clock.move_to(MONDAY)
    send_due()
    (sent,) = mail.outbox
    assert sent.attachments == [] and "more than 6 rows" in sent.body


# -- recipients --------------------------------------------------------------------------------------------------


def test_a_member_who_lost_the_right_receives_nothing(
    cast: Cast, schedule: ReportSchedule, clock: Any, as_client: AsClient
) -> None:
    with scope(cast.northside.id):
        Member.objects.filter(team=cast.northside, id=cast.admin.id).update(role=Role.MEMBER)
    clock.move_to(MONDAY)
    send_due()
    assert [sent.to for sent in mail.outbox] == [["olivia@northside.example"]]
    page = flat(as_client(cast.owner).get(reverse("schedules", args=[NORTHSIDE])))
    assert "No longer receiving it: Amir Adams" in page
    with scope(cast.northside.id):
        Member.objects.filter(team=cast.northside, id=cast.owner.id).update(role=Role.MEMBER)
    clock.move_to(MONDAY + timedelta(days=7))
    send_due()
    assert len(mail.outbox) == 1 and "No recipient" in reload(schedule).error


# -- failures ----------------------------------------------------------------------------------------------------


@pytest.fixture
def mail_server(monkeypatch: pytest.MonkeyPatch) -> list[Exception]:
    """The errors of the next emails, in order."""
    faults: list[Exception] = []
    send = EmailMessage.send

    def sent(message: Any) -> int:
        assert not connection.in_atomic_block, "a transaction is open while the mail server is called"
        if faults:
            raise faults.pop(0)
        return send(message)

    monkeypatch.setattr(EmailMessage, "send", sent)
    return faults


def test_sending_is_retried_after_a_mail_server_error(
    schedule: ReportSchedule, clock: Any, mail_server: list[Exception]
) -> None:
    mail_server += [ConnectionRefusedError("no"), SMTPException("busy")]
    clock.move_to(MONDAY)
    send_due()
    found = reload(schedule)
    assert (found.tries, found.due_at) == (1, MONDAY + timedelta(minutes=5)) and "mail server" in found.error
    clock.move_to(MONDAY + timedelta(minutes=4))
    send_due()
    assert len(mail_server) == 1, "not before"
    clock.move_to(MONDAY + timedelta(minutes=5))
    send_due()
    assert reload(schedule).due_at == MONDAY + timedelta(minutes=35)
    clock.move_to(MONDAY + timedelta(minutes=35))
    send_due()
    assert len(mail.outbox) == 1
    found = reload(schedule)
    assert (found.tries, found.error, found.due_at) == (0, "", MONDAY + timedelta(days=7))


def test_retries_stop_after_a_day(schedule: ReportSchedule, clock: Any, mail_server: list[Exception]) -> None:
    mail_server += [OSError("away")] * 6
    for hours in range(30):
        clock.move_to(MONDAY + timedelta(hours=hours, minutes=59))
        send_due()
    found = reload(schedule)
    assert mail_server == [] and mail.outbox == []
    assert "We stopped trying after a day." in found.error and found.due_at == MONDAY + timedelta(days=7)
    clock.move_to(MONDAY + timedelta(days=7))
    send_due()
    assert len(mail.outbox) == 1 and reload(schedule).error == ""


def test_an_internal_error_is_logged_and_retried(
    schedule: ReportSchedule, clock: Any, mail_server: list[Exception], caplog: pytest.LogCaptureFixture
) -> None:
    mail_server.append(ZeroDivisionError("what"))
    clock.move_to(MONDAY)
    send_due()
    assert "our side" in reload(schedule).error and "failed" in caplog.text
    clock.move_to(MONDAY + timedelta(minutes=5))
    send_due()
    assert len(mail.outbox) == 1


class Killed(BaseException):
    """Simulates a killed worker: no handler catches it."""


@pytest.mark.parametrize("when", ["before sending", "after sending"])
def test_a_killed_worker_loses_no_email_and_repeats_at_most_one_email(
    schedule: ReportSchedule, clock: Any, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    send = EmailMessage.send

    def killed(message: Any) -> int:
        if when == "after sending":
            send(message)
        raise Killed

    clock.move_to(MONDAY)
    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr(EmailMessage, "send", killed)
        send_due()
    before = len(mail.outbox)
    clock.move_to(MONDAY + timedelta(minutes=14))
    send_due()
    assert len(mail.outbox) == before, "the claim still holds"
    for minutes in (15, 16, 60, 600):
        clock.move_to(MONDAY + timedelta(minutes=minutes))
        send_due()
    assert len(mail.outbox) == before + 1


def test_only_one_of_two_workers_sends(schedule: ReportSchedule, clock: Any) -> None:
    clock.move_to(MONDAY)
    assert sending.claim(schedule.team_id, schedule.id)
    assert sending.claim(schedule.team_id, schedule.id) is None
    sending.send_if_due(schedule.team_id, schedule.id)
    assert mail.outbox == []


def test_a_change_during_sending_is_kept(schedule: ReportSchedule, clock: Any) -> None:
    clock.move_to(MONDAY)
    claim = sending.claim(schedule.team_id, schedule.id)
    assert claim
    with scope(schedule.team_id):
        found = ReportSchedule.objects.get(id=schedule.id)
        found.pause()
        found.save()
    sending._settle(claim, error="", sent_at=MONDAY, sent_to=2)
    assert (reload(schedule).due_at, reload(schedule).sent_to) == (None, 2)


def test_a_team_that_moves_west_gets_no_second_email(
    cast: Cast, schedule: ReportSchedule, clock: Any
) -> None:
    with scope(cast.northside.id):
        cast.northside.time_zone = "America/Los_Angeles"
        cast.northside.save(update_fields=["time_zone"])
    clock.move_to(MONDAY)  # 05:00 there
    send_due()
    assert mail.outbox == [] and reload(schedule).due_at == MONDAY + timedelta(hours=3)
    clock.move_to(MONDAY + timedelta(hours=3))
    send_due()
    assert len(mail.outbox) == 1


def test_the_scope_lookup_finds_due_schedules(
    cast: Cast, schedule: ReportSchedule, owner: psycopg.Connection
) -> None:
    assert due_schedules(MONDAY - timedelta(seconds=1), 10) == []
    assert due_schedules(MONDAY, 10) == [(cast.northside.id, schedule.id)]
    assert due_schedules(MONDAY, 0) == []


# -- pages -------------------------------------------------------------------------------------------------------


def form(cast: Cast, **more: Any) -> dict[str, Any]:
    return {
        "report": "consent_report", "query": "", "every": "week", "weekday": "0", "hour": "8",
        "recipients": [cast.admin.id], **more,
    }  # fmt: skip


def test_a_report_is_scheduled_with_its_filters(cast: Cast, clock: Any, as_client: AsClient) -> None:
    browser = as_client(cast.admin)
    where = reverse("consent_report", args=[NORTHSIDE])
    page = browser.get(where, {"inbox": str(cast.billing.id), "period": "7-days"}).content.decode()
    link = re.search(r'href="([^"]*schedules/new/[^"]*)"', page)
    assert link
    address = link[1].replace("&amp;", "&")
    shown = browser.get(address).content.decode()
    assert "Filters: <strong>Billing</strong>" in shown
    query = re.search(r'name="query" value="([^"]*)"', shown)
    assert query and query[1] == f"inbox={cast.billing.id}"
    response = browser.post(address, form(cast, query=query[1], hour="9", weekday="4"), follow=True)
    assert "Scheduled: Every Friday at 9 AM." in response.content.decode()
    with scope(cast.northside.id):
        (schedule,) = ReportSchedule.objects.with_team(cast.northside.id)
        assert (schedule.query, schedule.created_by) == (query[1], "Amir Adams")
        assert schedule.due_at == datetime(2026, 11, 27, 14, tzinfo=UTC)
        assert [recipient.member_id for recipient in schedule.recipients.all()] == [cast.admin.id]


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"recipients": []}, "Choose at least one recipient."),
        ({"report": "weather"}, "Select a valid choice"),
        ({"hour": "24"}, "Select a valid choice"),
        ({"weekday": "7"}, "Select a valid choice"),
        ({"every": "day"}, "Select a valid choice"),
        ({"query": "inbox=999"}, "no longer exists"),
        ({"query": "x" * 501}, "at most 500 characters"),
        ({"query": "inbox=\0"}, "Null characters are not allowed"),
    ],
)
def test_bad_input_gets_an_error(cast: Cast, as_client: AsClient, wrong: dict[str, Any], error: str) -> None:
    response = as_client(cast.admin).post(reverse("new_schedule", args=[NORTHSIDE]), form(cast, **wrong))
    assert response.status_code == 422 and error in response.content.decode()
    with scope(cast.northside.id):
        assert not ReportSchedule.objects.exists()


def test_only_members_who_may_export_can_be_recipients(cast: Cast, as_client: AsClient) -> None:
    for member in (cast.member, cast.outsider):
        wrong = form(cast, recipients=[member.id])
        response = as_client(cast.admin).post(reverse("new_schedule", args=[NORTHSIDE]), wrong)
        assert response.status_code == 422


def test_it_is_changed_paused_resumed_and_deleted(
    cast: Cast, schedule: ReportSchedule, clock: Any, as_client: AsClient
) -> None:
    browser = as_client(cast.admin)

    def press(name: str, **fields: Any) -> str:
        address = reverse(name, args=[NORTHSIDE, schedule.id])
        return browser.post(address, fields, follow=True).content.decode()

    assert "Saved." in press("edit_schedule", **form(cast, every="month", report="volume"))
    assert reload(schedule).due_at == datetime(2026, 12, 1, 13, tzinfo=UTC)
    assert "Paused" in press("schedule_pause") and reload(schedule).due_at is None
    assert "Saved." in press("edit_schedule", **form(cast)) and reload(schedule).due_at is None
    clock.move_to(MONDAY + timedelta(days=1))
    send_due()
    assert mail.outbox == []
    assert "Resumed" in press("schedule_resumption")
    send_due()
    assert mail.outbox == [], "reports missed during the pause are not sent"
    assert reload(schedule).due_at == MONDAY + timedelta(days=7)
    assert "Deleted." in press("schedule_deletion")
    with scope(cast.northside.id):
        assert not ReportSchedule.objects.exists() and not ReportRecipient.objects.exists()


def test_recipients_can_change_between_retries(
    cast: Cast, schedule: ReportSchedule, clock: Any, as_client: AsClient, mail_server: list[Exception]
) -> None:
    mail_server.append(OSError("away"))
    clock.move_to(MONDAY)
    send_due()
    address = reverse("edit_schedule", args=[NORTHSIDE, schedule.id])
    as_client(cast.admin).post(address, form(cast))
    assert reload(schedule).due_at == MONDAY + timedelta(minutes=5)
    clock.move_to(MONDAY + timedelta(minutes=5))
    send_due()
    assert [sent.to for sent in mail.outbox] == [["amir@northside.example"]]


def test_saving_the_form_during_sending_does_not_make_it_due_again(
    cast: Cast, schedule: ReportSchedule, clock: Any, as_client: AsClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The form was read before the claim and is saved after it."""
    save = ReportSchedule.save
    claims: list[Any] = []

    def after_the_claim(row: ReportSchedule, **options: Any) -> None:
        claims.append(sending.claim(schedule.team_id, schedule.id))
        save(row, **options)

    clock.move_to(MONDAY)
    monkeypatch.setattr(ReportSchedule, "save", after_the_claim)
    as_client(cast.admin).post(reverse("edit_schedule", args=[NORTHSIDE, schedule.id]), form(cast))
    assert claims[0] and reload(schedule).due_at == claims[0].held_until


def test_send_now(
    cast: Cast, schedule: ReportSchedule, clock: Any, as_client: AsClient, mail_server: list[Exception]
) -> None:
    browser, address = as_client(cast.admin), reverse("schedule_email", args=[NORTHSIDE, schedule.id])
    mail_server.append(OSError("away"))
    assert "Not sent. The mail server" in browser.post(address, follow=True).content.decode()
    page = browser.post(address, follow=True).content.decode()
    assert "Sent to 2 people." in page
    assert [sent.subject.split(" · ")[0] for sent in mail.outbox] == ["Consent, November 16 – 22, 2026"]
    assert reload(schedule).due_at == MONDAY, "the schedule does not change"


def test_every_report_can_be_scheduled(cast: Cast, clock: Any) -> None:
    for kind in REPORT_KINDS:
        create_schedule(cast, report=kind)
    clock.move_to(MONDAY)
    send_due()
    assert {sent.subject.split(",")[0] for sent in mail.outbox} == {
        kind.label for kind in REPORT_KINDS.values()
    }
    assert all(sent.attachments for sent in mail.outbox)


@pytest.mark.parametrize(
    ("before", "after"), [("Asia/Shanghai", "America/Los_Angeles"), ("America/Los_Angeles", "Asia/Shanghai")]
)
def test_a_schedule_keeps_its_hour_in_the_teams_new_time_zone(
    cast: Cast, clock: Any, as_client: AsClient, before: str, after: str
) -> None:
    clock.move_to(datetime(2026, 11, 26, 12, tzinfo=UTC))  # a Thursday
    _move(cast, before)
    schedule = create_schedule(cast, weekday=0, hour=5)
    assert schedule.due_at
    assert schedule.due_at.astimezone(ZoneInfo(before)) == datetime(2026, 11, 30, 5, tzinfo=ZoneInfo(before))
    _move(cast, after)
    page = flat(as_client(cast.owner).get(reverse("schedules", args=[NORTHSIDE])).content.decode())
    assert "Nov 30, 5:00 AM" in page
    sending.send_if_due(cast.northside.id, schedule.id)
    with scope(cast.northside.id):
        now = ReportSchedule.objects.get(team=cast.northside, id=schedule.id)
    assert now.due_at == datetime(2026, 11, 30, 5, tzinfo=ZoneInfo(after))
    assert mail.outbox == []


def _move(cast: Cast, time_zone: str) -> None:
    cast.northside.time_zone = time_zone
    with scope(cast.northside.id):
        cast.northside.save(update_fields=["time_zone"])
