"""Form field for a phone number: it reads a number in any spelling, at home in one country."""

from typing import Any

from django import forms
from phonenumber_field.formfields import PhoneNumberField

from kernel.phone_numbers import InvalidNumber, canonical, display


class NumberField(PhoneNumberField):
    """A number in any spelling; cleans to the canonical address.

    It reads like `canonical`, as all other entries do: the library by itself takes a short code for a number. With
    `short_codes`, three to six digits are a short code. `current` is a contact's present address. It stays valid even
    if nobody could enter it, such as a sender's name.
    """

    default_validators: list[Any] = []

    def __init__(
        self, country: str, current: str = "", label: str = "Number", *, short_codes: bool = False
    ) -> None:
        self.short_codes = short_codes
        self.current, self.shown = current, number_as_typed(current, country)
        widget = forms.TextInput({"type": "tel", "autocomplete": "off", "placeholder": "(510) 555-3344"})
        super().__init__(label=label, region=country, widget=widget)
        self.error_messages["required"] = "Enter a phone number."

    def to_python(self, value: Any) -> str:
        raw = forms.CharField.to_python(self, value)
        if not raw or (self.current and raw in (self.current, self.shown)):
            return self.current if raw else ""
        try:
            return canonical(raw, self.region, short_codes=self.short_codes)
        except InvalidNumber as error:
            raise forms.ValidationError(str(error)) from None


def number_as_typed(number: str, country: str) -> str:
    """The number as a member of a team in this country types it: a short code has its country."""
    return number if number[2:3] == ":" else display(number, country)
