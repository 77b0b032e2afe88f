"""Reading form of an import: the sheet, the encoding and the line of the headers, when the file was read otherwise."""

from typing import Any

from django import forms

from contacts.imports.file_reading import StoredReading
from contacts.imports.models import Import
from kernel.spreadsheets.csv_reader import ENCODINGS
from kernel.spreadsheets.header import SEARCHED


class ImportReadingForm(forms.Form):
    """A workbook has a sheet to choose, a CSV file an encoding."""

    sheet = forms.ChoiceField(label="Sheet")
    encoding = forms.ChoiceField(
        label="Encoding",
        choices=[(name, name) for name in ENCODINGS],
        help_text="Choose another if letters like é or ü look wrong in the examples below.",
    )
    header_line = forms.IntegerField(
        label="Line with the headers",
        min_value=1,
        max_value=1_048_576,
        required=False,
        help_text=f"One of the first {SEARCHED} lines. Leave it empty to find it by the headers.",
    )

    def __init__(self, run: Import, data: Any = None) -> None:
        self.stored = stored = StoredReading.of(run)
        initial = {
            "sheet": stored.sheet, "encoding": stored.encoding, "header_line": stored.header_line or None
        }  # fmt: skip
        super().__init__(data, initial=initial)
        hidden = set(stored.hidden_sheets)
        sheets: Any = self.fields["sheet"]
        sheets.choices = [(name, f"{name} (hidden)" if name in hidden else name) for name in stored.sheets]
        del self.fields["encoding" if stored.sheets else "sheet"]

    @property
    def chosen(self) -> StoredReading:
        """The reading that the admin chose. Another sheet has its headers elsewhere."""
        data = self.cleaned_data
        same_sheet = data.get("sheet", "") == self.stored.sheet
        return StoredReading(
            sheet=data.get("sheet", ""),
            encoding=data.get("encoding", ""),
            header_line=(data["header_line"] or 0) if same_sheet or "header_line" in self.changed_data else 0,
        )
