"""Requests to stop in languages without a grammar, such as Russian, Vietnamese or Chinese.

A keyword that means nothing else opts out, as STOP does, and so does a phrase that asks to stop in a short text.
Anything else that may ask to stop only holds, since few words decide here; a member sees the text and its language.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple
from unicodedata import combining, normalize

from optout.reader.grammar import Finding
from optout.reader.languages.further_european import EUROPEAN
from optout.reader.languages.further_scripts import SCRIPTS
from optout.reader.languages.further_world import WORLD
from optout.reader.outcome import Outcome
from optout.reader.words import Sentence, sentences

NAMES = {
    "pl": "Polish", "cs": "Czech or Slovak", "ro": "Romanian", "hu": "Hungarian", "el": "Greek", "sv": "Swedish",
    "da": "Danish", "no": "Norwegian", "fi": "Finnish", "tr": "Turkish", "ru": "Russian", "uk": "Ukrainian",
    "vi": "Vietnamese", "tl": "Tagalog", "id": "Indonesian or Malay", "ht": "Haitian Creole", "hi": "Hindi",
    "ar": "Arabic", "he": "Hebrew", "fa": "Persian", "ja": "Japanese", "zh": "Chinese", "ko": "Korean", "th": "Thai",
}  # fmt: skip
KEYWORD, ALONE = "asks to stop", "may be a keyword"
ASKS, MAY_ASK = "asks to stop texting", "may ask to stop texting"
_MOST_WORDS = 40
_MOST_WORDS_OF_REQUEST = 12  # of a text that opts out by a phrase
_MOST_CHARACTERS = 200  # of a text whose words do not stand apart
_COURTESIES = (
    "please pls thanks proszę dziękuję dzięki prosím děkuji díky ďakujem mulțumesc mersi vă_rog kérem köszönöm"
    " παρακαλώ ευχαριστώ tack snälla tak takk kiitos lütfen teşekkürler пожалуйста спасибо прошу будь_ласка дякую"
    " xin làm_ơn cảm_ơn po salamat tolong mohon terima_kasih tanpri mèsi kripya dhanyavad من_فضلك لو_سمحت شكرا"
    " בבקשה תודה لطفا ممنون"
)
_PLAIN = str.maketrans("đłıø", "dlio")  # letters that no accent makes
_SIGNS = re.compile(r"[\s.,!?;:。、，！？～~…।]+")


class _FurtherEntry(NamedTuple):
    words: tuple[str, ...]
    kind: str  # a field of FurtherLanguage, or "courtesy"
    language: str


type _Entries = Sequence[tuple[int, _FurtherEntry]]  # with the place of its first word


def further_request(body: str, parts: Sequence[Sentence]) -> Finding | None:
    """The opt-out by a keyword as the whole text, with courtesies, or by a phrase; a hold for what may ask to stop."""
    return _read_words(body, parts) or _read_script(body)


def _finding(outcome: Outcome, rule: str, body: str, language: str) -> Finding:
    """With the language in the rule, which stands on the page: the member may not read it."""
    return Finding(outcome, f"{rule}, in {NAMES[language]}", body.strip(), language)


# -- languages whose words stand apart -------------------------------------------------------------------------------


def _read_words(body: str, parts: Sequence[Sentence]) -> Finding | None:
    words = _words_of(parts)
    entries = [*_entries_in(words)]
    if not entries:
        return None
    if language := _whole(words, entries, "keywords"):
        return _finding(Outcome.OPT_OUT, KEYWORD, body, language)
    if language := _whole(words, entries, "alone"):
        return _finding(Outcome.HOLD, ALONE, body, language)
    language = next((entry.language for _, entry in entries if entry.kind == "asks"), "")
    if language and len(words) <= _MOST_WORDS_OF_REQUEST and not _is_question(body):
        return _finding(Outcome.OPT_OUT, ASKS, body, language)
    if language := language or _holding(entries):
        return _finding(Outcome.HOLD, MAY_ASK, body, language)
    return None


def _whole(words: list[str], entries: _Entries, kind: str) -> str:
    """The language that has all words of the text, without courtesies, as an entry of this kind; empty if none has."""
    for at, entry in entries:
        if entry.kind == kind and _only_courtesies(words[:at] + words[at + len(entry.words) :]):
            return entry.language
    return ""


def _holding(entries: _Entries) -> str:
    """The language of a phrase that may ask to stop, or of words for stopping and for texts."""
    kinds: dict[str, set[str]] = {}
    for _, entry in entries:
        kinds.setdefault(entry.language, set()).add(entry.kind)
    return next((code for code, has in kinds.items() if "holds" in has or {"stops", "texts"} <= has), "")


def _words_of(parts: Sequence[Sentence]) -> list[str]:
    words = [word for sentence in parts[:_MOST_WORDS] for word in sentence.words.split(" ")]
    return words if len(words) <= _MOST_WORDS else []


def _only_courtesies(words: Sequence[str]) -> bool:
    covered = sum(len(entry.words) for _, entry in _entries_in(words) if entry.kind == "courtesy")
    return covered >= len(words)


def _entries_in(words: Sequence[str]) -> Iterator[tuple[int, _FurtherEntry]]:
    """The entries of all languages that begin at each word."""
    by_first = _by_first_word()
    for at, word in enumerate(words):
        for entry in by_first.get(word, ()):
            if tuple(words[at : at + len(entry.words)]) == entry.words:
                yield at, entry


@cache
def _by_first_word() -> dict[str, list[_FurtherEntry]]:
    found: dict[str, list[_FurtherEntry]] = {}
    for entry in _all_entries():
        found.setdefault(entry.words[0], []).append(entry)
    return found


def _all_entries() -> Iterator[_FurtherEntry]:
    for words in _folded(_COURTESIES):
        yield _FurtherEntry(words, "courtesy", "")
    for code, language in {**EUROPEAN, **WORLD}.items():
        for kind, entries in language._asdict().items():
            for words in _folded(entries):
                yield _FurtherEntry(words, kind, code)


def _folded(entries: str) -> Iterator[tuple[str, ...]]:
    """The words of each entry as texts are read, in capitals too, and with plain letters in place of others."""
    for entry in entries.split():
        words = entry.replace("_", " ")
        for spelling in dict.fromkeys((words, _without_accents(words).upper(), words.translate(_PLAIN))):
            yield tuple(word for part in sentences(spelling) for word in part.words.split(" "))


def _without_accents(words: str) -> str:
    return "".join(part for part in normalize("NFD", words) if not combining(part))


# -- languages whose words do not ------------------------------------------------------------------------------------


def _read_script(body: str) -> Finding | None:
    if body.isascii() or len(body) > _MOST_CHARACTERS or not _any_script().search(body):
        return None
    text = _SIGNS.sub(" ", body).strip()
    for code, script in SCRIPTS.items():
        if re.search(f"[{script.letters}]", text):
            if re.fullmatch(script.keywords, text, re.IGNORECASE):
                return _finding(Outcome.OPT_OUT, KEYWORD, body, code)
            if re.fullmatch(script.alone, text, re.IGNORECASE):
                return _finding(Outcome.HOLD, ALONE, body, code)
            if re.search(script.asks, body) and not _is_question(body):
                return _finding(Outcome.OPT_OUT, ASKS, body, code)
            if re.search(f"{script.asks}|{script.phrases}", body):
                return _finding(Outcome.HOLD, MAY_ASK, body, code)
    return None


def _is_question(body: str) -> bool:
    return "?" in body or "？" in body or "؟" in body


@cache
def _any_script() -> re.Pattern[str]:
    return re.compile(f"[{''.join(script.letters for script in SCRIPTS.values())}]")
