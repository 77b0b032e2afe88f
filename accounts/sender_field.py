"""Form field for the sender of an inbox: a number, a short code, a sender's name, or an RCS agent."""

import re
from typing import Any

from django import forms

from kernel.number_field import NumberField
from kernel.phone_numbers import is_agent

# help.twilio.com/articles/223181348: 1 to 11 letters, digits, spaces and + - _ &, with at least one letter.
_NAME = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9+_& -]{1,11}")


class SenderField(NumberField):
    """Cleans to the canonical address."""

    def __init__(self, country: str) -> None:
        super().__init__(country, short_codes=True)
        self.widget.attrs["type"] = "text"
        self.widget.input_type = "text"
        self.help_text = (
            "Or a short code, a name of up to 11 letters and digits, or an RCS agent like rcs:our_agent."
        )

    def to_python(self, value: Any) -> str:
        raw = " ".join((forms.CharField.to_python(self, value) or "").split())
        if is_agent(raw.lower()):
            return raw.lower()
        return raw if _NAME.fullmatch(raw) else super().to_python(value)
