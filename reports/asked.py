"""What a report is asked: its address, read into a period, steps, and who it is about.

Values that cannot be read get a word beside their field, and the report is the one without them.
"""

from datetime import date, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import TextChoices
from django.http import QueryDict
from django.utils import timezone

from accounts.models import Team
from reports import figures, senders, wording
from reports.figures import Asked, Figures
from reports.models import EVERYBODY
from reports.periods import Period, Step

EARLIEST = date(2000, 1, 1)
LONGEST = 5 * 366  # days
# Finer steps are for shorter periods.
MOST_DAYS = {Step.HOUR: 31, Step.DAY: 400, Step.WEEK: LONGEST, Step.MONTH: LONGEST}
FITTING = ((3, Step.HOUR), (92, Step.DAY), (183, Step.WEEK), (LONGEST, Step.MONTH))  # up to so many days


class Preset(TextChoices):
    """Periods that end today or with the last month; "between" names its days."""

    TODAY = "today", "Today"
    WEEK = "7-days", "Last 7 days"
    MONTH = "30-days", "Last 30 days"
    QUARTER = "90-days", "Last 90 days"
    THIS_MONTH = "this-month", "This month"
    LAST_MONTH = "last-month", "Last month"
    THIS_YEAR = "this-year", "This year"
    YEAR = "12-months", "Last 12 months"
    BETWEEN = "between", "Between two days"

    def period(self, today: date) -> Period:
        match self:
            case Preset.LAST_MONTH:
                last = today.replace(day=1) - timedelta(days=1)
                return Period(last.replace(day=1), last)
            case Preset.THIS_MONTH:
                return Period(today.replace(day=1), today)
            case Preset.THIS_YEAR:
                return Period(today.replace(month=1, day=1), today)
            case Preset.YEAR:  # this month, and eleven before it
                months = today.year * 12 + today.month - 12
                return Period(date(months // 12, months % 12 + 1, 1), today)
        days = {Preset.TODAY: 1, Preset.WEEK: 7, Preset.QUARTER: 90}.get(self, 30)
        return Period(today - timedelta(days=days - 1), today)


DEFAULT = Preset.MONTH


def _day(label: str) -> forms.DateField:
    return forms.DateField(
        label=label,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "Write a day that there is, as 2026-03-31.", "required": "Choose a day."},
    )


def _choice(label: str, **more: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, error_messages={"invalid_choice": "There is no such choice (any more). Choose another."}, **more
    )  # fmt: skip


def choices_of(form: forms.BaseForm, name: str) -> forms.ChoiceField:
    """A field of a form, whose choices are known only when the form is made."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    return field


class PeriodForm(forms.Form):
    """Which days a report is about."""

    period = _choice("Period", choices=Preset)
    first = _day("From")
    last = _day("To")
    field_order: tuple[str, ...] = ("period", "first", "last", "step", "inbox", "sender")
    KEPT = ("period", "first", "last", "inbox")  # what the other reports open with

    def __init__(self, team: Team, query: QueryDict) -> None:
        self.team, self.today = team, timezone.localdate(timezone=ZoneInfo(team.time_zone))
        super().__init__(self._filled(query), auto_id="id_%s")
        for field in self.fields.values():
            field.widget.attrs.setdefault("autocomplete", "off")

    def _filled(self, query: QueryDict) -> dict[str, str]:
        """The address, and what it leaves open: a preset's days stand in the fields for days."""
        given = {name: value.replace("\0", "") for name in self.base_fields if (value := query.get(name, ""))}
        named = Preset.BETWEEN if {"first", "last"} & given.keys() else DEFAULT
        preset = given.setdefault("period", named)
        days = (Preset(preset) if preset in Preset else DEFAULT).period(self.today)
        filled = {"first": days.first.isoformat(), "last": days.last.isoformat()}
        return filled | given if preset == Preset.BETWEEN else given | filled

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and first < EARLIEST:
            self.add_error("first", "Choose a day from 2000 on.")
        if last and last > self.today:
            self.add_error("last", "Choose a day up to today.")
        elif first and last and last < first:
            self.add_error("last", "Choose a day that is not before the first.")
        elif first and last and (last - first).days >= LONGEST:
            self.add_error(
                "last", "A report is about five years at most: choose days that are nearer to each other."
            )
        return cleaned

    @cached_property
    def span(self) -> Period:
        """The days as asked for, or the default's where they cannot be read."""
        if {"period", "first", "last"} & self.errors.keys():
            return DEFAULT.period(self.today)
        return Period(self.cleaned_data["first"], self.cleaned_data["last"])


class StepForm(PeriodForm):
    """And in which steps it is told."""

    step = _choice("Steps", required=False)

    def __init__(self, team: Team, query: QueryDict) -> None:
        super().__init__(team, query)
        choices = [(step.value, f"{step.label}s") for step in Step]
        choices_of(self, "step").choices = [("", f"Auto: {fitting(self.span)}s"), *choices]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        step = cleaned.get("step")
        if step and {"first", "last"} <= cleaned.keys():
            days = (cleaned["last"] - cleaned["first"]).days + 1
            if days > MOST_DAYS[Step(step)]:
                said = f"{Step(step).label}s are shown of at most {MOST_DAYS[Step(step)]} days, and these are {days:,}."
                self.add_error("step", f"{said} Choose larger steps or fewer days.")
        return cleaned


class InboxForm(PeriodForm):
    inbox = _choice("Inbox", required=False)
    BESIDE: tuple[tuple[str, str], ...] = ()  # what can be chosen besides inboxes

    def __init__(self, team: Team, query: QueryDict) -> None:
        super().__init__(team, query)
        inboxes = team.inboxes.order_by("name", "id").values_list("id", "name")
        choices_of(self, "inbox").choices = [("", "All inboxes"), *inboxes, *self.BESIDE]


class SenderForm(PeriodForm):
    sender = _choice("Sender", required=False)

    def __init__(self, team: Team, query: QueryDict) -> None:
        super().__init__(team, query)
        choices_of(self, "sender").choices = [("", "All senders"), *_senders(team)]


def _senders(team: Team) -> list[tuple[str, list[tuple[str, str]]]]:
    """Members, whoever was one, and programs, each by name."""
    here = senders.here(team)
    names = senders.names(team, [*here, *senders.known(team)])
    groups: dict[str, list[tuple[str, str]]] = {"Members": [], "Former members": [], "Programs": []}
    for sender, name in sorted(names.items(), key=lambda one: (one[1].casefold(), one[0])):
        former = "Former members" if sender.startswith(senders.MEMBER) else "Programs"
        groups["Members" if sender in here else former].append((sender, name))
    return [(label, choices) for label, choices in groups.items() if choices]


def fitting(period: Period) -> Step:
    return next(step for days, step in FITTING if period.days <= days)


class Question:
    """A report's address, read by a form of the report's own."""

    def __init__(self, form: PeriodForm) -> None:
        form.full_clean()  # with all choices in place
        self.form, self.team, self.period = form, form.team, form.span
        self.zone = ZoneInfo(form.team.time_zone)

    def value(self, name: str) -> Any:
        """What a field says; empty where it says nothing that can be read."""
        return self.form.cleaned_data.get(name, "")

    @property
    def step(self) -> Step:
        return Step(self.value("step") or fitting(self.period))

    @property
    def figures(self) -> Asked:
        inboxes = (int(self.value("inbox")),) if self.value("inbox") else ()
        return Asked(self.team.id, self.period, inboxes, self.value("sender") or EVERYBODY)

    def by_step(self, asked: Asked, *, timed: bool = False) -> list[Figures]:
        """Figures of each step of what is asked, also where there is nothing."""
        seen = figures.by_step(asked, self.step, timed=timed)
        return [seen.get(one.key, Figures()) for one in asked.period.buckets(self.step, self.zone)]

    @property
    def query(self) -> str:
        """The address without what says nothing; empty for the report as it opens."""
        return self.address()

    def address(self, **others: str) -> str:
        """The same with other values for some of it."""
        said = {**self._said(), **others}
        return urlencode({name: value for name, value in said.items() if value})

    @property
    def kept(self) -> str:
        """As much of it as every report understands."""
        return urlencode({name: value for name, value in self._said().items() if name in self.form.KEPT})

    def _said(self) -> dict[str, str]:
        between = self.value("period") == Preset.BETWEEN
        silent = {"period"} if self.value("period") == DEFAULT else set()
        silent |= set() if between else {"first", "last"}
        bad = (
            {"period", "first", "last"}
            if {"first", "last"} & self.form.errors.keys()
            else set(self.form.errors)
        )
        return {
            name: self.form.data[name]
            for name in self.form.fields
            if self.value(name) and name not in silent | bad
        }

    @property
    def words(self) -> str:
        """What the report is about: its days, and whatever it is narrowed to."""
        told = [wording.period(self.period)]
        for name in self.form.fields:
            if name not in ("period", "first", "last", "step", "sort") and self.value(name):
                told.append(self._label(name))
        return ", ".join(told)

    def _label(self, name: str) -> str:
        for bound in self.form[name].subwidgets:
            if str(bound.data.get("value", "")) == str(self.form.data[name]):
                return str(bound.data["label"])
        return str(self.value(name))
