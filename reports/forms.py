"""Filter forms of the reports: the address, read into a period, steps, an inbox and a sender.

An invalid value gets an error beside its field, and the report ignores it.
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
MAX_DAYS = 5 * 366
# Small steps are for short periods.
MAX_DAYS_OF_STEP = {Step.HOUR: 31, Step.DAY: 400, Step.WEEK: MAX_DAYS, Step.MONTH: MAX_DAYS}
# The step that fits a period of up to that many days.
FITTING_STEPS = (
    (3, Step.HOUR),
    (92, Step.DAY),
    (183, Step.WEEK),
    (MAX_DAYS, Step.MONTH),
)


class PeriodPreset(TextChoices):
    """Periods that end today or with the last month, and custom dates."""

    TODAY = "today", "Today"
    WEEK = "7-days", "Last 7 days"
    MONTH = "30-days", "Last 30 days"
    QUARTER = "90-days", "Last 90 days"
    THIS_MONTH = "this-month", "This month"
    LAST_MONTH = "last-month", "Last month"
    THIS_YEAR = "this-year", "This year"
    YEAR = "12-months", "Last 12 months"
    BETWEEN = "between", "Custom dates"

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


def day_field(label: str, **more: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        **more,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "Enter a valid date, such as 2026-03-31.", "required": "Enter a date."},
    )


def filter_choice_field(label: str, **more: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, error_messages={"invalid_choice": "This choice no longer exists. Choose another."}, **more
    )  # fmt: skip


def choice_field(form: forms.BaseForm, name: str) -> forms.ChoiceField:
    """A field of this form whose choices are set when the form is created."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    return field


class PeriodFilterForm(forms.Form):
    """The days of a report."""

    period = filter_choice_field("Period", choices=PeriodPreset)
    first = day_field("From")
    last = day_field("To")
    field_order: tuple[str, ...] = ("period", "first", "last", "step", "inbox", "sender")
    SHARED_FIELDS = ("period", "first", "last", "inbox")  # filters that all reports have

    def __init__(self, team: Team, query: QueryDict) -> None:
        self.team, self.today = team, timezone.localdate(timezone=ZoneInfo(team.time_zone))
        super().__init__(self._filled(query), auto_id="id_%s")
        for field in self.fields.values():
            field.widget.attrs.setdefault("autocomplete", "off")

    def _filled(self, query: QueryDict) -> dict[str, str]:
        """The address with defaults filled in; a preset's days are in the date fields."""
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
            self.add_error("first", "Enter a date in 2000 or later.")
        if last and last > self.today:
            self.add_error("last", "Enter today or an earlier date.")
        elif first and last and last < first:
            self.add_error("last", "The end date must not be before the start date.")
        elif first and last and (last - first).days >= MAX_DAYS:
            self.add_error("last", "A report can cover at most five years.")
        return cleaned

    @cached_property
    def selected_period(self) -> Period:
        """The selected days, or the default period if they are invalid."""
        if {"period", "first", "last"} & self.errors.keys():
            return DEFAULT_PRESET.period(self.today)
        return Period(self.cleaned_data["first"], self.cleaned_data["last"])


class StepFilterForm(PeriodFilterForm):
    """The days of a report, and the steps to group them by."""

    step = filter_choice_field("Group by", required=False)

    def __init__(self, team: Team, query: QueryDict) -> None:
        super().__init__(team, query)
        choices = [(step.value, f"{step.label}s") for step in Step]
        choice_field(self, "step").choices = [
            ("", f"Auto ({fitting_step(self.selected_period)}s)"),
            *choices,
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        step = cleaned.get("step")
        if step and {"first", "last"} <= cleaned.keys():
            days = (cleaned["last"] - cleaned["first"]).days + 1
            if days > MAX_DAYS_OF_STEP[Step(step)]:
                limit = f"{Step(step).label}s are available for up to {MAX_DAYS_OF_STEP[Step(step)]} days"
                self.add_error(
                    "step", f"{limit}; you chose {days:,}. Choose another grouping or a shorter period."
                )
        return cleaned


class InboxFilterForm(PeriodFilterForm):
    inbox = filter_choice_field("Inbox", required=False)
    MORE_CHOICES: tuple[tuple[str, str], ...] = ()  # choices besides the inboxes

    def __init__(self, team: Team, query: QueryDict) -> None:
        super().__init__(team, query)
        inboxes = team.inboxes.order_by("name", "id").values_list("id", "name")
        choice_field(self, "inbox").choices = [("", "All inboxes"), *inboxes, *self.MORE_CHOICES]


class SenderFilterForm(PeriodFilterForm):
    sender = filter_choice_field("Sender", required=False)

    def __init__(self, team: Team, query: QueryDict) -> None:
        super().__init__(team, query)
        choice_field(self, "sender").choices = [("", "All senders"), *_sender_choices(team)]


def _sender_choices(team: Team) -> list[tuple[str, list[tuple[str, str]]]]:
    """Members, former members and API keys, each group ordered by name."""
    current = senders.current_members(team)
    names = senders.sender_names(team, [*current, *senders.all_senders(team)])
    groups: dict[str, list[tuple[str, str]]] = {"Members": [], "Former members": [], "API keys": []}
    for sender, name in sorted(names.items(), key=lambda item: (item[1].casefold(), item[0])):
        other = "Former members" if sender.startswith(senders.MEMBER_PREFIX) else "API keys"
        groups["Members" if sender in current else other].append((sender, name))
    return [(label, choices) for label, choices in groups.items() if choices]


def fitting_step(period: Period) -> Step:
    return next(step for days, step in FITTING_STEPS if period.days <= days)
