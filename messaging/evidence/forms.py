"""Form of the evidence of a period: an inbox, the first and the last day in the team's time zone, the format."""

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from accounts.models import Inbox, Member
from kernel.model_choices import offer_rows
from messaging.evidence.sheet import LedgerPeriod

_DAY = timedelta(days=1)
FORMATS = [("json", "JSON, signed, with every change"), ("pdf", "PDF, a summary")]


class PeriodForm(forms.Form):
    inbox = forms.ModelChoiceField(queryset=Inbox.objects.none(), empty_label=None)
    first = forms.DateField(label="From", widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    last = forms.DateField(label="Until", widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    format = forms.ChoiceField(choices=FORMATS)

    def __init__(self, data: Any, member: Member) -> None:
        super().__init__(data)
        self.zone = ZoneInfo(member.team.time_zone)
        today = datetime.now(self.zone).date()
        self.fields["first"].initial, self.fields["last"].initial = today.replace(month=1, day=1), today
        offer_rows(self, "inbox", member.team.inboxes.order_by("name", "id"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("first") and data.get("last") and data["first"] > data["last"]:
            self.add_error("last", "This is before the first day.")
        return data

    @property
    def period(self) -> LedgerPeriod:
        """That of a valid form."""
        first, last = self.cleaned_data["first"], self.cleaned_data["last"]
        start, end = (datetime.combine(day, time(), self.zone) for day in (first, last + _DAY))
        return LedgerPeriod(self.cleaned_data["inbox"], start, end)

    @property
    def described(self) -> str:
        data = self.cleaned_data
        return f"{data['inbox']}, {data['first']} to {data['last']}"
