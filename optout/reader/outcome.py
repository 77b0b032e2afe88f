"""Outcome of reading an inbound text, and how a team has its texts read. Pure values."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field


class Outcome(enum.StrEnum):
    """What is done about a text, strictest first: of two outcomes the earlier counts.

    HELP and CONVERSATION change no standing, so they come before YES and OPT_IN, which lift opt-outs.
    YES differs from OPT_IN because it is also an everyday answer: it lifts less (see optout.consent.apply_keyword).
    """

    OPT_OUT = "stop"
    HOLD = "hold"  # nothing automatic is sent until a member has decided
    HELP = "help"
    CONVERSATION = "none"
    YES = "yes"
    OPT_IN = "start"

    @property
    def is_request(self) -> bool:
        """Whether it is applied at once, under the number's lock."""
        return self not in (Outcome.HOLD, Outcome.CONVERSATION)


class ReadingMode(enum.StrEnum):
    """What an inbox does with opt-outs in a person's own words. Keywords opt out in each mode."""

    ACT = "act"  # the grammar opts out, the score holds
    HOLD = "hold"  # both hold
    KEYWORDS = "keywords"  # both only mark the text


@dataclass(frozen=True)
class ReaderSettings:
    """How texts to one inbox are read.

    `languages` are the packs whose keywords count there besides English; `extra_words` are the team's own keywords,
    folded as by optout.keywords, with their outcomes.
    """

    mode: ReadingMode = ReadingMode.ACT
    languages: tuple[str, ...] = ()
    extra_words: Mapping[str, Outcome] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TextReading:
    """The outcome for a text, and its reason: the rule and the words that it found, or the score.

    `rule` says in plain words what the text asks ("asks to be removed"); it is empty for conversation. `score` is in
    thousandths and `version` names the file of weights that gave it; both only if the score decided.
    """

    outcome: Outcome
    rule: str = ""
    found: str = ""  # the words of the text that the rule found
    language: str = ""  # of the words, such as "en"
    score: int | None = None
    version: str = ""
    may_be_opt_out: bool = False  # a text that would be held, in an inbox that reads keywords only
    wants_texts: bool = False  # a wish to be texted again, in other words than an opt-in keyword
