"""Reading of an inbound text: its request, and whether it may ask to stop in other words."""

from optout.keywords import KeywordIntent, contains_opt_out_word, read_intent
from optout.reader.english import opt_out_in, possible_opt_out_in
from optout.reader.reactions import read_reaction
from optout.reader.signatures import without_signature
from optout.reader.words import sentences


def read_request(body: str) -> KeywordIntent:
    """The request of a text. Below a signature STOP counts too; opt-ins count only as the whole text."""
    intent = read_intent(body)
    if intent is KeywordIntent.NONE and read_intent(without_signature(body)) is KeywordIntent.STOP:
        return KeywordIntent.STOP
    return intent


def may_be_opt_out(body: str) -> bool:
    """Whether a text that is no STOP may ask to stop: a person decides. A reaction to a text of ours never does."""
    if read_reaction(body):
        return False
    return contains_opt_out_word(body) or any(
        opt_out_in(sentence) or possible_opt_out_in(sentence) for sentence in sentences(body)
    )
