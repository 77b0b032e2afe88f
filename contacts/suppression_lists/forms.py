"""Forms of suppression lists: a new list with its first file, and a further file of a list."""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone

from accounts.models import Team
from contacts.vendor_lists.forms import NumbersForm
from optout.suppression_lists.models import SuppressionList, SuppressionListKind


class SuppressionFileForm(NumbersForm):
    """Further numbers of a list, and the day whose state they have."""

    dated = forms.DateField(
        label="As of",
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text="The day on which this list was downloaded. The Registry's data may be at most 31 days old "
        "(16 CFR 310.4(b)(3)(iv)).",
    )
    replaces = forms.ChoiceField(
        label="The numbers of the list",
        choices=[("", "Keep them, and add these"), ("yes", "Replace them with these")],
        widget=forms.RadioSelect,
        required=False,
    )

    def __init__(self, *args: Any, team: Team) -> None:
        super().__init__(*args, team=team)
        self.today = timezone.localdate(timezone=ZoneInfo(team.time_zone))
        self.initial["dated"] = self.today
        self.fields["file"].help_text = "CSV or Excel (.xlsx), up to 20 MB, with a column of phone numbers."
        self.fields["text"].help_text = "One number per line. For more than 10,000 lines, upload a file."
        self.fields["text"].widget.attrs["placeholder"] = "+1 510 555 0134"
        self.fields["country"].help_text = "Decides how numbers without a country code are read."

    def clean_dated(self) -> date:
        dated: date = self.cleaned_data["dated"]
        if dated > self.today:
            raise forms.ValidationError("This day is in the future.")
        return dated

    def chosen(self) -> dict[str, Any]:
        """The arguments of create_run()."""
        given = super().chosen() | {"dated": self.cleaned_data["dated"]}
        return given | {"replaces": bool(self.cleaned_data.get("replaces"))}


class NewSuppressionListForm(SuppressionFileForm):
    """A list with its first file."""

    replaces = None  # type: ignore[assignment]

    name = forms.CharField(label="Name", max_length=80)
    kind = forms.TypedChoiceField(label="Numbers", choices=SuppressionListKind.choices)

    def __init__(self, *args: Any, team: Team) -> None:
        super().__init__(*args, team=team)
        self.team = team

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        if SuppressionList.objects.filter(team_id=self.team.id, name=name).exists():
            raise forms.ValidationError(
                "Another list has this name. Open it to add numbers or to replace them."
            )
        return name
