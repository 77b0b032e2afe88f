"""The team report: members and former members, sort orders, comparison and export."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from accounts.models import Member, Seat
from kernel.tenancy import scope
from reports.query import ReportQuery
from reports.team_export import HEADER
from reports.team_report import TeamReportForm, build_team_report, members
from tests.cast import Cast
from tests.reports.messages import create_outbound, update_rollups_of

AsClient = Callable[[Member], Client]
MAY = "period=between&first=2026-05-01&last=2026-05-31"
AT = datetime(2026, 5, 4, 15, tzinfo=UTC)
BEFORE = datetime(2026, 4, 4, 15, tzinfo=UTC)


@pytest.fixture
def history(cast: Cast) -> Cast:
    """Maya replies twice as fast as before; Sam sent the most and left; an API key and an automatic reply sent too."""
    desk = cast.front_desk
    with scope(cast.northside.id):
        by_maya: dict[str, Any] = {"author_id": cast.member.id, "author_name": "Maya Chen"}
        create_outbound(desk, AT, waited_seconds=60, **by_maya)
        create_outbound(desk, AT, **by_maya)
        create_outbound(desk, AT, status="refused", reason="opted_out", **by_maya)
        create_outbound(desk, BEFORE, waited_seconds=120, **by_maya)
        for _ in range(3):
            create_outbound(
                cast.billing, AT, waited_seconds=600, author_id=cast.second.id, author_name="Sam Silva"
            )
        create_outbound(desk, AT, author_name="API (CRM)")
        create_outbound(desk, AT, purpose="confirmation")
        Seat.objects.filter(team=cast.northside, member=cast.second).delete()
        cast.second.delete()
        update_rollups_of(cast.northside)
    return cast


def rows(cast: Cast, query: str) -> list[tuple[str, ...]]:
    with scope(cast.northside.id):
        table = build_team_report(
            ReportQuery(TeamReportForm(cast.northside, QueryDict(query))), "/here"
        ).members
    return [(row.name, row.note, *map(str, row.cells)) for row in table.rows]


def test_all_members_and_former_members_are_listed(history: Cast) -> None:
    assert rows(history, MAY) == [
        ("Sam Silva", "former member", "3", "3", "10 min 22 s", "10 min 46 s"),
        ("Maya Chen", "", "2", "1", "57 s", "1 min"),
        ("Amir Adams", "", "0", "0", "–", "–"),
        ("Olivia Owens", "", "0", "0", "–", "–"),
    ]


def test_figures_are_compared_with_the_previous_period(history: Cast) -> None:
    with scope(history.northside.id):
        report = build_team_report(ReportQuery(TeamReportForm(history.northside, QueryDict(MAY))), "/here")
    maya = next(row for row in report.members.rows if row.name == "Maya Chen")
    assert [cell.change for cell in maya.cells] == ["+100%", "±0%", "−53%", "−53%"]  # type: ignore[union-attr]
    assert report.members.total_row and [str(cell) for cell in report.members.total_row.cells][:2] == [
        "5",
        "4",
    ]
    assert [(each.label, each.value) for each in report.figures][:2] == [
        ("Texts sent", "5"),
        ("Conversations replied to", "4"),
    ]


def test_a_former_member_without_figures_is_not_listed(history: Cast) -> None:
    march = "period=between&first=2026-03-01&last=2026-03-31"
    assert [name for name, *_ in rows(history, march)] == ["Amir Adams", "Maya Chen", "Olivia Owens"]
    april = "period=between&first=2026-06-01&last=2026-06-30"  # May is before it
    assert "Sam Silva" in [name for name, *_ in rows(history, april)]


def test_the_inbox_filter_applies(history: Cast) -> None:
    found = rows(history, f"{MAY}&inbox={history.front_desk.id}")
    assert found[0][:3] == ("Maya Chen", "", "2") and len(found) == 3


SAM, MAYA, AMIR, OLIVIA = "Sam Silva", "Maya Chen", "Amir Adams", "Olivia Owens"


@pytest.mark.parametrize(("sort", "order"), [
    ("", [SAM, MAYA, AMIR, OLIVIA]), ("-sent", [SAM, MAYA, AMIR, OLIVIA]), ("sent", [AMIR, OLIVIA, MAYA, SAM]),
    ("name", [AMIR, MAYA, OLIVIA, SAM]), ("-name", [SAM, OLIVIA, MAYA, AMIR]),
    ("-answered", [SAM, MAYA, AMIR, OLIVIA]), ("answered", [AMIR, OLIVIA, MAYA, SAM]),
    ("median", [MAYA, SAM, AMIR, OLIVIA]), ("-median", [SAM, MAYA, AMIR, OLIVIA]),
    ("90th", [MAYA, SAM, AMIR, OLIVIA]), ("-90th", [SAM, MAYA, AMIR, OLIVIA]),
    ("nonsense", [SAM, MAYA, AMIR, OLIVIA]), ("--name", [SAM, MAYA, AMIR, OLIVIA]),
])  # fmt: skip
def test_sort_orders(history: Cast, sort: str, order: list[str]) -> None:
    """Members without a value come last in either order."""
    assert [name for name, *_ in rows(history, f"{MAY}&sort={sort}")] == order


@pytest.mark.parametrize(("sort", "links"), [
    ("", ["name", "sent", "-answered", "median", "90th"]),
    ("sent", ["name", "", "-answered", "median", "90th"]),
    ("-median", ["name", "", "-answered", "median", "90th"]),
    ("median", ["name", "", "-answered", "-median", "90th"]),
    ("name", ["-name", "", "-answered", "median", "90th"]),
])  # fmt: skip
def test_heads_sort_and_reverse_the_order(history: Cast, sort: str, links: list[str]) -> None:
    with scope(history.northside.id):
        heads = build_team_report(
            ReportQuery(TeamReportForm(history.northside, QueryDict(f"{MAY}&sort={sort}"))), "/here"
        ).members.heads
    assert [QueryDict(head.link.partition("?")[2]).get("sort", "") for head in heads] == links
    assert all("first=2026-05-01" in head.link for head in heads)
    marked = {head.label: head.sorted for head in heads if head.sorted}
    assert len(marked) == 1 and ("descending" in marked.values()) == (not sort or sort.startswith("-"))


def test_page_and_export_agree(history: Cast, as_client: AsClient) -> None:
    browser = as_client(history.admin)
    text = browser.get(
        f"{reverse('team_report', args=['northside-dental'])}?{MAY}&sort=name"
    ).content.decode()
    assert 'aria-sort="ascending"' in text and 'name="sort" value="name"' in text and "Sam Silva" in text
    response = browser.get(f"{reverse('export_team', args=['northside-dental'])}?{MAY}&sort=name&format=csv")
    file = list(csv.reader(io.StringIO(b"".join(response).decode("utf-8-sig"))))
    assert tuple(file[0]) == HEADER
    assert file[2] == ["Maya Chen", "", "2", "1", "57", "60", "1", "1", "123", "128"]
    assert [row[:4] for row in file[1:]] == [
        [AMIR, "", "0", "0"], [MAYA, "", "2", "1"], [OLIVIA, "", "0", "0"], [SAM, "yes", "3", "3"],
    ]  # fmt: skip


def test_api_keys_and_automatic_replies_are_not_members(history: Cast) -> None:
    with scope(history.northside.id):
        found = members(ReportQuery(TeamReportForm(history.northside, QueryDict(MAY))))
    assert sum(each.now.handed_over for each in found) == 5
