"""Search of emoji by name: any words of a name, in any spelling, and the common ones before anything is typed."""

import pytest

from messaging.emoji_chooser.search import COMMON, MAX_FOUND, find_emoji


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("thumbs up", "👍"), ("Thumbs-UP", "👍"), (":thumbs_up:", "👍"), ("thumb u", "👍"), ("up thumbs", "👍"),
        ("tada", "🎉"), ("party popper", "🎉"),  # by either of its names
        ("red heart", "❤️"), ("germany", "🇩🇪"), ("check mark button", "✅"), ("dog", "🐕"),
    ],
)  # fmt: skip
def test_found_by_name(typed: str, first: str) -> None:
    assert find_emoji(typed)[0].character == first


@pytest.mark.parametrize("typed", ["", "  ", "!?", "\0"])
def test_the_common_ones_for_nothing(typed: str) -> None:
    found = find_emoji(typed)
    assert tuple(emoji.character for emoji in found) == tuple(COMMON)
    assert all(emoji.name for emoji in found)


def test_nothing_is_found_for_other_words() -> None:
    assert find_emoji("thumbs sideways") == []


def test_few_are_found_and_none_with_a_skin_tone() -> None:
    found = find_emoji("f")
    assert len(found) == MAX_FOUND
    assert not any(
        "skin tone" in emoji.name for typed in ("thumbs up", "hand", "f") for emoji in find_emoji(typed)
    )
