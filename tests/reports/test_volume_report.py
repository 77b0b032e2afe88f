"""The volume report: its figures and tables add up, and agree with its export and with the rows."""

import csv
import io
import random
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from accounts.models import Inbox, Member, Seat
from kernel.sql import fetch
from kernel.tenancy import scope
from messaging.models import Message
from reports import rollup, volume_export
from reports.models import Rollup
from reports.periods import Period
from reports.query import ReportQuery
from reports.volume_report import VolumeReport, VolumeReportForm, build_volume_report
from tests.cast import Cast
from tests.reports.messages import NEW_YORK, create_message, create_outbound, update_rollups_of

AsClient = Callable[[Member], Client]
MAY = "period=between&first=2026-05-01&last=2026-05-31"
AT = datetime(2026, 5, 4, 15, tzinfo=UTC)
BEFORE = datetime(2026, 4, 4, 15, tzinfo=UTC)


def make_query(cast: Cast, query: str) -> ReportQuery:
    return ReportQuery(VolumeReportForm(cast.northside, QueryDict(query)))


def report(cast: Cast, query: str = MAY) -> VolumeReport:
    with scope(update_rollups_of(cast.northside)):
        found = build_volume_report(make_query(cast, query))
        assert found
        return found


def exported(cast: Cast, query: str = MAY) -> list[dict[str, str]]:
    with scope(update_rollups_of(cast.northside)):
        header, batches = volume_export.export(make_query(cast, query))
    rows = [row for batch in batches for row in batch]
    return [dict(zip(header, row, strict=True)) for row in rows]


def page(browser: Client, query: str = MAY, name: str = "volume") -> str:
    response = browser.get(f"{reverse(name, args=['northside-dental'])}?{query}")
    assert response.status_code == 200
    return response.content.decode()


def visible_text(content: str) -> str:
    """The text of a page, without markup."""
    return " ".join(re.sub(r"<[^>]*>", " ", content).split())


# -- figures -----------------------------------------------------------------------------------------------------


def test_figures_are_compared_with_the_previous_period(cast: Cast) -> None:
    desk = cast.front_desk
    with scope(cast.northside.id):
        for _ in range(3):
            create_message(desk, AT, starts_conversation=True, segments=2)
        create_outbound(desk, AT, author_id=cast.member.id, waited_seconds=60, segments=2)
        create_outbound(desk, AT, author_id=cast.member.id, status="sent")
        create_outbound(desk, AT, purpose="confirmation")
        create_message(desk, BEFORE)
        create_outbound(desk, BEFORE, author_id=cast.member.id, waited_seconds=120)
    built = {each.label: (each.value, each.before, each.change, each.hint) for each in report(cast).figures}
    assert built == {
        "Received": ("3", "1", "+200%", ""),
        "Sent": ("3", "1", "+200%", "1 automatic"),
        "Delivered": ("66.7%", "100%", "−33.3 points", "of sent texts"),
        "Segments sent": ("4", "1", "+300%", "plus 6 received"),
        "Conversations started": ("3", "–", "", "after 24 hours without a text"),
        "First replies": ("1", "1", "±0%", "to people who were waiting"),
        "Median reply time": ("57 s", "2 min 3 s", "−53%", ""),
        "90th percentile": ("1 min", "2 min 8 s", "−53%", "90% were this fast or faster"),
    }


def test_outcomes_have_reasons_and_add_up(cast: Cast) -> None:
    with scope(cast.northside.id):
        for status, more in (
            ("delivered", {}), ("sent", {}), ("queued", {}), ("unknown", {}),
            ("undelivered", {"error_code": "30003"}), ("undelivered", {"error_code": "30003"}), ("undelivered", {}),
            ("failed", {"error_code": "4711"}), ("refused", {"reason": "opted_out"}),
            ("refused", {"reason": "carrier_opted_out"}),
        ):  # fmt: skip
            create_outbound(cast.front_desk, AT, status=status, **more)
        create_outbound(cast.front_desk, BEFORE, status="failed", error_code="30007")
    outcomes = report(cast).outcomes
    built = [(row.name, row.note, *row.cells) for row in outcomes.rows]
    assert built == [
        ("Delivered", "", "1", "10%", "0"),
        ("Sent, no delivery report", "", "1", "10%", "0"),
        ("Unknown", "", "1", "10%", "0"),
        ("Queued", "", "1", "10%", "0"),
        ("Undelivered: The phone could not be reached: off, out of reach, or not able to receive texts", "30003",
         "2", "20%", "0"),
        ("Undelivered: The carrier gave no reason", "", "1", "10%", "0"),
        ("Failed: The carrier reports error 4711", "4711", "1", "10%", "0"),
        ("Failed: Filtered as spam or as a violation of the carrier’s rules", "30007", "0", "0%", "1"),
        ("Not sent: The carrier reports that the person opted out", "", "1", "10%", "0"),
        ("Not sent: This number has opted out", "", "1", "10%", "0"),
    ]  # fmt: skip
    assert outcomes.total_row and outcomes.total_row.cells == ("10", "100%", "1")
    assert sum(int(str(row.cells[0])) for row in outcomes.rows) == 10


def test_inboxes_and_senders_add_up_to_the_total(cast: Cast) -> None:
    with scope(cast.northside.id):
        create_message(cast.front_desk, AT)
        create_outbound(cast.front_desk, AT, author_id=cast.member.id)
        create_outbound(cast.billing, AT, author_id=cast.second.id)
        create_outbound(cast.billing, AT, author_id=cast.second.id)
        create_outbound(cast.billing, AT, author_name="API (CRM)")
        create_outbound(cast.billing, AT, purpose="confirmation")
        Seat.objects.filter(team=cast.northside, member=cast.second).delete()
        Message.objects.filter(team=cast.northside, author_id=cast.second.id).update(author_name="Sam Silva")
        cast.second.delete()
    built = report(cast)
    assert [(row.name, row.cells[:2]) for row in built.inboxes.rows] == [
        ("Billing", ("0", "4")),
        ("Front Desk", ("1", "1")),
    ]
    assert built.senders
    assert [(row.name, row.note, row.cells[0]) for row in built.senders.rows] == [
        ("Sam Silva", "former member", "2"), ("API (CRM)", "API key", "1"), ("Maya Chen", "", "1"),
        ("Automatic replies", "", "1"),
    ]  # fmt: skip
    assert built.senders.total_row and built.senders.total_row.cells[0] == "5"


def test_the_report_of_one_sender_has_no_received_texts(cast: Cast) -> None:
    with scope(cast.northside.id):
        create_message(cast.front_desk, AT)
        create_outbound(cast.front_desk, AT, author_id=cast.member.id)
    built = report(cast, f"{MAY}&sender=member+{cast.member.id}")
    assert [each.label for each in built.figures][:2] == ["Sent", "Delivered"]
    assert built.senders is None and [key.label for key in built.chart.legend] == [
        "Sent",
        "Previous period",
    ]


def test_the_chart_uses_the_teams_time_zone(cast: Cast) -> None:
    with scope(cast.northside.id):
        # The last minute of April in New York.
        create_message(cast.front_desk, datetime(2026, 5, 1, 3, 59, tzinfo=UTC))
        create_message(cast.front_desk, datetime(2026, 5, 1, 4, tzinfo=UTC))
    chart = report(cast).chart
    assert [row.cells for row in chart.rows[:2]] == [("0", "1", "0"), ("0", "0", "0")]
    assert chart.rows[0].name == "Fri, May 1, 2026" and len(chart.rows) == 31 and chart.total_row
    assert chart.total_row.cells == ("0", "1", "1")


def test_partial_weeks_have_a_note(cast: Cast) -> None:
    with scope(cast.northside.id):
        create_message(cast.front_desk, AT)
    chart = report(cast, f"{MAY}&step=week").chart
    assert [row.name for row in chart.rows][:2] == ["May 1 – 3, 2026", "May 4 – 10, 2026"]
    assert chart.note == "Partial week: May 1 – 3, 2026."


def test_reply_times_have_gaps_without_replies(cast: Cast) -> None:
    with scope(cast.northside.id):
        for day in (4, 5, 8):
            create_outbound(cast.front_desk, datetime(2026, 5, day, 15, tzinfo=UTC), waited_seconds=60 * day)
    chart = report(cast).reply_times
    assert chart and [row.cells for row in chart.rows[3:8]] == [
        ("4 min", "4 min 9 s"), ("4 min 50 s", "5 min 2 s"), ("–", "–"), ("–", "–"), ("7 min 48 s", "8 min 6 s"),
    ]  # fmt: skip
    assert (
        chart.lines[0].path.count("M") == 2 and chart.total_row is None and chart.note == "Gaps: no replies."
    )


@pytest.mark.parametrize(("query", "drawn"), [
    ("first=2026-05-01&last=2026-05-31", True), ("first=2026-05-01&last=2026-05-31&step=hour", False),
    ("first=2026-05-03&last=2026-05-05&step=hour", True), ("first=2026-01-01&last=2026-06-30&step=week", False),
    ("first=2025-06-01&last=2026-06-30&step=month", True), ("first=2025-06-01&last=2026-06-30&step=day", False),
])  # fmt: skip
def test_times_are_drawn_where_they_are_quickly_read(cast: Cast, query: str, drawn: bool) -> None:
    with scope(cast.northside.id):
        create_outbound(cast.front_desk, AT, waited_seconds=60)
    assert bool(report(cast, f"period=between&{query}").reply_times) == drawn


# -- numbers agree -------------------------------------------------------------------------------------------------


def test_page_export_and_rows_agree_for_every_filter(cast: Cast) -> None:
    """A random history across a clock change, queried with every filter and step."""
    _create_history(cast, random.Random(8))
    first, last = date(2026, 10, 20), date(2026, 11, 10)
    for inbox in (None, cast.front_desk, cast.billing):
        for sender in (None, cast.member, cast.second):
            for step in ("hour", "day", "week", "month"):
                query = f"period=between&first={first}&last={last}&step={step}"
                query += f"&inbox={inbox.id}" if inbox else ""
                query += f"&sender=member+{sender.id}" if sender else ""
                _agree(cast, query, _count_rows(cast, Period(first, last), inbox, sender))


def _create_history(cast: Cast, chance: random.Random) -> None:
    with scope(cast.northside.id):
        for _ in range(150):
            at = datetime(2026, 10, 18, tzinfo=UTC) + timedelta(minutes=chance.randrange(26 * 24 * 60))
            inbox = chance.choice([cast.front_desk, cast.billing])
            if chance.random() < 0.4:
                create_message(inbox, at, segments=chance.randint(1, 3))
                continue
            author = chance.choice([cast.member.id, cast.second.id, None])
            status = chance.choice(["delivered", "sent", "undelivered", "failed", "refused"])
            why = {"error_code": "30003"} if status in ("undelivered", "failed") else {}
            why |= {"reason": "opted_out"} if status == "refused" else {}
            waited = chance.choice([None, 5, 500])
            create_outbound(
                inbox,
                at,
                author_id=author,
                status=status,
                segments=chance.randint(1, 3),
                waited_seconds=waited,
                **why,
            )


def _count_rows(cast: Cast, period: Period, inbox: Inbox | None, sender: Member | None) -> dict[str, int]:
    left = "status IN ('sent', 'delivered', 'undelivered', 'unknown')"
    start, end = period.bounds(NEW_YORK)
    with scope(cast.northside.id):
        ((received, sent, delivered, undelivered, failed, refused, segments_in, segments_out, replies),) = fetch(
            "SELECT count(*) FILTER (WHERE NOT outbound),"
            f" count(*) FILTER (WHERE outbound AND {left}), count(*) FILTER (WHERE status = 'delivered'),"
            " count(*) FILTER (WHERE status = 'undelivered'), count(*) FILTER (WHERE status = 'failed'),"
            " count(*) FILTER (WHERE status = 'refused'), coalesce(sum(segments) FILTER (WHERE NOT outbound), 0),"
            f" coalesce(sum(segments) FILTER (WHERE outbound AND {left}), 0),"
            f" count(waited_seconds) FILTER (WHERE {left})"
            " FROM messaging_message WHERE team_id = $1 AND at >= $2 AND at < $3"
            " AND ($4::bigint = 0 OR inbox_id = $4) AND ($5::bigint = 0 OR author_id = $5)",
            cast.northside.id, start, end, inbox.id if inbox else 0, sender.id if sender else 0,
        )  # fmt: skip
    return {
        "Received": received, "Sent": sent, "Delivered": delivered, "Undelivered": undelivered, "Failed": failed,
        "Not Sent": refused, "Segments In": segments_in, "Segments Out": segments_out, "First Replies": replies,
        "Undelivered 30003": undelivered, "Failed 30003": failed, "Not Sent Opted Out": refused,
    }  # fmt: skip


def _agree(cast: Cast, query: str, expected: dict[str, int]) -> None:
    rows, built = exported(cast, query), report(cast, query)
    assert {name: sum(int(row.get(name, 0)) for row in rows) for name in expected} == expected, query
    figures = {each.label: each.value for each in built.figures}
    assert figures["Sent"] == str(expected["Sent"]) and figures["Segments sent"] == str(
        expected["Segments Out"]
    )
    assert figures["First replies"] == str(expected["First Replies"])
    assert built.chart.total_row
    sums = dict(zip(built.chart.head[1:], built.chart.total_row.cells, strict=True))
    assert sums["Sent"] == str(expected["Sent"]) and sums.get("Received", str(expected["Received"])) == str(
        expected["Received"]
    )


# -- the export ----------------------------------------------------------------------------------------------------


def test_the_export_has_a_row_per_step_and_inbox(cast: Cast) -> None:
    with scope(cast.northside.id):
        create_message(cast.front_desk, datetime(2026, 11, 1, 5, 30, tzinfo=UTC))
        create_message(cast.front_desk, datetime(2026, 11, 1, 6, 30, tzinfo=UTC))
    rows = exported(cast, "period=between&first=2026-11-01&last=2026-11-01&step=hour")
    assert len(rows) == 25 * 2
    assert [(row["Hour"], row["Inbox"]) for row in rows if row["Received"] == "1"] == [
        ("2026-11-01 01:00-04:00", "Front Desk"), ("2026-11-01 01:00-05:00", "Front Desk"),
    ]  # fmt: skip
    months = exported(cast, "period=between&first=2026-10-15&last=2026-11-10&step=month")
    assert [(row["From"], row["To"], row["Received"]) for row in months if row["Inbox"] == "Front Desk"] == [
        ("2026-10-15", "2026-10-31", "0"), ("2026-11-01", "2026-11-10", "2"),
    ]  # fmt: skip


def test_the_export_is_a_file(cast: Cast, as_client: AsClient) -> None:
    with scope(cast.northside.id):
        cast.front_desk.name = "=HYPERLINK(1)"
        cast.front_desk.save(update_fields=["name"])
        create_message(cast.front_desk, AT)
    browser, url = as_client(cast.admin), reverse("export_volume", args=["northside-dental"])
    response = browser.get(f"{url}?{MAY}&format=csv")
    assert "northside-dental-volume-" in response["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(b"".join(response).decode("utf-8-sig"))))
    assert len(rows) == 62 and {row["Inbox"] for row in rows} == {"'=HYPERLINK(1)", "Billing"}
    assert b"".join(browser.get(f"{url}?{MAY}&format=xlsx")).startswith(b"PK")


def test_an_export_with_an_invalid_filter_is_an_error(cast: Cast, as_client: AsClient) -> None:
    url = reverse("export_volume", args=["northside-dental"])
    response = as_client(cast.admin).get(f"{url}?inbox={cast.shop.id}")
    assert response.status_code == 400 and b"Inbox: This choice no longer exists" in response.content


# -- pages ---------------------------------------------------------------------------------------------------------


def test_the_page_shows_all_parts(cast: Cast, as_client: AsClient) -> None:
    with scope(cast.northside.id):
        cast.billing.name = "<b>Billing</b> " + "and everything else " * 2
        cast.billing.save(update_fields=["name"])
        create_message(cast.billing, AT)
        create_outbound(cast.billing, AT, status="failed", error_code="30007")
    content = page(as_client(cast.admin))
    assert "&lt;b&gt;Billing&lt;/b&gt;" in content and "<b>Billing" not in content
    shown = visible_text(content)
    for words in ("May 2026", "Texts by day", "Delivery outcomes", "Filtered as spam", "By inbox", "By sender",
                  "Updated", "Eastern time"):  # fmt: skip
        assert words in shown, words
    assert (
        f"{reverse('export_volume', args=['northside-dental'])}?{MAY.replace('&', '&amp;')}&amp;format=csv"
        in content
    )


def test_the_page_says_when_there_are_no_texts(cast: Cast, as_client: AsClient) -> None:
    assert "No texts yet" in visible_text(page(as_client(cast.admin)))
    with scope(cast.northside.id):
        create_message(cast.front_desk, BEFORE - timedelta(days=60))
    assert "No texts in this period" in visible_text(page(as_client(cast.admin)))


def test_pages_and_exports_wait_for_rollups(
    cast: Cast, as_client: AsClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rollup, "catch_up", lambda team: None)
    browser = as_client(cast.admin)
    for name in ("volume", "team_report"):
        assert "Your texts are being counted" in visible_text(page(browser, "", name))
    for name in ("export_volume", "export_team"):
        response = browser.get(reverse(name, args=["northside-dental"]))
        assert response.status_code == 503 and response["Retry-After"]


def test_very_large_numbers_are_formatted(cast: Cast) -> None:
    with scope(update_rollups_of(cast.northside)):
        many = {"team": cast.northside, "is_histogram": False, "sender": "*", "inbox_id": cast.front_desk.id}
        for grain, day in (("month", 1), ("day", 4)):
            Rollup.objects.create(
                grain=grain, day=date(2026, 5, day), measure="delivered", count=12_345_678_901, **many
            )
        built = build_volume_report(make_query(cast, MAY))
    assert built and built.figures[1].value == "12,345,678,901" and built.chart.ticks[-1].text == "15B"
