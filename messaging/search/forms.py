"""Form of the search page: the typed words and the filters, read from the page's address."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import TextChoices

from accounts.models import Inbox
from kernel.visible_text import has_visible_characters


class Sender(TextChoices):
    """Who wrote a text."""

    THEM = "them", "Customers"
    US = "us", "Your team"


def _date(label: str) -> forms.DateField:
    return forms.DateField(label=label, required=False, widget=forms.DateInput(attrs={"type": "date"}))


class SearchForm(forms.Form):
    q = forms.CharField(
        label="Search texts and people",
        required=False,
        max_length=5_000,  # of which MAX_QUERY_LENGTH are read
        widget=forms.TextInput(
            {"type": "search", "placeholder": "Search texts and people", "autocomplete": "off"}
        ),
    )
    person = forms.CharField(
        label="Conversation with", required=False, widget=forms.TextInput({"placeholder": "Name or number"})
    )
    by = forms.ChoiceField(label="From", required=False, choices=[("", "Anyone"), *Sender.choices])
    inbox = forms.TypedChoiceField(label="Inbox", required=False, empty_value=None)
    since = _date("Since")
    until = _date("Until")
    picture = forms.BooleanField(label="With picture", required=False)

    def __init__(self, data: Any, inboxes: Sequence[Inbox]) -> None:
        super().__init__(data, auto_id="search-%s")
        by_id = {str(inbox.id): inbox for inbox in inboxes}
        field: Any = self.fields["inbox"]
        field.choices = [("", "All inboxes"), *((id, inbox.name) for id, inbox in by_id.items())]
        field.coerce = by_id.__getitem__

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("since") and data.get("until") and data["until"] < data["since"]:
            self.add_error("until", "The end date must not be before the start date.")
        return data

    @property
    def asks_for_something(self) -> bool:
        """Whether anything was typed or chosen. Without that the page shows how to search."""
        data = self.cleaned_data
        return has_visible_characters(data["q"]) or self.filter_count > 0

    @property
    def filter_count(self) -> int:
        """How many filters are set."""
        return sum(bool(value) for name, value in self.cleaned_data.items() if name != "q")
