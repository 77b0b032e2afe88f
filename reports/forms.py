"""What a report is asked: its address, read into a period, steps, and who it is about.

Values that cannot be read get a word beside their field, and the report is the one without them.
"""

from datetime import date, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import TextChoices
from django.http import QueryDict
from django.utils import timezone

from accounts.models import Team
from reports import senders
from reports.periods import Period, Step

FIRST_DAY = date(2000, 1, 1)
MAX_DAYS = 5 * 366  # days
# Finer steps are for shorter periods.
MAX_DAYS_OF_STEP = {Step.HOUR: 31, Step.DAY: 400, Step.WEEK: MAX_DAYS, Step.MONTH: MAX_DAYS}
FITTING_STEPS = (
    (3, Step.HOUR),
    (92, Step.DAY),
    (183, Step.WEEK),
    (MAX_DAYS, Step.MONTH),
)  # up to so many days


class PeriodPreset(TextChoices):
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
            case PeriodPreset.LAST_MONTH:
                last = today.replace(day=1) - timedelta(days=1)
                return Period(last.replace(day=1), last)
            case PeriodPreset.THIS_MONTH:
                return Period(today.replace(day=1), today)
            case PeriodPreset.THIS_YEAR:
                return Period(today.replace(month=1, day=1), today)
            case PeriodPreset.YEAR:  # this month, and eleven before it
                months = today.year * 12 + today.month - 12
                return Period(date(months // 12, months % 12 + 1, 1), today)
        days = {PeriodPreset.TODAY: 1, PeriodPreset.WEEK: 7, PeriodPreset.QUARTER: 90}.get(self, 30)
        return Period(today - timedelta(days=days - 1), today)


DEFAULT_PRESET = PeriodPreset.MONTH


def _day_field(label: str) -> forms.DateField:
    return forms.DateField(
        label=label,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "Write a day that there is, as 2026-03-31.", "required": "Choose a day."},
    )


def _choice_field(label: str, **more: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, error_messages={"invalid_choice": "There is no such choice (any more). Choose another."}, **more
    )  # fmt: skip


def choice_field(form: forms.BaseForm, name: str) -> forms.ChoiceField:
    """A field of a form, whose choices are known only when the form is made."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    return field


class PeriodFilterForm(forms.Form):
    """Which days a report is about."""

    period = _choice_field("Period", choices=PeriodPreset)
    first = _day_field("From")
    last = _day_field("To")
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
        named = PeriodPreset.BETWEEN if {"first", "last"} & given.keys() else DEFAULT_PRESET
        preset = given.setdefault("period", named)
        days = (PeriodPreset(preset) if preset in PeriodPreset else DEFAULT_PRESET).period(self.today)
        filled = {"first": days.first.isoformat(), "last": days.last.isoformat()}
        return filled | given if preset == PeriodPreset.BETWEEN else given | filled

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and first < FIRST_DAY:
            self.add_error("first", "Choose a day from 2000 on.")
        if last and last > self.today:
            self.add_error("last", "Choose a day up to today.")
        elif first and last and last < first:
            self.add_error("last", "Choose a day that is not before the first.")
        elif first and last and (last - first).days >= MAX_DAYS:
            self.add_error(
                "last", "A report is about five years at most: choose days that are nearer to each other."
            )
        return cleaned

    @cached_property
    def span(self) -> Period:
        """The days as asked for, or the default's where they cannot be read."""
        if {"period", "first", "last"} & self.errors.keys():
            return DEFAULT_PRESET.period(self.today)
        return Period(self.cleaned_data["first"], self.cleaned_data["last"])


class StepFilterForm(PeriodFilterForm):
    """And in which steps it is told."""

    step = _choice_field("Steps", required=False)

    def __init__(self, team: Team, query: QueryDict) -> None:
        super().__init__(team, query)
        choices = [(step.value, f"{step.label}s") for step in Step]
        choice_field(self, "step").choices = [("", f"Auto: {fitting_step(self.span)}s"), *choices]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        step = cleaned.get("step")
        if step and {"first", "last"} <= cleaned.keys():
            days = (cleaned["last"] - cleaned["first"]).days + 1
            if days > MAX_DAYS_OF_STEP[Step(step)]:
                said = f"{Step(step).label}s are shown of at most {MAX_DAYS_OF_STEP[Step(step)]} days, and these are {days:,}."
                self.add_error("step", f"{said} Choose larger steps or fewer days.")
        return cleaned


class InboxFilterForm(PeriodFilterForm):
    inbox = _choice_field("Inbox", required=False)
    MORE_CHOICES: tuple[tuple[str, str], ...] = ()  # what can be chosen besides inboxes

    def __init__(self, team: Team, query: QueryDict) -> None:
        super().__init__(team, query)
        inboxes = team.inboxes.order_by("name", "id").values_list("id", "name")
        choice_field(self, "inbox").choices = [("", "All inboxes"), *inboxes, *self.MORE_CHOICES]


class SenderFilterForm(PeriodFilterForm):
    sender = _choice_field("Sender", required=False)

    def __init__(self, team: Team, query: QueryDict) -> None:
        super().__init__(team, query)
        choice_field(self, "sender").choices = [("", "All senders"), *_sender_choices(team)]


def _sender_choices(team: Team) -> list[tuple[str, list[tuple[str, str]]]]:
    """Members, whoever was one, and programs, each by name."""
    here = senders.current_members(team)
    names = senders.sender_names(team, [*here, *senders.all_senders(team)])
    groups: dict[str, list[tuple[str, str]]] = {"Members": [], "Former members": [], "Programs": []}
    for sender, name in sorted(names.items(), key=lambda one: (one[1].casefold(), one[0])):
        former = "Former members" if sender.startswith(senders.MEMBER_PREFIX) else "Programs"
        groups["Members" if sender in here else former].append((sender, name))
    return [(label, choices) for label, choices in groups.items() if choices]


def fitting_step(period: Period) -> Step:
    return next(step for days, step in FITTING_STEPS if period.days <= days)
