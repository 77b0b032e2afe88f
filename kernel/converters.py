"""URL converter `number`: a number in canonical form. A URL with another spelling does not exist."""

import re

from django.urls import register_converter

from kernel.phone_numbers import from_carrier, names_channel


class NumberConverter:
    """+15105553344, US:384387 or ACME.

    "rcs:+15105553344", as entries of older ledgers have it, leads to the page of +15105553344.

    A sender may contain any character. Those that would change the path are written with their code: "A/B" is A~2FB.
    """

    regex = "[^/]+"

    def to_python(self, value: str) -> str:
        number = re.sub("~([0-9A-F]{2})", lambda code: chr(int(code[1], 16)), value)
        canonical = from_carrier(number, "US")
        if self.to_url(number) != value or not (canonical == number or names_channel(number)):
            raise ValueError(value)
        return canonical

    def to_url(self, value: str) -> str:
        unsafe = "[~/.]" if not value.strip(".") else "[~/]"  # browsers resolve the segments "." and ".."
        return re.sub(unsafe, lambda character: f"~{ord(character[0]):02X}", value)


register_converter(NumberConverter, "number")
