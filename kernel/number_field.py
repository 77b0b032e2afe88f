"""Form field for a phone number: it reads a number in any spelling, at home in one country."""

from typing import Any

from django import forms
from phonenumber_field.formfields import PhoneNumberField

from kernel.phone_numbers import InvalidNumber, canonical, display
from kernel.recipient_numbers import recipient_fault


class NumberField(PhoneNumberField):
    """A number in any spelling; cleans to the canonical address.

    It reads like `canonical`, as all other entries do: the library by itself takes a short code for a number. With
    `short_codes`, three to six digits are a short code. `current` is a contact's present address. It stays valid even
    if nobody could enter it, such as a sender's name. `recipient_of` is a team: the number is one that it may text.
    """

    default_validators: list[Any] = []

    def __init__(
        self,
        country: str,
        current: str = "",
        label: str = "Number",
        *,
        short_codes: bool = False,
        recipient_of: Any = None,
    ) -> None:
        self.recipient_of = recipient_of
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
            number = canonical(raw, self.region, short_codes=self.short_codes)
        except InvalidNumber as error:
            raise forms.ValidationError(str(error)) from None
        self.check_recipient(number)
        return number

    def check_recipient(self, number: str) -> None:
        """Raises ValidationError if the field is for a team's recipients, and this is none."""
        team = self.recipient_of
        if team and (fault := recipient_fault(number, short_codes=team.allows_short_codes)):
            raise forms.ValidationError(fault)


def number_as_typed(number: str, country: str) -> str:
    """The number as a member of a team in this country types it: a short code has its country."""
    return number if number[2:3] == ":" else display(number, country)
