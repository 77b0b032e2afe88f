"""URL converter `number`: a number in canonical form. A URL with another spelling does not exist."""

import re

from django.urls import register_converter

from kernel.phone_numbers import from_carrier


class NumberConverter:
    """+15105553344, US:384387 or ACME.

    A sender may contain any character. Those that would change the path are written with their code: "A/B" is A~2FB.
    """

    regex = "[^/]+"

    def to_python(self, value: str) -> str:
        number = re.sub("~([0-9A-F]{2})", lambda code: chr(int(code[1], 16)), value)
        if from_carrier(number, "US") != number or self.to_url(number) != value:
            raise ValueError(value)
        return number

    def to_url(self, value: str) -> str:
        unsafe = "[~/.]" if not value.strip(".") else "[~/]"  # browsers resolve the segments "." and ".."
        return re.sub(unsafe, lambda character: f"~{ord(character[0]):02X}", value)


register_converter(NumberConverter, "number")
