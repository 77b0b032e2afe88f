"""Reactions: phones send a like of a text as a text that quotes it, such as `Liked “See you at 5”`."""

import re
from typing import NamedTuple

# The words that iPhones and Android phones write before the quoted text. support.apple.com/104969 (Tapbacks) names the
# six kinds; since iOS 18 and on Android any emoji may be a reaction.
_WORDS = (
    "liked|loved|disliked|laughed at|emphasized|questioned|reacted .{1,16} to"
    "|removed an? (?:like|heart|dislike|laugh|exclamation|question mark|.{1,16} reaction) from"
    "|removed .{1,16} from"
)
_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff\xad]")
_REACTION = re.compile(
    rf"\s*(?P<reaction>(?:{_WORDS})|[^\w\s“\"]{{1,16}} to)\s*[“\"](?P<quoted>.*)[”\"]\s*",
    re.DOTALL | re.IGNORECASE,
)


class Reaction(NamedTuple):
    """A reaction: its words, such as "Liked" or "👍 to", and the text that it quotes."""

    words: str
    quoted: str


def read_reaction(body: str) -> Reaction | None:
    """The reaction that the whole text is, or None. A reaction says nothing in the person's own words."""
    match = _REACTION.fullmatch(_INVISIBLE.sub("", body))
    return Reaction(match["reaction"], match["quoted"].strip()) if match else None
