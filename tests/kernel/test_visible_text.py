"""Visible text: invisible characters of every kind are nothing to send."""

import pytest

from kernel.visible_text import has_visible_characters, without_invisible

INVISIBLE = [
    "", " ", "\t\r\n", "\u200b", "\ufeff", "\u00a0", "\u2060", "\u00ad", "\u2800", "\u3164", "\u115f\u1160", "\uffa0",
    "\u034f", "\ufe0f", "\u202e\u202c", "\U000e0041", "\x00", "\u2028", "\u3000 \u200b",
]  # fmt: skip


@pytest.mark.parametrize("text", INVISIBLE)
def test_invisible_characters_are_no_text(text: str) -> None:
    assert not has_visible_characters(text)
    assert has_visible_characters(f"{text}.{text}")


@pytest.mark.parametrize("text", [".", "0", "👍", "\U0001fbff", "\ue000", "é", "\u0301", "\ud83d"])
def test_everything_else_is(text: str) -> None:
    assert has_visible_characters(text)


def test_marks_around_a_number_are_taken_off() -> None:
    assert without_invisible("\u202a+1 510\u200e\u202c") == "+1 510"
