"""The address of a report: what it is read as, what is said about what cannot be read, and how it is written again."""

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
    """All fields that there are."""


@pytest.fixture
def ask(transactional_db: None) -> Callable[..., ReportQuery]:
    """A report's question, at the moment NOW, of a team in New York that needs no rows."""
    team = Team(id=1, slug="northside-dental", time_zone="America/New_York")

    def ask(query: str, form: type[PeriodFilterForm] = StepFilterForm, of: Team = team) -> ReportQuery:
        with time_machine.travel(NOW, tick=False), scope(of.id):
            return ReportQuery(form(of, QueryDict(query)))

    return ask


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
def test_presets_go_by_the_teams_clock(ask: Any, preset: str, first: str, last: str) -> None:
    query = ask(f"period={preset}")
    assert (
        query.period == Period(date.fromisoformat(first), date.fromisoformat(last)) and not query.form.errors
    )
    assert (query.form["first"].value(), query.form["last"].value()) == (first, last)


def test_presets_are_all_in_the_table() -> None:
    assert len(PeriodPreset) == 9


@pytest.mark.parametrize(
    "today", [date(2026, 1, 31), date(2026, 12, 31), date(2024, 2, 29), date(2026, 3, 1)]
)
def test_presets_are_right_at_the_ends_of_months(today: date) -> None:
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
def test_steps_fit_unless_they_are_chosen(ask: Any, query: str, step: Step) -> None:
    assert ask(query).step == step and not ask(query).form.errors


@pytest.mark.parametrize(("query", "field", "said"), [
    ("period=yesteryear", "period", "no such choice"),
    ("first=2026-02-30&last=2026-03-01", "first", "a day that there is"),
    ("first=2026-03-01&last=soon", "last", "a day that there is"),
    ("first=2026-03-01&last=2026-02-01", "last", "not before the first"),
    ("first=1999-12-31&last=2000-02-01", "first", "from 2000 on"),
    ("first=0001-01-01&last=0001-01-02", "first", "from 2000 on"),
    ("first=2026-03-01&last=9999-12-31", "last", "up to today"),
    ("first=2026-11-01&last=2026-11-25", "last", "up to today"),
    ("first=2020-01-01&last=2026-01-01", "last", "five years"),
    ("step=minute", "step", "no such choice"),
    ("period=90-days&step=hour", "step", "Hours are shown of at most 31 days, and these are 90"),
    ("first=2021-11-25&last=2026-11-24&step=day", "step", "Days are shown of at most 400 days"),
    ("first=%00&last=2026-11-24", "first", "Choose a day"),
])  # fmt: skip
def test_what_cannot_be_read_gets_a_word_and_the_default(ask: Any, query: str, field: str, said: str) -> None:
    query = ask(query)
    assert list(query.form.errors) == [field] and said in query.form.errors[field][0]
    if field != "step":
        assert query.period == PeriodPreset.MONTH.period(TODAY)
    assert query.step in Step and query.period.before().days > 0
    assert (
        ReportQuery(StepFilterForm(query.team, QueryDict(query.query_string))).form.errors == {}
    )  # links lead to what was shown


@pytest.mark.parametrize("query", [
    "", "period=90-days", "period=12-months&step=week", "period=between&first=2026-10-01&last=2026-10-31", "step=day",
])  # fmt: skip
def test_an_address_is_written_as_it_was_read(ask: Any, query: str) -> None:
    assert ask(query).query_string == query


@pytest.mark.parametrize(("query", "written"), [
    ("period=30-days&step=&first=2020-01-01&last=2020-02-01&foo=bar", ""),
    ("first=2026-10-01&last=2026-10-31", "period=between&first=2026-10-01&last=2026-10-31"),
    ("first=2026-10-01", "period=between&first=2026-10-01&last=2026-11-24"),
    ("first=2026-10-01&last=2026-09-01&step=week", "step=week"),
])  # fmt: skip
def test_what_says_nothing_is_left_out(ask: Any, query: str, written: str) -> None:
    assert ask(query).query_string == written


def test_other_reports_open_with_the_same_days(ask: Any) -> None:
    assert ask("period=90-days&step=week").shared_query_string == "period=90-days"


# -- who it is about -----------------------------------------------------------------------------------------------


def test_inbox_and_sender(ask: Any, cast: Cast) -> None:
    query = f"inbox={cast.billing.id}&sender=member+{cast.member.id}"
    query = ask(query, AllFiltersForm, cast.northside)
    assert query.form.errors == {} and query.query_string == query
    assert query.figure_query == FigureQuery(
        cast.northside.id, PeriodPreset.MONTH.period(TODAY), (cast.billing.id,), f"member {cast.member.id}"
    )
    assert query.description == "26 October – 24 November 2026, Billing, Maya Chen"


@pytest.mark.parametrize("bad", ["inbox=shop", "inbox={theirs}", "inbox=99999999999999999999", "sender=member+999999",
                                 "sender=*", "sender={theirs}"])  # fmt: skip
def test_another_teams_inbox_or_a_made_up_sender_is_no_choice(ask: Any, cast: Cast, bad: str) -> None:
    query = ask(bad.format(theirs=cast.shop.id), AllFiltersForm, cast.northside)
    assert list(query.form.errors) == [bad.partition("=")[0]]
    assert (
        query.figure_query == FigureQuery(cast.northside.id, PeriodPreset.MONTH.period(TODAY))
        and query.query_string == ""
    )


def test_who_left_is_still_a_sender_by_the_name_of_then(ask: Any, cast: Cast) -> None:
    gone: Member = cast.second
    with scope(cast.northside.id):
        for day, name in ((20, "Sam S."), (21, "Sam Silva")):
            said(cast, datetime(2026, 11, day, tzinfo=UTC), author_id=gone.id, author_name=name)
        said(cast, datetime(2026, 11, 22, tzinfo=UTC), author_name="API (CRM)")
        gone.delete()
        assert rollup.catch_up(cast.northside)
        query = ask(f"sender=member+{gone.id}", AllFiltersForm, cast.northside)
        assert query.description.endswith(", Sam Silva")
        groups = query.form["sender"].field.choices[1:]
        assert [(label, [name for _, name in choices]) for label, choices in groups] == [
            ("Members", ["Amir Adams", "Maya Chen", "Olivia Owens"]),
            ("Former members", ["Sam Silva"]),
            ("Programs", ["API (CRM)"]),
        ]  # fmt: skip
        assert senders.sender_names(cast.northside, ["member 999999"]) == {"member 999999": "A former member"}


def said(cast: Cast, at: datetime, **more: Any) -> None:
    talk, _ = Conversation.objects.get_or_create(
        team=cast.northside, inbox=cast.billing, number=MARIA, defaults={"last_message_at": at}
    )
    Message.objects.create(
        team=cast.northside, conversation=talk, inbox=cast.billing, number=MARIA, at=at, outbound=True,
        status="delivered", **more,
    )  # fmt: skip
