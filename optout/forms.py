"""Forms by which a member changes a number's standing."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import TextChoices
from django.utils import timezone

from accounts.models import Team
from kernel.regions import format_zone
from optout.consent_records.models import ConsentCategory
from optout.lifting_rules import FreshConsent


class OptOutReason(TextChoices):
    """Why a member opts a number out. Two of the reasons are the person's own word; see PERSONS_WORD_SOURCE."""

    ASKED = "asked", "They asked us"
    DECISION = "decision", "Our decision"
    WROTE = "wrote", "They wrote it in a text"


# Where the person said it, by the reason. "Our decision" is nobody's word.
PERSONS_WORD_SOURCE = {OptOutReason.ASKED: "Told to the team", OptOutReason.WROTE: "A text to the team"}


class LiftReason(TextChoices):
    """Why a member lifts the team's own opt-outs without evidence. Consent takes FreshConsentForm."""

    MISTAKE = "mistake", "It was a mistake"


class OptOutForm(forms.Form):
    reason = forms.TypedChoiceField(choices=OptOutReason, coerce=OptOutReason)


class LiftForm(forms.Form):
    """The reason's label, which the ledger entry shows."""

    reason = forms.TypedChoiceField(choices=LiftReason, coerce=lambda value: LiftReason(value).label)


def in_zone(entered: datetime, zone: ZoneInfo) -> datetime:
    """The entered time, which a form's field reads in the server's zone, in the team's."""
    return timezone.make_naive(entered).replace(tzinfo=zone)


class FreshConsentForm(forms.Form):
    """Fresh consent. Its time is entered in the team's time zone."""

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
    category = forms.TypedChoiceField(
        label="To which texts?",
        choices=[("informational", "Informational texts"), ("marketing", "Marketing, too")],
        coerce=ConsentCategory,
        empty_value=ConsentCategory.INFORMATIONAL,
        required=False,
    )

    def __init__(self, *args: Any, team: Team, **options: Any) -> None:
        super().__init__(*args, **options)
        self.zone = ZoneInfo(team.time_zone)
        zone = format_zone(team.time_zone)
        self.fields["obtained_at"].help_text = f"{zone}. Must be after they opted out."

    def clean_obtained_at(self) -> Any:
        return in_zone(self.cleaned_data["obtained_at"], self.zone)

    def consent(self) -> FreshConsent:
        return FreshConsent(**self.cleaned_data)
