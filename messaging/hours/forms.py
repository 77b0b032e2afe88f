"""Form of an inbox's business hours: one field for each day, its holidays, and its time zone."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms

from accounts.forms import waiting_goal_field
from accounts.models import Inbox
from kernel.regions import format_zone, time_zones
from kernel.revisions import RevisedForm
from messaging.hours.business_hours import OverlappingHours, Span, check_overlaps
from messaging.hours.inbox_hours import as_stored, stored_holidays, stored_week
from messaging.hours.spelling import BadHours, read_holidays, read_spans, write_holidays, write_spans

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
DAY_FIELDS = tuple(day.lower() for day in DAYS)


class SpansField(forms.CharField):
    """The times of one day at which an inbox is open."""

    def __init__(self, label: str) -> None:
        widget = forms.TextInput({"autocomplete": "off", "spellcheck": "false"})
        super().__init__(label=label, required=False, max_length=120, widget=widget)

    def clean(self, value: Any) -> tuple[Span, ...]:
        try:
            return read_spans(super().clean(value))
        except BadHours as error:
            raise forms.ValidationError(str(error)) from None


class HolidaysField(forms.CharField):
    """Days on which an inbox is closed, one a line."""

    def __init__(self) -> None:
        widget = forms.Textarea({"rows": 4, "placeholder": "2026-12-25 Christmas Day", "spellcheck": "false"})
        super().__init__(
            label="Holidays", required=False, max_length=8000, widget=widget,
            help_text="Closed all day. One per line: the date and its name.",
        )  # fmt: skip

    def clean(self, value: Any) -> dict[date, str]:
        try:
            return read_holidays(super().clean(value))
        except BadHours as error:
            raise forms.ValidationError(str(error)) from None


class HoursForm(RevisedForm, forms.ModelForm):
    """When an inbox is open. Without hours it is open at all times, except on its holidays."""

    time_zone = forms.ChoiceField(required=False, label="Time zone")
    monday = SpansField("Monday")
    tuesday = SpansField("Tuesday")
    wednesday = SpansField("Wednesday")
    thursday = SpansField("Thursday")
    friday = SpansField("Friday")
    saturday = SpansField("Saturday")
    sunday = SpansField("Sunday")
    holidays = HolidaysField()
    waiting_goal = waiting_goal_field("")

    class Meta:
        model = Inbox
        fields = ["time_zone", "waiting_goal"]

    def __init__(self, data: Any, inbox: Inbox, copied: Mapping[date, str] | None = None) -> None:
        """`copied` are holidays of elsewhere that are offered beside the inbox's own."""
        super().__init__(data, instance=inbox)
        zone: Any = self.fields["time_zone"]
        zone.choices = [("", f"The team's: {format_zone(inbox.team.time_zone)}"), *time_zones()]
        goal = inbox.team.waiting_goal
        self.fields["waiting_goal"].help_text = (
            f"Empty: the team's, {goal} minutes." if goal else "Empty: no goal."
        )
        for name, spans in zip(DAY_FIELDS, stored_week(inbox), strict=False):
            self.initial[name] = write_spans(spans, inbox.team.clock.hours)
            self.fields[name].widget.attrs["placeholder"] = "Closed"
        self.initial["holidays"] = write_holidays({**(copied or {}), **stored_holidays(inbox)})

    @property
    def days(self) -> list[forms.BoundField]:
        return [self[name] for name in DAY_FIELDS]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        try:
            check_overlaps(cleaned.get(name, ()) for name in DAY_FIELDS)
        except OverlappingHours:
            raise forms.ValidationError("The hours of one day run into those of the next.") from None
        return cleaned

    def save(self, commit: bool = True) -> Inbox:
        """Store the hours."""
        inbox = self.instance
        week = tuple(self.cleaned_data[name] for name in DAY_FIELDS)
        inbox.business_hours = as_stored(week, self.cleaned_data["holidays"])
        inbox.save(update_fields=["business_hours", "time_zone", "waiting_goal"])
        return inbox
