"""Form of the filters of the contacts page: what the fields say together."""

from typing import Any

from django import forms


class ContactFilterForm(forms.Form):
    def clean(self) -> dict[str, Any]:
        for of in ("created", "last"):
            first, last = (self.cleaned_data.get(f"{of}_{end}") for end in ("from", "to"))
            if first and last and last < first:
                self.add_error(f"{of}_to", "The end date must not be before the start date.")
        return self.cleaned_data
