"""Settings > Sign-in: whether a team requires two-factor sign-in, and how many days members have."""

from typing import Any

from django import forms
from django.utils import timezone

from accounts.models import Team
from accounts.two_factor.requirement import GRACE_DAYS, MOST_GRACE_DAYS
from kernel.revisions import RevisedForm


class TwoFactorRequirementForm(RevisedForm, forms.ModelForm):
    required = forms.BooleanField(label="Members must use two-factor sign-in", required=False)
    two_factor_grace_days = forms.IntegerField(
        label="Days to set it up", required=False, min_value=0, max_value=MOST_GRACE_DAYS,
        help_text="From the day you turn it on. Until then a banner reminds members; 0 asks at once.",
    )  # fmt: skip

    class Meta:
        model = Team
        fields = ["two_factor_grace_days"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["required"] = self.instance.two_factor_since is not None

    def clean_two_factor_grace_days(self) -> int:
        days = self.cleaned_data["two_factor_grace_days"]
        return GRACE_DAYS if days is None else int(days)

    def save(self, commit: bool = True) -> Team:
        team: Team = super().save(commit=False)
        since = team.two_factor_since or timezone.now()
        team.two_factor_since = since if self.cleaned_data["required"] else None
        team.save(update_fields=["two_factor_since", "two_factor_grace_days"])
        return team
