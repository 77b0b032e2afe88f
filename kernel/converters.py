"""URL converter `number`: a number in canonical form. A URL with another spelling does not exist."""

from django.urls import register_converter

from kernel.phone_numbers import from_carrier


class NumberConverter:
    """+15105553344, US:384387 or ACME."""

    regex = "[^/]+"

    def to_python(self, value: str) -> str:
        if from_carrier(value, "US") != value:
            raise ValueError(value)
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(NumberConverter, "number")
