"""Settings by which texts to an inbox are read: its mode, its languages and the team's own keywords."""

from accounts.models import Inbox
from optout.reader.keyword_packs import country_languages
from optout.reader.outcome import Outcome, ReaderSettings, ReadingMode


def reader_settings(inbox: Inbox) -> ReaderSettings:
    """The settings of an inbox, with the languages of its team's country. Reads nothing: inbox and team are loaded."""
    languages = dict.fromkeys((*country_languages(inbox.team.country), *inbox.languages))
    extra = {word: Outcome(outcome) for outcome, words in inbox.team.extra_keywords.items() for word in words}
    return ReaderSettings(ReadingMode(inbox.opt_out_reading), tuple(languages), extra)
