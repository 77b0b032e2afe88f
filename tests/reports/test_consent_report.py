"""The consent report agrees with the rows: on the page, in the export, for every filter."""

import csv
import io
import re
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Member
from contacts.contact.models import Contact
from kernel.sql import fetch
from kernel.tenancy import scope
from messaging import erasure
from messaging.compose import compose_text
from messaging.models import Message
from optout import consent
from optout.consent_types import Actor
from optout.models import Origin
from reports import consent_report, rollup, snapshots
from reports.consent_report import ConsentReportForm, format_latency
from reports.models import Snapshot
from reports.query import ReportQuery
from reports.standing_counts import snapshots_by_step
from tests.cast import MARIA, STRANGER, TOM, Cast
from tests.messaging.fake_twilio import OPTED_OUT, FakeTwilio, SendAnswer

AsClient = Callable[[Member], Client]
NORTHSIDE = "northside-dental"
MAYA = Actor(Origin.MEMBER, "Maya Chen", 7)


@pytest.fixture
def history(cast: Cast, carrier: FakeTwilio, work: Callable[[], None]) -> Cast:
    """Maria texts STOP to the front desk while a text to her is with the carrier; Tom texts STOP to billing twice."""
    team = cast.northside
    with scope(team.id):
        compose_text(cast.front_desk, MARIA, "Hello", author=cast.member)
    carrier.answers = [SendAnswer(before=lambda: carrier.text(cast.front_desk, MARIA, "STOP"))]
    work()
    work()
    for _ in range(2):
        carrier.text(cast.billing, TOM, "STOP")
    work()
    with scope(team.id):
        for inbox, number in ((cast.front_desk, MARIA), (cast.billing, MARIA), (cast.billing, TOM)):
            compose_text(inbox, number, "Hello again", author=cast.second)
        consent.block(team.id, STRANGER, MAYA)
        compose_text(cast.billing, STRANGER, "Hello", author=cast.second)
        snapshots.take_snapshot(team)
        assert rollup.catch_up(team)
    return cast


def make_query(cast: Cast, address: str = "") -> ReportQuery:
    return ReportQuery(ConsentReportForm(cast.northside, QueryDict(address)))


def page(browser: Client, **query: Any) -> str:
    response = browser.get(reverse("consent_report", args=[NORTHSIDE]), query)
    assert response.status_code == 200
    return re.sub(r"\s+", " ", re.sub("<[^>]*>", " ", response.content.decode()))


def rows(browser: Client, **query: Any) -> list[dict[str, str]]:
    response = browser.get(reverse("export_consent", args=[NORTHSIDE]), {"format": "csv", **query})
    assert response.status_code == 200
    return list(csv.DictReader(io.StringIO(b"".join(response).decode("utf-8-sig"))))  # type: ignore[call-overload]


def test_the_page_shows_the_figures(history: Cast, as_client: AsClient) -> None:
    with scope(history.northside.id):
        report = consent_report.build_consent_report(make_query(history))
    assert report.standings and report.chart and report.reasons and report.confirmations
    assert [figure.value for figure in report.standings.figures] == ["0", "2", "1", "3"]
    assert [figure.value for figure in report.refused] == ["4", "57.1%", "1"]
    assert [(row.name, *row.cells) for row in report.reasons.rows] == [
        ("This number has opted out", "3", "75%", "0"), ("This number is blocked", "1", "25%", "0"),
    ]  # fmt: skip
    assert (report.opt_outs_by_text, report.measured, report.opted_out, report.confirmed) == (3, 3, 2, 2)
    assert [(row.name, *row.cells) for row in report.confirmations.rows] == [("On time", "2", "100%", "0")]
    text = page(as_client(history.admin))
    assert "Measured for 3 of 3" in text and "2 new opt-outs by text, 2 confirmations due" in text
    assert re.search(r"Median time to take effect \d[\d.]* ms", text)


def test_the_inbox_filter_applies(history: Cast) -> None:
    with scope(history.northside.id):
        report = consent_report.build_consent_report(make_query(history, f"inbox={history.front_desk.id}"))
    assert [figure.value for figure in report.refused] == ["1", "33.3%", "1"]
    assert (report.opt_outs_by_text, report.measured, report.confirmed) == (1, 1, 1)


@pytest.mark.parametrize("step", ["hour", "day", "week", "month"])
@pytest.mark.parametrize("inbox", ["", "front_desk", "billing"])
def test_page_export_and_rows_agree(history: Cast, as_client: AsClient, step: str, inbox: str) -> None:
    inbox_id = getattr(history, inbox).id if inbox else ""
    found = rows(as_client(history.admin), step=step, inbox=inbox_id, period="7-days")
    sums: Counter[str] = Counter()
    for row in found:
        sums.update(
            {name: int(cell) for name, cell in row.items() if cell.isdecimal() and "Micro" not in name}
        )
    with scope(history.northside.id):
        ((refused, blocked, crossed, confirmations),) = fetch(
            "SELECT count(*) FILTER (WHERE status = 'refused'), count(*) FILTER (WHERE reason = 'blocked'),"
            " count(*) FILTER (WHERE crossed), count(*) FILTER (WHERE purpose = 'confirmation')"
            " FROM messaging_message WHERE team_id = $1 AND inbox_id = coalesce($2, inbox_id)",
            history.northside.id, inbox_id or None,
        )  # fmt: skip
        ((opt_outs,),) = fetch(
            "SELECT count(*) FROM optout_consentevent WHERE team_id = $1 AND action = 'opted_out'"
            " AND origin = 'contact' AND inbox_id = coalesce($2, inbox_id)", history.northside.id, inbox_id or None,
        )  # fmt: skip
        report = consent_report.build_consent_report(
            make_query(history, f"step={step}&inbox={inbox_id}&period=7-days")
        )
    assert sums["Not Sent"] == refused and report.refused[0].value == str(refused)
    assert sums["Not Sent: This number is blocked"] == blocked
    assert sums["Crossed"] == crossed and report.refused[2].value == str(crossed)
    assert sums["Opt-outs By Text"] == sums["Measured"] == opt_outs == report.opt_outs_by_text
    assert sums["Confirmations"] == sums["Confirmation: On time"] == confirmations == report.confirmed


def test_a_confirmation_that_the_carrier_refused(
    cast: Cast, carrier: FakeTwilio, work: Callable[[], None], as_client: AsClient
) -> None:
    carrier.text(cast.front_desk, MARIA, "STOP")
    carrier.answers = [OPTED_OUT]
    work()
    assert "Not sent: the carrier’s own list" in page(as_client(cast.admin))


def test_days_without_a_snapshot_are_gaps(cast: Cast, as_client: AsClient) -> None:
    today = timezone.localdate()
    with scope(cast.northside.id):
        for days, contacts in ((9, 90), (8, 80), (5, 50), (3, 30)):
            Snapshot.objects.create(
                team=cast.northside, day=today - timedelta(days=days), at=timezone.now(), contacts=contacts,
                opted_out=10, blocked=5,
            )  # fmt: skip
        first = today - timedelta(days=9)
        query = make_query(cast, f"first={first}&last={today - timedelta(days=2)}")
        assert rollup.catch_up(cast.northside)
        report = consent_report.build_consent_report(query)
    assert report.standings
    assert [row.cells[0] for row in report.standings.chart.rows] == [
        "75",
        "65",
        "–",
        "–",
        "35",
        "–",
        "15",
        "–",
    ]
    assert "no snapshot" in report.standings.chart.note and report.standings.chart.total_row is None
    assert report.standings.newest.contacts == 30
    assert [figure.before for figure in report.standings.figures] == ["–"] * 4, (
        "none in the eight days before"
    )
    found = rows(as_client(cast.admin), first=first, last=today - timedelta(days=2))
    assert [row["Contacts"] for row in found] == ["90", "80", "", "", "50", "", "30", ""]


def test_a_week_has_its_last_snapshot(cast: Cast) -> None:
    with scope(cast.northside.id):
        for day, contacts in ((date(2026, 5, 4), 10), (date(2026, 5, 9), 20), (date(2026, 5, 12), 30)):
            Snapshot.objects.create(
                team=cast.northside, day=day, at=timezone.now(), contacts=contacts, opted_out=0, blocked=0
            )
        query = make_query(cast, "first=2026-05-04&last=2026-05-17&step=week")
        by_step = snapshots_by_step(query, query.period.buckets(query.step, query.zone))
    assert [each and each.contacts for each in by_step] == [20, 30]


def test_the_page_says_when_there_is_no_data(cast: Cast, as_client: AsClient) -> None:
    with scope(cast.northside.id):
        Contact.objects.all().delete()
    text = page(as_client(cast.admin))
    for words in ("No snapshot in this period", "No text was stopped", "No confirmations were due"):
        assert words in text
    assert rows(as_client(cast.admin))[0]["Not Sent"] == "0"


def test_erased_texts_stay_counted(history: Cast) -> None:
    with scope(history.northside.id):
        before = consent_report.build_consent_report(make_query(history))
        erasure.erase_messages(history.northside.id, [MARIA])
        assert not Message.objects.filter(number=MARIA).exists()
        rollup.rebuild(history.northside)
        after = consent_report.build_consent_report(make_query(history))
    assert (after.refused, after.reasons, after.confirmations) == (
        before.refused,
        before.reasons,
        before.confirmations,
    )


@pytest.mark.parametrize(
    ("microseconds", "words"),
    [(None, "–"), (870, "0.87 ms"), (6_412, "6.4 ms"), (26_900, "27 ms"), (99_600, "100 ms"), (480_000, "480 ms"),
     (999_600, "1.0 s"), (61_250_000, "61.2 s")],
)  # fmt: skip
def test_latency_has_two_digits(microseconds: float | None, words: str) -> None:
    assert format_latency(microseconds) == words
