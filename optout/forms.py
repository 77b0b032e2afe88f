"""Forms by which a member changes a number's standing."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import QuerySet, TextChoices
from django.utils import timezone

from accounts.models import Inbox, Team
from kernel.model_choices import offer_rows
from optout.consent_records.models import ConsentCategory
from optout.lifting_rules import FreshConsent


class ReasonForm(forms.Form):
    """One reason of a kind. With the reason "other" the words say which."""

    words = forms.CharField(label="Another reason", max_length=150, required=False)

    def __init__(self, data: Any = None, *, reasons: type[TextChoices]) -> None:
        super().__init__(data)
        self.reasons = reasons
        self.fields["reason"] = forms.TypedChoiceField(
            choices=reasons, coerce=reasons, error_messages={"required": "Choose a reason."}
        )

    @property
    def offered(self) -> list[Any]:
        """The reasons that need no words."""
        return [reason for reason in self.reasons if reason.value != "other"]

    @property
    def offers_words(self) -> bool:
        return "other" in self.reasons.values

    def clean(self) -> None:
        if self.cleaned_data.get("reason") == "other" and not self.cleaned_data.get("words"):
            self.add_error("words", "Enter the reason.")

    @property
    def label(self) -> str:
        """The reason as the ledger keeps it."""
        reason = self.cleaned_data["reason"]
        return str(self.cleaned_data["words"] if reason == "other" else reason.label)


class OptOutForm(ReasonForm):
    """The reason of an opt-out and, in a team with opt-outs from single inboxes, from which it is."""

    only_in = forms.ModelChoiceField(
        label="From", queryset=Inbox.objects.none(), required=False, empty_label="All inboxes"
    )

    def __init__(self, data: Any = None, *, reasons: type[TextChoices], inboxes: QuerySet[Inbox]) -> None:
        super().__init__(data, reasons=reasons)
        offer_rows(self, "only_in", inboxes.select_related("team"))


def in_zone(entered: datetime, zone: ZoneInfo) -> datetime:
    """The entered time, which a form's field reads in the server's zone, in the member's."""
    return timezone.make_naive(entered).replace(tzinfo=zone)


class FreshConsentForm(forms.Form):
    """Fresh consent. Its time is entered by the member's clock."""

    words = forms.CharField(
        label="What did they say?",
        max_length=1000,
        widget=forms.Textarea({"rows": 2, "placeholder": "“Yes, please text me about my order”"}),
    )
    source = forms.CharField(
        label="Where?",
        max_length=200,
        widget=forms.TextInput({"placeholder": "By phone, at the counter, by email…"}),
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
        self.zone = team.clock.zone
        self.fields["obtained_at"].help_text = f"{team.clock.zone_name}. Must be after they opted out."

    def clean_obtained_at(self) -> Any:
        return in_zone(self.cleaned_data["obtained_at"], self.zone)

    def consent(self) -> FreshConsent:
        return FreshConsent(**self.cleaned_data)
