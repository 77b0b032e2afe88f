"""Forms of retention: the rule, and the word that confirms it."""

from datetime import timedelta
from typing import Any

from django import forms

from kernel.revisions import RevisedForm
from messaging.retention.ages import FEWEST, MOST, Age, AgeUnit
from messaging.retention.models import RetentionRule
from messaging.retention.operation import local_day

CONFIRMATION = "erase"


def _count_field(label: str, help_text: str) -> forms.IntegerField:
    widget = forms.NumberInput(attrs={"min": 1, "inputmode": "numeric"})
    return forms.IntegerField(label=label, required=False, min_value=1, widget=widget, help_text=help_text)


def _unit_field(label: str) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=AgeUnit.choices)


class RetentionForm(RevisedForm, forms.ModelForm):
    """After which age texts and attachments are erased. An empty number keeps them."""

    revises_new = True

    texts_count = _count_field(
        "Erase texts after", "With attachments and private notes. Empty: they are kept."
    )
    texts_unit = _unit_field("Unit for texts")
    files_count = _count_field(
        "Erase attachments after", "Before their texts. Empty: they go with their texts."
    )
    files_unit = _unit_field("Unit for attachments")

    class Meta:
        model = RetentionRule
        fields = ["texts_count", "texts_unit", "files_count", "files_unit"]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        texts, files = (self._age(name) for name in ("texts", "files"))
        today = local_day(self.instance.team)
        if texts and files and files.first_day(today) < texts.first_day(today):
            self.add_error("files_count", f"Attachments go with their texts at the latest, after {texts}.")
        return data

    def _age(self, name: str) -> Age | None:
        """The age that was entered; None without one, and with an error if it is not allowed."""
        count, unit = self.cleaned_data.get(f"{name}_count"), self.cleaned_data.get(f"{name}_unit")
        if not count or not unit:
            return None
        age = Age(count, AgeUnit(unit))
        if age.is_allowed:
            return age
        fewest, most = (Age(limits[age.unit], age.unit) for limits in (FEWEST, MOST))
        self.add_error(f"{name}_count", f"Enter at least {fewest} and at most {most}.")
        return None

    def save(self, commit: bool = True) -> RetentionRule:
        """The rule, whose first run is tomorrow."""
        self.instance.starts_on = local_day(self.instance.team) + timedelta(days=1)
        rule: RetentionRule = super().save(commit)
        return rule


def shown_rule(rule: RetentionRule) -> dict[str, str]:
    """The rule for people, by the names of its settings."""
    return {
        "Erase texts after": str(rule.texts or "Never"),
        "Erase attachments after": str(rule.files or "With their texts"),
    }


def is_confirmed(typed: str) -> bool:
    return typed.strip().strip("“”\"'").lower() == CONFIRMATION
