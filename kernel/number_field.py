"""FIXME module docstring."""

from typing import Any

from django import forms
from phonenumber_field.formfields import PhoneNumberField

from accounts.models import Team
from kernel.phone_numbers import InvalidNumber, canonical, display


class NumberField(PhoneNumberField):
    """A number in any spelling, at home in the team's country; cleans to the canonical address.

    The reading is `canonical`'s, as at every other edge: by itself the library takes a short code for a number.
    `current` is the address that the contact has: a sender whom nobody can text keeps it, though nobody could enter it.
    """

    default_validators: list[Any] = []

    def __init__(self, team: Team, current: str = "") -> None:
        self.current, self.shown = current, number_as_typed(current, team)
        widget = forms.TextInput({"type": "tel", "autocomplete": "off", "placeholder": "(510) 555-3344"})
        super().__init__(label="Number", region=team.country, widget=widget)
        self.error_messages["required"] = "Enter a phone number."

    def to_python(self, value: Any) -> str:
        raw = forms.CharField.to_python(self, value)
        if not raw or (self.current and raw in (self.current, self.shown)):
            return self.current if raw else ""
        try:
            return canonical(raw, self.region)
        except InvalidNumber as why:
            raise forms.ValidationError(str(why)) from None


def number_as_typed(number: str, team: Team) -> str:
    """As a member of the team would type it; another country's short code cannot do without its country."""
    shown = display(number, team.country)
    return number if number[2:3] == ":" and number[:2] != team.country else shown
