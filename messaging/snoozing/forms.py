"""Form of a snooze: one of the choices, or a time by the member's clock."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone

from messaging.snoozing.choices import FURTHEST, SnoozeChoice, snooze_choices


class SnoozeForm(forms.Form):
    """A button sends the name of a choice (`until`); without one the time counts."""

    at = forms.DateTimeField(
        label="Snooze until",
        required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def __init__(self, data: Any = None, *, zone: ZoneInfo) -> None:
        super().__init__(data)
        self.zone = zone
        self.now = timezone.now()

    @property
    def choices(self) -> list[SnoozeChoice]:
        return snooze_choices(self.now, self.zone)

    def clean(self) -> dict[str, Any]:
        name = self.data.get("until", "")
        chosen = {choice.name: choice.until for choice in self.choices}
        if name and name not in chosen:
            raise forms.ValidationError("Choose one of the times.")
        if not name and "at" in self.cleaned_data:
            self._check_time(self.cleaned_data["at"])
        return self.cleaned_data

    @property
    def until(self) -> datetime:
        """The moment, of a valid form."""
        for choice in self.choices:
            if choice.name == self.data.get("until"):
                return choice.until
        local: datetime = self.cleaned_data["at"]
        return local.replace(tzinfo=self.zone)

    def _check_time(self, local: datetime | None) -> None:
        if local is None:
            raise forms.ValidationError("Choose a day and time.")
        at = local.replace(tzinfo=self.zone)
        if at <= self.now:
            raise forms.ValidationError("This time has passed. Choose a later one.")
        if at > self.now + FURTHEST:
            raise forms.ValidationError("Choose a time within a year.")
