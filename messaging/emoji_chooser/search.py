"""Search of emoji by name, in the Unicode data of the package "emoji". Pure function."""

from functools import cache
from typing import NamedTuple

from emoji import EMOJI_DATA, STATUS

MAX_FOUND = 64
NEWEST = 15  # version of Unicode's emoji that phones in use show
# What the chooser shows before anything is typed.
COMMON = (
    "👍 🙏 😊 😀 😂 🙂 😉 😍 🥰 😎 🤔 😅 😢 😬 😴 🙌 👏 👋 💪 👌 ✌️ 🤝 ❤️ 💙 🎉 🎁 🎂 ✨ ⭐ 🔥 ✅ ❌ ❗ ❓"
    " 📅 ⏰ 📍 📞 📧 📷 🚗 🏠 💳 ☀️"
).split()


class Emoji(NamedTuple):
    """An emoji with its name, such as "thumbs up"."""

    character: str
    name: str


def find_emoji(typed: str) -> list[Emoji]:
    """The emoji with a name in which each typed word begins a word, exact names first; the common ones for nothing."""
    words = _plain(typed).split()
    if not words:
        known = _names()
        return [Emoji(character, known[character][0]) for character in COMMON]
    found = [
        Emoji(character, names[0])
        for character, names in _names().items()
        if any(_matches(name, words) for name in names)
    ]
    return sorted(found, key=lambda emoji: (emoji.name != " ".join(words), len(emoji.name)))[:MAX_FOUND]


def _matches(name: str, words: list[str]) -> bool:
    of_name = name.split()
    return all(any(part.startswith(word) for part in of_name) for word in words)


def _plain(text: str) -> str:
    """A name without punctuation: ":thumbs_up:" and "Thumbs-up" are "thumbs up"."""
    return "".join(char if char.isalnum() else " " for char in text.lower()).strip()


@cache
def _names() -> dict[str, list[str]]:
    """The names of each emoji, the usual one first. Skin tones are left out."""
    return {
        character: [_plain(name) for name in (data["en"], *data.get("alias", []))]
        for character, data in EMOJI_DATA.items()
        if data["status"] == STATUS["fully_qualified"]
        and data["E"] <= NEWEST
        and not _has_skin_tone(character)
    }


def _has_skin_tone(character: str) -> bool:
    return any("\U0001f3fb" <= part <= "\U0001f3ff" for part in character)
