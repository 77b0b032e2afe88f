"""Import forms: the file; then its columns and the options."""

from typing import Any

from django import forms

from contacts.custom_fields.models import CustomField
from contacts.imports.consent_headers import ASK, OPT_IN, OPT_OUT
from contacts.imports.headers import SEVERAL_TIMES, all_headers
from contacts.imports.models import SAMPLE_VALUES, Import
from contacts.imports.options import ImportOptions
from contacts.lists.models import ContactList
from kernel.regions import COUNTRIES
from optout.consent_records.models import ConsentMethod


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
    told = forms.ChoiceField(
        label="Who decided the opt-outs in this file?",
        choices=[
            ("yes", "The people themselves: they unsubscribed, opted out or texted STOP"),
            ("", "We did: it is our own decision not to text them"),
        ],
        widget=forms.RadioSelect,
        required=False,
        help_text="A person’s own opt-out is lifted only by the person, or with fresh consent on record.",
    )
    each_number = forms.ChoiceField(
        label="Rows with several phone numbers",
        choices=[
            ("", "One contact, with the first number"),
            ("yes", "A contact for each number"),
        ],
        widget=forms.RadioSelect,
        required=False,
        help_text="The row’s opt-out applies to all its numbers in any case.",
    )
    add_to = forms.CharField(
        label="Add all contacts to a list",
        required=False,
        max_length=80,
        widget=forms.TextInput({"list": "lists"}),
    )
    consent_method = forms.ChoiceField(
        label="How did these people agree to get texts?",
        choices=[("", "Record nothing, except what columns say"), *ConsentMethod.choices],
        required=False,
        help_text="Recorded for each number of this file, unless its row opts out. It lifts no opt-out.",
    )
    consent_category = forms.ChoiceField(
        label="To which texts?",
        choices=[("", "Informational texts only"), ("marketing", "Marketing, too (in writing)")],
        required=False,
    )
    consent_words = forms.CharField(
        label="What did they say or tick?",
        required=False,
        max_length=1000,
        widget=forms.Textarea({"rows": 2, "placeholder": "“Yes, text me offers and reminders”"}),
    )
    consent_source = forms.CharField(
        label="Where?",
        required=False,
        max_length=200,
        help_text="The form, shop or event. A column Agreed On says when.",
    )
    consent_note = forms.CharField(
        label="Note for the ledger",
        required=False,
        max_length=200,
        help_text="Recorded with each opt-out in this file: where the file is from and who provided it.",
    )

    def __init__(self, run: Import, data: Any = None) -> None:
        options = ImportOptions.read(run.options)
        as_choice = {True: "yes", False: ""}
        initial = options.as_dict()
        initial |= {name: as_choice[initial[name]] for name in ("replace", "told", "each_number")}
        super().__init__(data, initial=initial)
        self.run = run
        self.headers = all_headers(CustomField.objects.of(run.team_id))
        for at, title in enumerate(run.header):
            self.fields[f"column-{at}"] = forms.ChoiceField(
                label=title or f"Column {at + 1}",
                choices=self._choices(run.columns[at]),
                initial=run.columns[at],
                required=False,
            )

    def _choices(self, found: str) -> list[tuple[str, str]]:
        fields = self.headers | {OPT_OUT: "Opt Out (“yes” opts out)", OPT_IN: "Opt In (“no” opts out)"}
        if found != ASK:
            return [("", "Skip"), *fields.items()]
        return [(ASK, "Is this an opt-out column?"), ("", "Not an opt-out column: skip"), *fields.items()]

    @property
    def matching(self) -> list[tuple[Any, list[str]]]:
        """Each column's form field with its sample values."""
        return [
            (
                self[f"column-{at}"],
                [row[at] for row in self.run.samples if at < len(row) and row[at]][:SAMPLE_VALUES],
            )
            for at in range(len(self.run.header))
        ]

    @property
    def lists(self) -> list[str]:
        found = ContactList.objects.with_entries().filter(team_id=self.run.team_id).order_by("name")
        return list(found.values_list("name", flat=True)[:500])

    def clean_add_to(self) -> str:
        name = " ".join(str(self.cleaned_data["add_to"]).split())
        live = ContactList.objects.filter(team_id=self.run.team_id, name__iexact=name, is_live=True)
        if name and live.exists():
            raise forms.ValidationError(f"{name} is a live list: its filter decides who is on it.")
        return name

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.run.header:
            raise forms.ValidationError("Choose a sheet first.")
        chosen = self.columns()
        if "number" not in chosen:
            self.add_error(None, "Choose the Phone Number column. It identifies each contact.")
        for at, name in enumerate(chosen):
            if name == ASK:
                self.add_error(f"column-{at}", "This may be an opt-out column. Choose what it is.")
        for name in dict.fromkeys(name for name in chosen if name and chosen.count(name) > 1):
            if name not in SEVERAL_TIMES:
                self.add_error(None, f"Two columns are set to {self.headers[name]}. Skip one.")
        if data.get("consent_method") and not data.get("consent_words") and "agreed_words" not in chosen:
            self.add_error("consent_words", "Enter the words that these people agreed to.")
        return data

    def columns(self) -> list[str]:
        return [self.cleaned_data.get(f"column-{at}", "") for at in range(len(self.run.header))]

    def options(self) -> dict[str, Any]:
        data = self.cleaned_data
        return ImportOptions(
            country=data["country"],
            replace=bool(data["replace"]),
            told=bool(data["told"]),
            each_number=bool(data["each_number"]),
            replace_lists=data["replace_lists"],
            add_to=data["add_to"],
            consent_note=data["consent_note"],
            consent_method=data["consent_method"],
            consent_category=data["consent_category"],
            consent_words=data["consent_words"].strip(),
            consent_source=data["consent_source"].strip(),
        ).as_dict()
