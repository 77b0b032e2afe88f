"""Table of the words for the time that somebody has waited."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.templatetags.times import so_long


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "under a minute"),
        (59, "under a minute"),
        (60, "1 min"),
        (3599, "59 min"),
        (3600, "1 h"),
        (2 * 86400 - 1, "47 h"),
        (2 * 86400, "2 days"),
    ],
)
def test_how_long(seconds: int, words: str) -> None:
    assert so_long(timezone.now() - timedelta(seconds=seconds)) == words
