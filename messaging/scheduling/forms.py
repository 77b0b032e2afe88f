"""Form of a scheduled text: the words, and the time by the member's clock."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone

from messaging.forms import MessageForm
from messaging.scheduling.schedule import FURTHEST


class ScheduledTextForm(MessageForm):
    send_at = forms.DateTimeField(
        label="Send at",
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"required": "Choose a day and time."},
    )
    unless_answered = forms.BooleanField(label="Only if they do not answer before", required=False)

    def __init__(self, *args: Any, zone: ZoneInfo, **options: Any) -> None:
        super().__init__(*args, **options)
        self.zone = zone
        for name in ("attachments", "again", "template", "picture"):
            del self.fields[name]

    def clean_send_at(self) -> datetime:
        """The time as a moment; the field gives the member's clock."""
        local: datetime = self.cleaned_data["send_at"]
        at = local.replace(tzinfo=self.zone)
        now = timezone.now()
        if at <= now:
            raise forms.ValidationError("This time has passed. Choose a later one.")
        if at > now + FURTHEST:
            raise forms.ValidationError("Choose a time within a year.")
        return at
