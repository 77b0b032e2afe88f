"""Settings by which texts to an inbox are read: its mode, its languages and the team's own keywords."""

from accounts.models import Inbox
from optout.keywords import fold_keyword
from optout.languages import inbox_languages
from optout.reader.outcome import Outcome, ReaderSettings, ReadingMode


def reader_settings(inbox: Inbox) -> ReaderSettings:
    """The settings of an inbox. Reads nothing: the inbox and its team are loaded."""
    extra = {
        fold_keyword(word): Outcome(outcome)
        for outcome, words in inbox.team.extra_keywords.items()
        for word in words
    }
    languages = inbox_languages(inbox.languages, inbox.team.country)
    return ReaderSettings(ReadingMode(inbox.opt_out_reading), languages, extra)
