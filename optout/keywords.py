"""Reads what a text asks of us: to stop, to start, to help, or nothing that a keyword says."""

import enum
import unicodedata
from collections.abc import Iterator
from functools import lru_cache


class KeywordIntent(enum.StrEnum):
    """What a text asks for, strictest first: of two readings the earlier one counts.

    HELP and NONE change no standing, so they come before the two that give the right to text back.
    YES is kept apart from START because it is also an everyday answer: it lifts less (`consent`).
    """

    STOP = "stop"
    HELP = "help"
    NONE = "none"
    YES = "yes"
    START = "start"


_STRICTEST_FIRST = tuple(KeywordIntent)

# Written without blanks or hyphens: OPTOUT is also "opt out", "OPT-OUT" and "o.p.t.o.u.t".
# The opt-out words are those of 47 CFR 64.1200(a)(10) and of Twilio, with STOP ALL.
#
# Courtesies make a keyword polite, thankful or urgent and never turn its meaning, so they ask for nothing
# themselves. The Spanish and French ones stand beside an English STOP every day. Greetings and answers
# (hi, ok, no, sorry) are left out: beside YES, END or CANCEL they are half a conversation.
_MEANINGS: dict[str, KeywordIntent] = {
    word: request
    for request, words in {
        KeywordIntent.STOP: "STOP STOPALL UNSUBSCRIBE CANCEL END QUIT REVOKE OPTOUT",
        KeywordIntent.START: "START UNSTOP",
        KeywordIntent.YES: "YES",
        KeywordIntent.HELP: "HELP INFO",
        KeywordIntent.NONE: "PLEASE PLS PLZ KINDLY NOW THANKS THANKYOU THANKU THX THANX TNX TY"
        " PORFAVOR GRACIAS MERCI SVP",
    }.items()
    for word in words.split()
}
_BEGINNINGS = frozenset(word[:length] for word in _MEANINGS for length in range(1, len(word) + 1))

# Twilio's own words, of its article 223134027 "Twilio support for opt-out keywords (SMS STOP filtering)";
# REVOKE and OPTOUT since 14 May 2025 ("Update to FCC's SMS Opt-Out Keywords", which also says: no blanks).
_TWILIO_REACTS_TO = frozenset(
    "STOP STOPALL UNSUBSCRIBE CANCEL END QUIT REVOKE OPTOUT START YES UNSTOP HELP INFO".split()
)

_CARRIERS_WORDS = {"STOP": KeywordIntent.STOP, "START": KeywordIntent.START, "HELP": KeywordIntent.HELP}


def read_intent(body: str) -> KeywordIntent:
    """What the whole text asks for; NONE unless it is nothing but keywords and courtesies.

    Of several different keywords the strictest counts ("yes, stop" is a STOP). A question re-subscribes
    nobody ("start?" is NONE), but whoever asks "STOP?" is taken at the word. Never raises; linear in time.
    """
    folded = _fold(body)
    found = set()
    for meaning in _meanings(folded):
        if meaning is None:
            return KeywordIntent.NONE
        found.add(meaning)
    request = _strictest(found - {KeywordIntent.NONE})
    if "?" in folded and request in (KeywordIntent.YES, KeywordIntent.START):
        return KeywordIntent.NONE
    return request


def may_be_opt_out(body: str) -> bool:
    """Whether an opt-out word stands in the text as a word: for a text that `read` does not take as STOP."""
    return KeywordIntent.STOP in _meanings(_fold(body))


def stricter_intent(ours: KeywordIntent, carriers: str | None) -> KeywordIntent:
    """The stricter of our own reading and the carrier's, which is Twilio's OptOutType as it came.

    A value that we do not know counts as absent. Unless both agree that the text re-subscribes, it does not;
    and our YES stays a YES where the carrier, which knows no difference, says START.
    """
    theirs = _CARRIERS_WORDS.get((carriers or "").strip().upper(), ours)
    return _strictest({ours, theirs})


def carrier_reacts(body: str) -> bool:
    """Whether Twilio by its defaults acts on this text and answers it: one of its words and nothing else.

    Any case; blanks around it do not count. "OPT OUT" and "STOP." are not among them. The words are those of
    Twilio's documentation of default keywords (help.twilio.com, article 223134027).
    """
    word = body.strip()
    return word.isascii() and word.upper() in _TWILIO_REACTS_TO


def _strictest(requests: set[KeywordIntent]) -> KeywordIntent:
    return next((request for request in _STRICTEST_FIRST if request in requests), KeywordIntent.NONE)


def _meanings(folded: str) -> Iterator[KeywordIntent | None]:
    """The meaning of each keyword and courtesy in turn, and None for each word that is neither.

    Pieces are put together as far as they make a word of the table, the longest first: that reads "opt out",
    "UN-SUBSCRIBE" and "S T O P" alike, and "un-stop" as the UNSTOP that it is.
    """
    words = folded.replace("?", " ").split()
    at = 0
    while at < len(words):
        meaning, after = None, at + 1
        joined, end = words[at], at + 1
        while joined in _BEGINNINGS:
            if joined in _MEANINGS:
                meaning, after = _MEANINGS[joined], end
            if end == len(words):
                break
            joined, end = joined + words[end], end + 1
        yield meaning
        at = after


def _fold(body: str) -> str:
    """Plain capitals and digits with blanks between words; "?" stands for any question mark."""
    return "".join(map(_fold_character, body))


@lru_cache(maxsize=4096)
def _fold_character(character: str) -> str:
    """One character at a time, since normalising a long run of combining marks as a whole is not linear."""
    name = unicodedata.name(character, "")
    if "QUESTION" in name or "INTERROBANG" in name:  # before the next step, which makes the Greek one a ";"
        return "?"
    return "".join(map(_fold_part, unicodedata.normalize("NFKD", character)))


def _fold_part(part: str) -> str:
    category = unicodedata.category(part)
    if category[0] == "M" or category == "Cf" or part in _INVISIBLE_LETTERS:
        return ""  # accents, variation selectors, zero-width characters: they are inside a word, not between
    if category[0] == "N":
        return f" {part} "  # a word of its own: "stop2quit"
    if category[0] == "L" and category != "Lm":  # Lm are signs such as the modifier apostrophe
        return part.upper()  # capitals, since that also folds the Turkish dotless i
    return " "


_INVISIBLE_LETTERS = "\N{HANGUL CHOSEONG FILLER}\N{HANGUL JUNGSEONG FILLER}"
