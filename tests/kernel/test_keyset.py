"""Cursors of lists: their text form in addresses."""

from datetime import UTC, datetime, timedelta

import pytest

from kernel.keyset import EPOCH, Cursor

NOON = datetime(2026, 11, 22, 12, 0, 5, 120_000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cursor", "kind", "text"),
    [
        (Cursor(4711), None, "4711"),
        (Cursor(4711), datetime, "4711"),
        (Cursor(4711, NOON), datetime, f"4711~{(NOON - EPOCH) // timedelta(microseconds=1)}"),
        (Cursor(1, EPOCH - timedelta(days=1)), datetime, "1~-86400000000"),
        (Cursor(4711, "lopez, ana~1"), str, "4711~lopez, ana~1"),
        (Cursor(4711, ""), str, "4711~"),
    ],
)
def test_cursor_survives_its_text_form(cursor: Cursor, kind: type | None, text: str) -> None:
    assert str(cursor) == text
    assert Cursor.read(text, kind) == cursor


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        *(
            (text, kind)
            for text in ("", "x", "-1", "1 ", "1\n", "٣", "9" * 19, "9" * 5_000, "1~a\0")
            for kind in (None, datetime, str)
        ),
        ("1~2", None),
        ("1~", datetime),
        ("1~x", datetime),
        ("1~" + "9" * 18, datetime),
        ("1~" + "a" * 301, str),
    ],
)
def test_other_text_is_not_a_cursor(text: str, kind: type | None) -> None:
    assert Cursor.read(text, kind) is None
