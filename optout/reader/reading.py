"""Reading of an inbound text: its outcome and the reason for it."""

from optout.keywords import contains_opt_out_word, read_keyword
from optout.reader.english import opt_out_in, possible_opt_out_in
from optout.reader.outcome import Outcome, ReaderSettings, ReadingMode, TextReading
from optout.reader.reactions import read_reaction
from optout.reader.signatures import without_signature
from optout.reader.words import sentences

DEFAULT = ReaderSettings()


def read(body: str, settings: ReaderSettings = DEFAULT) -> TextReading:
    """The outcome for a text. Below a signature STOP counts too; opt-ins count only as the whole text.

    Pure and without network; never raises.
    """
    keyword = read_keyword(body)
    if keyword is Outcome.CONVERSATION and read_keyword(without_signature(body)) is Outcome.OPT_OUT:
        keyword = Outcome.OPT_OUT
    if keyword is not Outcome.CONVERSATION:
        return TextReading(keyword, rule="is a keyword", found=body.strip())
    if _may_be_opt_out(body):
        if settings.mode is ReadingMode.KEYWORDS:
            return TextReading(Outcome.CONVERSATION, may_be_opt_out=True)
        return TextReading(Outcome.HOLD)
    return TextReading(Outcome.CONVERSATION)


def _may_be_opt_out(body: str) -> bool:
    """Whether a text that is no STOP may ask to stop. A reaction to a text of ours never does."""
    if read_reaction(body):
        return False
    return contains_opt_out_word(body) or any(
        opt_out_in(sentence) or possible_opt_out_in(sentence) for sentence in sentences(body)
    )
