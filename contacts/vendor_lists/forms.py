"""Vendor list form: the vendor, the country, and a file or pasted numbers."""

import re
from typing import Any

from django import forms

from accounts.models import Team
from contacts.vendor_lists.operation import MAX_BYTES
from kernel.regions import COUNTRIES

MAX_PASTED = 200_000  # characters; the whole form has a limit


class NumbersForm(forms.Form):
    """A file of numbers or pasted numbers, and the country of numbers without a country code."""

    file = forms.FileField(
        label="Upload a file",
        required=False,
        help_text="CSV or Excel (.xlsx), up to 20 MB, with a column of phone numbers. Columns of dates and sources "
        "are optional.",
        widget=forms.FileInput({"accept": ".csv,.tsv,.txt,.xlsx"}),
    )
    text = forms.CharField(
        label="Or paste numbers",
        required=False,
        max_length=MAX_PASTED,
        help_text="One number per line, optionally followed by a date and source, separated by commas. For more "
        "than 10,000 lines, upload a file.",
        widget=forms.Textarea({"rows": 6, "placeholder": "+1 510 555 0134, 2026-03-01, texted STOP"}),
    )
    country = forms.ChoiceField(
        label="Country",
        choices=list(COUNTRIES.items()),
        help_text="Decides how numbers without a country code and dates like 03/01/2026 are read.",
    )

    def __init__(self, *args: Any, team: Team) -> None:
        super().__init__(*args)
        self.initial["country"] = team.country

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        file, text = given.get("file"), given.get("text")
        if file and text:
            self.add_error("text", "Upload a file or paste numbers, not both.")
        elif not file and not text and not self.errors:
            self.add_error("file", "Upload a file, or paste the numbers below.")
        elif file and file.size > MAX_BYTES:
            self.add_error("file", "This file is larger than 20 MB. Save it as CSV, or split it.")
        return given

    def chosen(self) -> dict[str, Any]:
        """The numbers as a file, its name, and the country."""
        given = self.cleaned_data
        data, name = (
            (given["file"].read(), given["file"].name)
            if given["file"]
            else (split_pasted_numbers(given["text"]), "")
        )
        return {"country": given["country"], "file_name": name, "data": data}


class VendorListForm(NumbersForm):
    source = forms.CharField(
        label="Former vendor",
        max_length=120,
        help_text="Shown in each number's history.",
    )

    def chosen(self) -> dict[str, Any]:
        """The arguments of create_run()."""
        return super().chosen() | {"source": self.cleaned_data["source"]}


_WHOLE_NUMBER = re.compile(r"\s*(\+[\d ()./-]{7,}|(?=(\D*\d){10})[\d ()./-]{10,})\s*")


def split_pasted_numbers(text: str) -> bytes:
    """The text as a file. A line with several numbers becomes several lines, unless a header names their columns."""
    if re.match(r"[^\d\n]*[,;\t][^\d\n]*(\n|$)", text.lstrip()):
        return text.encode()
    lines: list[str] = []
    for line in text.splitlines():
        parts = re.split("[,;\t]", line)
        several = len(parts) > 1 and all(_WHOLE_NUMBER.fullmatch(part) for part in parts if part.strip())
        lines += parts if several else [line]
    return "\n".join(lines).encode()
