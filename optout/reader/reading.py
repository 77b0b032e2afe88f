"""Reading of an inbound text: its outcome and the reason for it."""

from dataclasses import replace

from kernel.visible_text import without_invisible
from optout.keywords import fold_keyword, read_keyword
from optout.reader.automatic_replies import is_automatic_reply
from optout.reader.concept_rules import Request, named_request_in, request_in, scattered_request_in
from optout.reader.further_languages import further_request
from optout.reader.grammar import Finding
from optout.reader.keyword_ends import keyword_at_an_end, keyword_sentence, without_echoes
from optout.reader.keyword_packs import keyword_language, keyword_table
from optout.reader.languages.all_languages import GrammarReading, read_grammars, read_wish
from optout.reader.outcome import Outcome, ReaderSettings, ReadingMode, TextReading
from optout.reader.quotes import own_words
from optout.reader.reactions import read_reaction
from optout.reader.score import THRESHOLD, VERSION, score_of
from optout.reader.short_texts import copied_stop, doubtful_stop, is_farewell, short_hold, short_opt_out
from optout.reader.signatures import without_signature
from optout.reader.slips import SLIPS
from optout.reader.words import Sentence, sentences

DEFAULT = ReaderSettings()
CONVERSATION = TextReading(Outcome.CONVERSATION)
WISH = TextReading(Outcome.CONVERSATION, wants_texts=True)
_STOP_SIGNS = {"🛑": Outcome.OPT_OUT, "⛔": Outcome.HOLD, "🚫": Outcome.HOLD}
KEYWORD_RULES = {
    "is a keyword", "has only keywords and courtesies", "is a keyword of the team", "is a misspelt keyword",
    "is a stop sign",
}  # fmt: skip
_LONGEST_EXTRA_WORD = 100  # characters
_LONGEST_SLIP = 100  # characters, with courtesies
_MOST_WORDS_OF_SLIP = 6
_MOST_SPACES_OF_SLIP = 12
_MOST_TOKENS_OF_SLIP = 8  # words, and signs between spaces
_MOST_SIGNS = 20
# The score in thousandths that a text needs beside a rule; they were chosen on folds of the training texts.
DISMISSED = 80  # below it, what a rule of a language found is chance
UNLIKELY = 200  # the same for what a rule of a language would hold
DOUBTED = 400  # below it, an opt-out by a rule of a language holds
HELD_IF_NAMED = 400  # above it, a text holds that names to stop; others above THRESHOLD
SURE = 880  # below it, an opt-out by a rule of concepts holds
SURE_DESPITE = 900  # from it, a text holds in spite of a denial or a wish to be texted again


def read(body: str, settings: ReaderSettings = DEFAULT) -> TextReading:
    """The outcome for a text, with its reason. This is the one function that says what a text asks for.

    In this order: keywords, with or without a signature or a quoted text above them; reactions and automatic replies;
    languages without a grammar; the score; the grammar of opt-outs, unless the score is low; the score alone, which
    only holds. Opt-ins count only as the whole text. Pure, without network; never raises; takes linear time.
    """
    own = own_words(body).text
    parts = sentences(own)
    return _in_mode(
        _read_keywords(body, own, parts, settings) or _read_words(body, own, parts), settings.mode
    )


def _read_keywords(
    body: str, own: str, parts: list[Sentence], settings: ReaderSettings
) -> TextReading | None:
    """The reading of a text of keywords, or None. `own` are the words that it does not quote, `parts` its sentences."""
    table = keyword_table(settings.languages)
    if (outcome := read_keyword(body, table)) is not Outcome.CONVERSATION:
        return _keyword(outcome, body, settings)
    if extra := _read_extra_word(body, settings):
        return extra
    unsigned = without_signature(own)
    if unsigned != body and read_keyword(unsigned, table) is Outcome.OPT_OUT:
        return _keyword(Outcome.OPT_OUT, unsigned, settings)
    return _read_slip(unsigned, parts if unsigned == own else None) or _read_stop_sign(body)


def _keyword(outcome: Outcome, body: str, settings: ReaderSettings) -> TextReading:
    is_one = fold_keyword(body) in keyword_table(settings.languages).meanings
    rule = "is a keyword" if is_one else "has only keywords and courtesies"
    rule = "may be a keyword" if outcome is Outcome.HOLD else rule
    return TextReading(outcome, rule, body.strip(), keyword_language(body, settings.languages))


def _read_extra_word(body: str, settings: ReaderSettings) -> TextReading | None:
    """The reading of one of the team's own keywords, as the whole text."""
    if settings.extra_words and len(body) <= _LONGEST_EXTRA_WORD:
        outcome = settings.extra_words.get(fold_keyword(body), Outcome.CONVERSATION)
        if outcome is not Outcome.CONVERSATION:
            return TextReading(outcome, "is a keyword of the team", body.strip())
    return None


def _read_slip(text: str, parts: list[Sentence] | None) -> TextReading | None:
    """The reading of one misspelt keyword, with courtesies around it. `parts` are the sentences, if known."""
    if (
        len(text) > _LONGEST_SLIP
        or text.count(" ") > _MOST_SPACES_OF_SLIP
        or len(text.split()) > _MOST_TOKENS_OF_SLIP
    ):
        return None
    words = [word for sentence in parts or sentences(text) for word in sentence.words.split(" ")]
    slips = [SLIPS.get(word) for word in words]
    if not any(slips) or len(words) > _MOST_WORDS_OF_SLIP:
        return None
    corrected = " ".join(slip or word for slip, word in zip(slips, words, strict=True))
    if read_keyword(corrected, keyword_table(())) is Outcome.OPT_OUT:
        return TextReading(Outcome.OPT_OUT, "is a misspelt keyword", text.strip(), "en")
    return None


def _read_stop_sign(body: str) -> TextReading | None:
    """The reading of a stop sign, alone or among other signs, beside which it holds."""
    if len(body) > _MOST_SIGNS:
        return None
    signs = set(without_invisible(body).replace("\ufe0f", "").split()) if not body.isascii() else set()
    outcomes = {_STOP_SIGNS.get(sign) for text in signs for sign in text}
    if not outcomes - {None} or any(map(str.isalnum, body)):
        return None
    outcome = Outcome.OPT_OUT if outcomes == {Outcome.OPT_OUT} else Outcome.HOLD
    return TextReading(outcome, "is a stop sign", body.strip())


def _read_words(body: str, own: str, parts: list[Sentence]) -> TextReading:
    """The reading of a text that is not of keywords. A short text is also compared as a whole."""
    if read_reaction(body) or is_automatic_reply(body) or is_farewell(parts):
        return CONVERSATION
    if found := short_opt_out(parts) or doubtful_stop(parts) or copied_stop(body):
        return _found(found)
    further = further_request(own, parts)
    if further and further.outcome is Outcome.OPT_OUT:
        return _found(further)
    reading = _read_sentences(own, parts)
    if not reading.language and not reading.wants_texts:  # no rule of a language decided
        if found := short_hold(parts):
            return _found(found)
        if reading == CONVERSATION and further:
            return _found(further)
    return reading


def _found(found: Finding) -> TextReading:
    return TextReading(found.outcome, found.rule, found.found, found.language)


def _read_sentences(own: str, parts: list[Sentence]) -> TextReading:
    """The reading by the score and the grammar. An opt-out beside a wish to be texted again holds."""
    score = score_of(own)
    if score < DISMISSED:
        return _read_dismissed(parts)
    grammar = read_grammars(without_echoes(parts, own))
    if grammar.wants_texts and not grammar.finding:
        return _despite(score) or WISH
    if found := keyword_at_an_end(grammar, score):
        return _found(found)
    if grammar.finding and (score >= UNLIKELY or grammar.finding.outcome is Outcome.OPT_OUT):
        return _read_finding(grammar.finding, score, grammar)
    return _read_score(score, grammar)


def _read_dismissed(parts: list[Sentence]) -> TextReading:
    """The reading of a text whose score is so low that rules of a language do not count. STOP as a sentence holds."""
    if found := keyword_sentence(parts):
        return _found(found)
    return WISH if read_wish(parts) else CONVERSATION


def _read_finding(found: Finding, score: int, grammar: GrammarReading) -> TextReading:
    """The reading of a text in which a rule of a language found something."""
    if found.outcome is Outcome.HOLD and (request := _request_in(score, grammar, but=found.found)):
        return TextReading(Outcome.OPT_OUT, request.rule, request.found)
    outcome = found.outcome if score >= DOUBTED and not grammar.wants_texts else Outcome.HOLD
    return TextReading(outcome, found.rule, found.found, found.language, wants_texts=grammar.wants_texts)


def _read_score(score: int, grammar: GrammarReading) -> TextReading:
    """The reading of a text that no rule of a language decides. The score alone only holds: it never lifts.

    A rule of concepts opts out, unless the score leaves a doubt. What a denial is about does not count.
    """
    if score <= HELD_IF_NAMED:
        return CONVERSATION
    undenied = grammar.undenied
    names = named_request_in(undenied) is not None
    if len(undenied) < len(grammar.sentences):
        whole, score = score, score_of(". ".join(sentence.written for sentence in undenied))
        if not names or min(whole, score) <= THRESHOLD:
            return _despite(whole) or CONVERSATION
    if score <= (HELD_IF_NAMED if names else THRESHOLD):
        return CONVERSATION
    if request := _request_in(score, grammar):
        return TextReading(Outcome.OPT_OUT, request.rule, request.found)
    return _hold(score)


def _request_in(score: int, grammar: GrammarReading, but: str = "") -> Request | None:
    """The request that a rule of concepts finds, if the score is sure of it and no words take it back.

    The words `but`, which only hold, are no request: "I'm not interested".
    """
    if score < SURE or grammar.wants_texts or grammar.is_reserved():
        return None
    undenied = grammar.undenied
    if but:
        undenied = [each._replace(written=each.written.replace(but, " ")) for each in undenied]
    return request_in(undenied) or scattered_request_in(undenied) or named_request_in(undenied)


def _despite(score: int) -> TextReading | None:
    """A hold, if the score is sure in spite of words that take a request back."""
    return _hold(score) if score >= SURE_DESPITE else None


def _hold(score: int) -> TextReading:
    return TextReading(Outcome.HOLD, "reads like an opt-out", score=score, version=VERSION)


def _in_mode(found: TextReading, mode: ReadingMode) -> TextReading:
    """What an inbox of this mode does. Keywords opt out in each mode."""
    if found.outcome not in (Outcome.OPT_OUT, Outcome.HOLD):
        return found
    if found.outcome is Outcome.OPT_OUT and found.rule in KEYWORD_RULES:
        return found
    if mode is ReadingMode.KEYWORDS:
        return replace(found, outcome=Outcome.CONVERSATION, may_be_opt_out=True)
    if mode is ReadingMode.HOLD:
        return replace(found, outcome=Outcome.HOLD)
    return found
