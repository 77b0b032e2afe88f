"""Unfilled fields: `{{ first_name }}` in a text that is sent as it stands. Pure.

Wherever fields are filled, see messaging.text_templates. Everywhere else such a text was not meant to be sent.
"""

import re

from django.core.exceptions import ValidationError

FIELD = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
LONGEST_SHOWN = 60  # characters of a field in a sentence


def has_fields(text: str) -> bool:
    return FIELD.search(text) is not None


def unfilled_fault(text: str) -> str:
    """Which field of a text is not filled, and what to do; empty if it has none."""
    field = FIELD.search(text)
    if field is None:
        return ""
    shown = " ".join(field[0].split())[:LONGEST_SHOWN]
    return (
        f"{shown} would be sent as it stands. Write the words in its place."
        " To send braces, put a space between them: { { name } }."
    )


def refuse_fields(text: str) -> None:
    """Validator of form fields. Raises ValidationError if the text has an unfilled field."""
    if fault := unfilled_fault(text):
        raise ValidationError(fault)
