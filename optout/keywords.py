"""Keywords: the request of an inbound text, read from its words. Pure functions."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache

from kernel.visible_text import without_invisible
from optout.reader.look_alikes import with_plain_letters
from optout.reader.outcome import Outcome

_STRICTEST_FIRST = tuple(Outcome)

# Words are written without spaces and hyphens: OPTOUT is also "opt out", "OPT-OUT" and "o.p.t.o.u.t".
# The opt-out words are those of 47 CFR 64.1200(a)(10) and of Twilio, and STOP ALL.
#
# Courtesies (CONVERSATION) make a keyword polite, thankful or urgent and do not change its meaning. People write those
# of their own language beside an English STOP. Greetings and answers (hi, ok, no, sorry) are not in the table: with
# YES, END or CANCEL they are conversation.
MEANINGS: dict[str, Outcome] = {
    word: request
    for request, words in {
        Outcome.OPT_OUT: "STOP STOPALL UNSUBSCRIBE CANCEL END QUIT REVOKE OPTOUT",
        Outcome.OPT_IN: "START UNSTOP",
        Outcome.YES: "YES",
        Outcome.HELP: "HELP INFO AIDE",
        Outcome.CONVERSATION: "PLEASE PLEASEE PLS PLZ KINDLY NOW THANKS THANKYOU THANKU THX THANX TNX TY"
        " THNX ASAP IMMEDIATELY"
        " PORFAVOR PORFA GRACIAS MERCI SVP SILVOUSPLAIT SILTEPLAIT STP OBRIGADO OBRIGADA BITTE DANKE DANKESCHON"
        " ALSJEBLIEFT ALSTUBLIEFT AUB BEDANKT DANKJEWEL DANKUWEL GRAZIE PERFAVORE PERCORTESIA",
    }.items()
    for word in words.split()
}


class KeywordTable:
    """Keywords and courtesies with their meanings."""

    def __init__(self, meanings: Mapping[str, Outcome]) -> None:
        self.meanings = meanings
        self.beginnings = frozenset(word[:length] for word in meanings for length in range(1, len(word) + 1))


ENGLISH_KEYWORDS = KeywordTable(MEANINGS)

# An opt-in in any case, with spaces around it and closing punctuation.
_OPT_IN = re.compile(r"(?:START|UNSTOP|YES)[\s.!…]*", re.IGNORECASE | re.ASCII)

_TWILIO_OPT_OUT_TYPES = {"STOP": Outcome.OPT_OUT, "START": Outcome.OPT_IN, "HELP": Outcome.HELP}


def read_keyword(body: str, table: KeywordTable = ENGLISH_KEYWORDS) -> Outcome:
    """The request of the whole text; CONVERSATION unless it consists of keywords and courtesies alone.

    Of several different keywords the strictest counts ("yes, stop" is a STOP). Opt-ins count only as one word alone:
    carriers ignore every other spelling and would go on refusing our texts. So "yes please" and "start?" are
    CONVERSATION, but "STOP?" is a STOP. Never raises; takes linear time.
    """
    requests = set()
    for meaning in _meanings(_fold(body), table):
        if meaning is None:
            return Outcome.CONVERSATION
        requests.add(meaning)
    request = _strictest(requests - {Outcome.CONVERSATION})
    if request in (Outcome.YES, Outcome.OPT_IN) and not _OPT_IN.fullmatch(without_invisible(body).strip()):
        return Outcome.CONVERSATION
    return request


def fold_keyword(text: str) -> str:
    """Plain capitals and digits without spaces, as keywords are compared: "dar de baja" is DARDEBAJA."""
    return "".join(_fold(text).split())


def stricter_outcome(ours: Outcome, carriers: str | None) -> Outcome:
    """The stricter of our own reading and the carrier's, which is Twilio's unchanged OptOutType.

    An unknown value counts as absent. A text is an opt-in only if both readings say so. Our YES stays a YES if the
    carrier, which does not distinguish them, says START.
    """
    theirs = _TWILIO_OPT_OUT_TYPES.get((carriers or "").strip().upper(), ours)
    return _strictest({ours, theirs})


def _strictest(requests: set[Outcome]) -> Outcome:
    return next((request for request in _STRICTEST_FIRST if request in requests), Outcome.CONVERSATION)


def _meanings(folded: str, table: KeywordTable) -> Iterator[Outcome | None]:
    """The meaning of each keyword and courtesy in turn, and None for each other word.

    Adjacent words are joined to the longest word of the table: "opt out", "UN-SUBSCRIBE" and "S T O P" are keywords,
    and "un-stop" is UNSTOP.
    """
    words = folded.split()
    at = 0
    while at < len(words):
        meaning, after = None, at + 1
        joined, end = words[at], at + 1
        while joined in table.beginnings:
            if joined in table.meanings:
                meaning, after = table.meanings[joined], end
            if end == len(words):
                break
            joined, end = joined + words[end], end + 1
        yield meaning
        at = after


def _fold(body: str) -> str:
    """Plain capitals and digits, with spaces between words."""
    if body.isascii():
        return body.upper().translate(_ASCII)
    return "".join(map(_fold_character, with_plain_letters(body)))


@lru_cache(maxsize=4096)
def _fold_character(character: str) -> str:
    """Fold one character: normalizing a long run of combining marks as a whole would not take linear time."""
    return "".join(map(_fold_part, unicodedata.normalize("NFKD", character)))


def _fold_part(part: str) -> str:
    category = unicodedata.category(part)
    if category[0] == "M" or category == "Cf" or part in _INVISIBLE_LETTERS:
        return ""  # accents, variation selectors, zero-width characters do not separate words
    if category[0] == "N":
        return f" {part} "  # a separate word: "stop2quit"
    if category[0] == "L" and category != "Lm":  # Lm contains signs such as the modifier apostrophe
        return part.upper()  # upper case also folds the Turkish dotless i
    return " "


_INVISIBLE_LETTERS = "\N{HANGUL CHOSEONG FILLER}\N{HANGUL JUNGSEONG FILLER}"
_ASCII = {code: _fold_part(chr(code)) for code in range(128)}
