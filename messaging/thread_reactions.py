"""Reactions in a thread: a like that a phone sent as a text is shown at the text that it quotes."""

from collections.abc import Iterable
from dataclasses import dataclass

from messaging.models import Message
from optout.reader.reactions import Reaction, read_reaction

# The emoji of the six Tapbacks; support.apple.com/104969.
_TAPBACKS = {
    "liked": "👍",
    "loved": "❤️",
    "disliked": "👎",
    "laughed at": "😂",
    "emphasized": "‼️",
    "questioned": "❓",
    "like": "👍",
    "heart": "❤️",
    "dislike": "👎",
    "laugh": "😂",
    "exclamation": "‼️",
    "question mark": "❓",
}


@dataclass(frozen=True)
class ShownReaction:
    """A reaction at the text that it quotes, or alone if that text is not in the thread."""

    message: Message
    emoji: str
    removed: bool
    quoted: str

    @property
    def sentence(self) -> str:
        if self.removed:
            return f"Removed {self.emoji} from: {self.quoted}"
        return f"Reacted {self.emoji} to: {self.quoted}"


def shown_reaction(message: Message) -> ShownReaction | None:
    """The reaction that an inbound text is, or None."""
    found = None if message.outbound or message.media else read_reaction(message.body)
    return ShownReaction(message, _emoji(found), _is_removal(found), found.quoted) if found else None


def quoted_text(reaction: ShownReaction, texts: Iterable[Message]) -> Message | None:
    """The newest of our texts before the reaction that it quotes. Phones cut a long quotation off with "…"."""
    start = _folded(reaction.quoted.rstrip(".… "))
    is_cut = reaction.quoted.rstrip().endswith(("…", "..."))
    earlier = (text for text in texts if text.outbound and text.at <= reaction.message.at)
    matching = [text for text in earlier if start and _quotes(_folded(text.body), start, is_cut)]
    return max(matching, key=lambda text: (text.at, text.id), default=None)


def _quotes(body: str, start: str, is_cut: bool) -> bool:
    return body.startswith(start) if is_cut else body.rstrip(".… ") == start


def _folded(words: str) -> str:
    return " ".join(words.split()).casefold()


def _emoji(found: Reaction) -> str:
    words = _folded(found.words)
    for ending in (" to", " from"):
        words = words.removesuffix(ending)
    for beginning in ("reacted ", "removed an ", "removed a ", "removed "):
        words = words.removeprefix(beginning)
    words = words.removesuffix(" reaction")
    return _TAPBACKS.get(words, words.strip())


def _is_removal(found: Reaction) -> bool:
    return _folded(found.words).startswith("removed")
