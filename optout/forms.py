"""What a member fills in to change a number's standing; each form ends as arguments of optout.consent."""

from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import TextChoices
from django.utils import timezone

from accounts.models import Team
from optout.lifting_rules import FreshConsent


class OptOutReason(TextChoices):
    ASKED = "asked", "They asked us"
    DECISION = "decision", "Our decision"
    WROTE = "wrote", "They wrote it in a text"


class LiftReason(TextChoices):
    MISTAKE = "mistake", "It was a mistake"
    CONSENT = "consent", "Fresh consent"


class OptOutForm(forms.Form):
    reason = forms.ChoiceField(choices=OptOutReason)

    def clean_reason(self) -> str:
        return OptOutReason(self.cleaned_data["reason"]).label


class LiftForm(forms.Form):
    reason = forms.ChoiceField(choices=LiftReason)

    def clean_reason(self) -> str:
        return LiftReason(self.cleaned_data["reason"]).label


class FreshConsentForm(forms.Form):
    """Fresh consent, with its time in the team's zone."""

    words = forms.CharField(
        label="What did they say?",
        max_length=1000,
        widget=forms.Textarea({"rows": 2, "placeholder": "“Yes, please text me about my order”"}),
    )
    source = forms.CharField(
        label="Where?",
        max_length=200,
        widget=forms.TextInput({"placeholder": "By phone, at the counter, by e-mail…"}),
    )
    obtained_at = forms.DateTimeField(
        label="When?", widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )

    def __init__(self, *args: Any, team: Team, **options: Any) -> None:
        super().__init__(*args, **options)
        self.zone = ZoneInfo(team.time_zone)
        place = team.time_zone.replace("_", " ")
        self.fields["obtained_at"].help_text = f"In {place} time, after they opted out."

    def clean_obtained_at(self) -> Any:
        # The field reads the wall clock in the server's zone; what was typed is the team's.
        return timezone.make_naive(self.cleaned_data["obtained_at"]).replace(tzinfo=self.zone)

    def consent(self) -> FreshConsent:
        return FreshConsent(**self.cleaned_data)
