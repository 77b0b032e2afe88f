"""The composer's count of segments, in the browser's own language."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

SOURCE = Path(settings.BASE_DIR, "static/js/segments.js")


@pytest.fixture(scope="module")
def counter(browser: Any) -> Any:
    page = browser.new_page()
    page.add_script_tag(content=SOURCE.read_text())
    yield lambda text: page.evaluate(
        "text => { const { length, segments, gsm } = count(text); return [length, segments, gsm] }", text
    )
    page.close()


@pytest.mark.parametrize(
    ("text", "length", "segments", "gsm"),
    [
        ("", 0, 0, True),
        ("a" * 160, 160, 1, True),
        ("a" * 161, 161, 2, True),
        ("a" * 306, 306, 2, True),
        ("a" * 307, 307, 3, True),
        ("]" * 80, 160, 1, True),
        ("]" * 81, 163, 2, True),  # 76 escaped characters fill 152 of 153 places
        ("]" * 152, 305, 2, True),
        ("]" * 153, 308, 3, True),
        ("a" + "]" * 76 + "a" * 8, 161, 2, True),
        ("é€ü", 4, 1, True),
        ("ç", 1, 1, False),
        ("😀" * 35, 70, 1, False),
        ("😀" * 36, 73, 2, False),  # 33 emoji fill 66 of 67 places
        ("😀" * 100, 203, 4, False),
        ("a" * 66 + "😀" + "a" * 66, 135, 3, False),
        ("ы" * 134, 134, 2, False),
        ("ы" * 135, 135, 3, False),
    ],
)
def test_pairs_and_escaped_characters_are_not_cut(
    counter: Any, text: str, length: int, segments: int, gsm: bool
) -> None:
    assert counter(text) == [length, segments, gsm]
