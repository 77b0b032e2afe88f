"""Names of time zones."""

import pytest

from kernel.regions import format_zone


@pytest.mark.parametrize(("time_zone", "words"), [
    ("America/Los_Angeles", "Pacific time"), ("America/New_York", "Eastern time"), ("Europe/Berlin", "Berlin time"),
    ("America/Argentina/Buenos_Aires", "Buenos Aires time"), ("UTC", "UTC"),
])  # fmt: skip
def test_time_zones(time_zone: str, words: str) -> None:
    assert format_zone(time_zone) == words
