"""ReportQuery: reading filters from an address, errors of invalid values, and writing the address again."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.http import QueryDict

from accounts.models import Member, Team
from kernel.tenancy import scope
from messaging.models import Conversation, Message
from reports import rollup, senders
from reports.figures import FigureQuery
from reports.forms import InboxFilterForm, PeriodFilterForm, PeriodPreset, SenderFilterForm, StepFilterForm
from reports.periods import Period, Step
from reports.query import ReportQuery
from tests.cast import MARIA, Cast

NOW = datetime(2026, 11, 25, 3, 30, tzinfo=UTC)  # the evening of the 24th in New York
TODAY = date(2026, 11, 24)


class AllFiltersForm(StepFilterForm, InboxFilterForm, SenderFilterForm):
    """A form with all filters."""


@pytest.fixture
def read_query(transactional_db: None) -> Callable[..., ReportQuery]:
    """Read a query at the moment NOW, for a team in New York that is not saved."""
    team = Team(id=1, slug="northside-dental", time_zone="America/New_York")

    def read(query: str, form: type[PeriodFilterForm] = StepFilterForm, team: Team = team) -> ReportQuery:
        with time_machine.travel(NOW, tick=False), scope(team.id):
            return ReportQuery(form(team, QueryDict(query)))

    return read


@pytest.mark.parametrize(("preset", "first", "last"), [
    ("today", "2026-11-24", "2026-11-24"),
    ("7-days", "2026-11-18", "2026-11-24"),
    ("30-days", "2026-10-26", "2026-11-24"),
    ("90-days", "2026-08-27", "2026-11-24"),
    ("this-month", "2026-11-01", "2026-11-24"),
    ("last-month", "2026-10-01", "2026-10-31"),
    ("this-year", "2026-01-01", "2026-11-24"),
    ("12-months", "2025-12-01", "2026-11-24"),
    ("between", "2026-10-26", "2026-11-24"),
])  # fmt: skip
def test_presets_use_the_teams_time_zone(read_query: Any, preset: str, first: str, last: str) -> None:
    query = read_query(f"period={preset}")
    assert (
        query.period == Period(date.fromisoformat(first), date.fromisoformat(last)) and not query.form.errors
    )
    assert (query.form["first"].value(), query.form["last"].value()) == (first, last)


def test_presets_are_all_in_the_table() -> None:
    assert len(PeriodPreset) == 9


@pytest.mark.parametrize(
    "today", [date(2026, 1, 31), date(2026, 12, 31), date(2024, 2, 29), date(2026, 3, 1)]
)
def test_presets_are_right_at_ends_of_months(today: date) -> None:
    assert PeriodPreset.LAST_MONTH.period(today).is_whole_months
    assert (
        PeriodPreset.YEAR.period(today).first.day == 1 and 334 < PeriodPreset.YEAR.period(today).days <= 366
    )
    for preset in PeriodPreset:
        period = preset.period(today)
        assert period.first <= period.last <= today


@pytest.mark.parametrize(("query", "step"), [
    ("period=today", Step.HOUR), ("period=7-days", Step.DAY), ("", Step.DAY), ("period=90-days", Step.DAY),
    ("first=2026-06-01&last=2026-11-24", Step.WEEK), ("period=12-months", Step.MONTH),
    ("first=2021-11-25&last=2026-11-24", Step.MONTH),
    ("period=12-months&step=week", Step.WEEK), ("period=7-days&step=hour", Step.HOUR),
])  # fmt: skip
def test_the_step_fits_the_period_unless_it_is_selected(read_query: Any, query: str, step: Step) -> None:
    assert read_query(query).step == step and not read_query(query).form.errors


@pytest.mark.parametrize(("address", "field", "error"), [
    ("period=yesteryear", "period", "no longer exists"),
    ("first=2026-02-30&last=2026-03-01", "first", "Enter a valid date"),
    ("first=2026-03-01&last=soon", "last", "Enter a valid date"),
    ("first=2026-03-01&last=2026-02-01", "last", "must not be before the start date"),
    ("first=1999-12-31&last=2000-02-01", "first", "2000 or later"),
    ("first=0001-01-01&last=0001-01-02", "first", "2000 or later"),
    ("first=2026-03-01&last=9999-12-31", "last", "Enter today"),
    ("first=2026-11-01&last=2026-11-25", "last", "Enter today"),
    ("first=2020-01-01&last=2026-01-01", "last", "five years"),
    ("step=minute", "step", "no longer exists"),
    ("period=90-days&step=hour", "step", "Hours are available for up to 31 days; you chose 90."),
    ("first=2021-11-25&last=2026-11-24&step=day", "step", "Days are available for up to 400 days"),
    ("first=%00&last=2026-11-24", "first", "Enter a date"),
])  # fmt: skip
def test_an_invalid_value_gets_an_error_and_the_default(
    read_query: Any, address: str, field: str, error: str
) -> None:
    query = read_query(address)
    assert list(query.form.errors) == [field] and error in query.form.errors[field][0]
    if field != "step":
        assert query.period == PeriodPreset.MONTH.period(TODAY)
    assert query.step in Step and query.period.before().days > 0
    assert ReportQuery(StepFilterForm(query.team, QueryDict(query.query_string))).form.errors == {}


@pytest.mark.parametrize("query", [
    "", "period=90-days", "period=12-months&step=week", "period=between&first=2026-10-01&last=2026-10-31", "step=day",
])  # fmt: skip
def test_the_address_is_written_as_it_was_read(read_query: Any, query: str) -> None:
    assert read_query(query).query_string == query


@pytest.mark.parametrize(("query", "written"), [
    ("period=30-days&step=&first=2020-01-01&last=2020-02-01&foo=bar", ""),
    ("first=2026-10-01&last=2026-10-31", "period=between&first=2026-10-01&last=2026-10-31"),
    ("first=2026-10-01", "period=between&first=2026-10-01&last=2026-11-24"),
    ("first=2026-10-01&last=2026-09-01&step=week", "step=week"),
])  # fmt: skip
def test_default_and_unknown_values_are_omitted(read_query: Any, query: str, written: str) -> None:
    assert read_query(query).query_string == written


def test_other_reports_keep_the_period(read_query: Any) -> None:
    assert read_query("period=90-days&step=week").shared_query_string == "period=90-days"


# -- inbox and sender ----------------------------------------------------------------------------------------------


def test_inbox_and_sender(read_query: Any, cast: Cast) -> None:
    address = f"inbox={cast.billing.id}&sender=member+{cast.member.id}"
    query = read_query(address, AllFiltersForm, cast.northside)
    assert query.form.errors == {} and query.query_string == address
    assert query.figure_query == FigureQuery(
        cast.northside.id, PeriodPreset.MONTH.period(TODAY), (cast.billing.id,), f"member {cast.member.id}"
    )
    assert query.description == "October 26 – November 24, 2026, Billing, Maya Chen"


@pytest.mark.parametrize("bad", ["inbox=shop", "inbox={theirs}", "inbox=99999999999999999999", "sender=member+999999",
                                 "sender=*", "sender={theirs}"])  # fmt: skip
def test_another_teams_inbox_and_an_unknown_sender_are_invalid(read_query: Any, cast: Cast, bad: str) -> None:
    query = read_query(bad.format(theirs=cast.shop.id), AllFiltersForm, cast.northside)
    assert list(query.form.errors) == [bad.partition("=")[0]]
    assert (
        query.figure_query == FigureQuery(cast.northside.id, PeriodPreset.MONTH.period(TODAY))
        and query.query_string == ""
    )


def test_a_former_member_is_a_sender_with_the_last_name(read_query: Any, cast: Cast) -> None:
    gone: Member = cast.second
    with scope(cast.northside.id):
        for day, name in ((20, "Sam S."), (21, "Sam Silva")):
            create_text(cast, datetime(2026, 11, day, tzinfo=UTC), author_id=gone.id, author_name=name)
        create_text(cast, datetime(2026, 11, 22, tzinfo=UTC), author_name="API (CRM)")
        gone.delete()
        assert rollup.catch_up(cast.northside)
        query = read_query(f"sender=member+{gone.id}", AllFiltersForm, cast.northside)
        assert query.description.endswith(", Sam Silva")
        groups = query.form["sender"].field.choices[1:]
        assert [(label, [name for _, name in choices]) for label, choices in groups] == [
            ("Members", ["Amir Adams", "Maya Chen", "Olivia Owens"]),
            ("Former members", ["Sam Silva"]),
            ("API keys", ["API (CRM)"]),
        ]  # fmt: skip
        assert senders.sender_names(cast.northside, ["member 999999"]) == {"member 999999": "Former member"}


def create_text(cast: Cast, at: datetime, **more: Any) -> None:
    conversation, _ = Conversation.objects.get_or_create(
        team=cast.northside, inbox=cast.billing, number=MARIA, defaults={"last_message_at": at}
    )
    Message.objects.create(
        team=cast.northside, conversation=conversation, inbox=cast.billing, number=MARIA, at=at, outbound=True,
        status="delivered", **more,
    )  # fmt: skip
