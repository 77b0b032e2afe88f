"""Form of a consent record that a member adds."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone

from accounts.models import Team
from optout.consent_records.models import ConsentCategory, ConsentMethod
from optout.consent_records.recording import StatedConsent
from optout.forms import in_zone


class ConsentRecordForm(forms.Form):
    """What a person agreed to. Its time is entered by the member's clock, and may be unknown."""

    category = forms.TypedChoiceField(
        label="To which texts did they agree?",
        choices=[
            ("informational", "Informational texts only"),
            ("marketing", "Marketing, too (in writing)"),
            ("none", "To none: what is on record is wrong"),
        ],
        coerce=ConsentCategory,
        help_text="Marketing needs written consent, such as a signed form or a ticked box (47 CFR 64.1200(f)(9)).",
    )
    method = forms.TypedChoiceField(label="How?", choices=ConsentMethod.choices, coerce=ConsentMethod)
    words = forms.CharField(
        label="What did they say or tick?",
        max_length=1000,
        widget=forms.Textarea({"rows": 2, "placeholder": "“Yes, text me offers and reminders”"}),
    )
    source = forms.CharField(
        label="Where?",
        max_length=200,
        widget=forms.TextInput({"placeholder": "The sign-up form of our website, at the counter…"}),
    )
    obtained_at = forms.DateTimeField(
        label="When?",
        required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def __init__(self, *args: Any, team: Team, **options: Any) -> None:
        super().__init__(*args, **options)
        self.zone = team.clock.zone
        self.fields[
            "obtained_at"
        ].help_text = f"{team.clock.zone_name}. Without a time it counts as older than any opt-out."

    def clean_obtained_at(self) -> datetime | None:
        entered = self.cleaned_data["obtained_at"]
        if entered and (at := in_zone(entered, self.zone)) > timezone.now():
            raise forms.ValidationError("This time is in the future.")
        return at if entered else None

    def stated(self) -> StatedConsent:
        return StatedConsent(**self.cleaned_data)
