"""Import forms: the file; then its columns and the options."""

from typing import Any

from django import forms

from contacts.custom_fields.models import CustomField
from contacts.imports.headers import all_headers
from contacts.imports.models import Import
from contacts.imports.options import ImportOptions
from contacts.lists.models import ContactList
from kernel.regions import COUNTRIES


class ImportFileForm(forms.Form):
    file = forms.FileField(
        label="File",
        help_text="CSV or Excel (.xlsx), up to 250 MB, with a header row.",
        widget=forms.FileInput({"accept": ".csv,.tsv,.txt,.xlsx"}),
        error_messages={
            "empty": "This file is empty. Choose one with a header row and a row for each contact."
        },
    )

    def __init__(self, *args: Any, too_large: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if too_large:
            sentence = "This file is larger than 250 MB. Split it into smaller files, each with the header."
            self.fields["file"].error_messages["required"] = sentence


class ImportColumnsForm(forms.Form):
    """The field of each column, and the options."""

    country = forms.ChoiceField(
        label="Country of numbers without a country code",
        choices=list(COUNTRIES.items()),
        help_text="Also decides how dates like 03/01/2026 are read.",
    )
    replace = forms.ChoiceField(
        label="Existing contacts",
        choices=[
            ("", "Keep their values and fill in empty ones"),
            ("yes", "Replace their values with the file's"),
        ],
        widget=forms.RadioSelect,
        required=False,
        help_text="An empty cell never erases anything.",
    )
    replace_lists = forms.BooleanField(
        label="Remove contacts from lists not named in their row", required=False
    )
    add_to = forms.CharField(
        label="Add all contacts to a list",
        required=False,
        max_length=80,
        widget=forms.TextInput({"list": "lists"}),
    )
    consent_note = forms.CharField(
        label="Note for the ledger",
        required=False,
        max_length=200,
        help_text="Recorded with each opt-out in this file: where the file is from and who provided it.",
    )

    def __init__(self, run: Import, data: Any = None) -> None:
        options = ImportOptions.read(run.options)
        initial = {**options.as_dict(), "replace": "yes" if options.replace else ""}
        super().__init__(data, initial=initial)
        self.run = run
        self.headers = all_headers(CustomField.objects.of(run.team_id))
        for at, title in enumerate(run.header):
            self.fields[f"column-{at}"] = forms.ChoiceField(
                label=title or f"Column {at + 1}",
                choices=[("", "Skip"), *self.headers.items()],
                initial=run.columns[at],
                required=False,
            )

    @property
    def matching(self) -> list[tuple[Any, list[str]]]:
        """Each column's form field with up to three sample values."""
        return [
            (self[f"column-{at}"], [row[at] for row in self.run.samples if at < len(row) and row[at]][:3])
            for at in range(len(self.run.header))
        ]

    @property
    def lists(self) -> list[str]:
        found = ContactList.objects.filter(team_id=self.run.team_id).order_by("name")
        return list(found.values_list("name", flat=True)[:500])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.run.header:
            raise forms.ValidationError("Choose a sheet first.")
        chosen = [name for name in self.columns() if name]
        if "number" not in chosen:
            self.add_error(None, "Choose the Phone Number column. It identifies each contact.")
        for name in dict.fromkeys(name for name in chosen if chosen.count(name) > 1):
            self.add_error(None, f"Two columns are set to {self.headers[name]}. Skip one.")
        return data

    def columns(self) -> list[str]:
        return [self.cleaned_data.get(f"column-{at}", "") for at in range(len(self.run.header))]

    def options(self) -> dict[str, Any]:
        data = self.cleaned_data
        return ImportOptions(
            country=data["country"],
            replace=bool(data["replace"]),
            replace_lists=data["replace_lists"],
            add_to=" ".join(data["add_to"].split()),
            consent_note=data["consent_note"],
        ).as_dict()
