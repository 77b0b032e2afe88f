"""Visible text: what a person sees of a text."""

import unicodedata

# Letters and symbols that fonts draw as nothing, besides spaces, controls and format characters (Unicode's property
# Default_Ignorable_Code_Point, and the empty Braille pattern).
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0") | {
    chr(c) for c in range(0xFE00, 0xFE10)
}

_UNSEEN = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf"})


def has_visible_characters(text: str) -> bool:
    """Whether the text has a character that is neither a space, a control, nor otherwise invisible."""
    return any(
        unicodedata.category(character) not in _UNSEEN and character not in _BLANK for character in text
    )


def without_invisible(text: str) -> str:
    """The text without format characters, such as the direction marks around a copied number."""
    return "".join(character for character in text if unicodedata.category(character) != "Cf")
