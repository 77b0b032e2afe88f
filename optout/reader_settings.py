"""Settings by which texts to an inbox are read: its mode, its languages and the team's own keywords."""

from accounts.models import Inbox
from optout.reader.outcome import Outcome, ReaderSettings, ReadingMode


def reader_settings(inbox: Inbox) -> ReaderSettings:
    """The settings of an inbox. Reads nothing: the inbox and its team are loaded."""
    extra = {word: Outcome(outcome) for outcome, words in inbox.team.extra_keywords.items() for word in words}
    return ReaderSettings(ReadingMode(inbox.opt_out_reading), tuple(inbox.languages), extra)
