"""Wording of a reading: why a text was understood as an opt-out or held, for the ledger. Pure functions."""

from optout.keywords import MEANINGS, fold_keyword
from optout.reader.outcome import Outcome, TextReading

UNDERSTOOD = "understood as opt-out"  # begins the reason of an opt-out that is not one keyword alone
# The ends of such reasons that name a keyword: of a language, of the team, or with courtesies or a signature.
KEYWORD_REASONS = (", is a keyword", ", is a keyword of the team", ", has only keywords and courtesies")
MAX_REASON = 200  # characters
_MAX_FOUND = 80


def describe_reading(found: TextReading) -> str:
    """The rule with the words that it found, or the score."""
    if found.score is not None:
        return f"score {found.score / 1000:.2f} by {found.version}"
    words = " ".join(found.found.split())
    words = words if len(words) <= _MAX_FOUND else f"{words[: _MAX_FOUND - 1]}…"
    return ", ".join(filter(None, [f"“{words}”" if words else "", found.rule]))[:MAX_REASON]


def opt_out_reason(body: str, found: TextReading) -> str:
    """The reason of an opt-out by text; empty for one carrier's keyword, and for one that only the carrier read."""
    if found.outcome is not Outcome.OPT_OUT or fold_keyword(body) in MEANINGS:
        return ""
    return f"{UNDERSTOOD}: {describe_reading(found)}"[:MAX_REASON]
