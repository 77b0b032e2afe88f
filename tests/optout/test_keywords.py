"""Tests of keywords: their spellings, courtesies, questions, conversation, and arbitrary texts."""

import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optout.keywords import read_keyword, stricter_outcome
from optout.reader.outcome import Outcome

STOP, HOLD, HELP, NONE, YES, START = Outcome

KEYWORDS = {
    STOP: [
        "stop",
        "stopall",
        "stop all",
        "unsubscribe",
        "cancel",
        "end",
        "quit",
        "revoke",
        "optout",
        "opt out",
    ],
    START: ["start", "unstop"],
    YES: ["yes"],
    HELP: ["help", "info", "aide"],
}
EVERY_KEYWORD = [(word, request) for request, words in KEYWORDS.items() for word in words]
COURTESIES = (
    "please, pls, plz, kindly, now, thanks, thank you, thank u, thankyou, thx, thanx, tnx, ty,"
    " por favor, gracias, merci, svp"
).split(", ")


def full_width(word: str) -> str:
    return "".join(chr(ord(letter) + 0xFEE0) if letter.isalpha() else letter for letter in word)


def bold(word: str) -> str:
    return "".join(
        unicodedata.lookup(f"MATHEMATICAL BOLD SMALL {letter}") if letter.isalpha() else letter
        for letter in word
    )


SPELLINGS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "capitals": str.upper,
    "first capital": str.title,
    "mixed case": lambda word: "".join(c.upper() if i % 2 else c for i, c in enumerate(word)),
    "Turkish small letters": lambda word: word.replace("i", "ı"),
    "Turkish capitals": lambda word: word.upper().replace("I", "İ"),
    "spaces around": lambda word: f" \t\r\n {word}\n ",
    "no-break spaces": lambda word: f"\xa0\u3000{word}\u2003",
    "full stop": lambda word: f"{word}.",
    "exclamation marks": lambda word: f"{word}!!!",
    "Spanish exclamation": lambda word: f"¡{word}!",
    "dots": lambda word: f"...{word}…",
    "dashes": lambda word: f"- {word} —",
    "comma": lambda word: f"{word},",
    "slash": lambda word: f"/{word}",
    "brackets": lambda word: f"[({word})]",
    "straight quotes": lambda word: f'"{word}"',
    "apostrophes": lambda word: f"'{word}'",
    "typographic quotes": lambda word: f"“{word}”",
    "typographic apostrophes": lambda word: f"‘{word}’",
    "modifier apostrophes": lambda word: f"ʼ{word}ʼ",
    "guillemets": lambda word: f"«{word}»",
    "asterisks": lambda word: f"**{word}**",
    "emoji after": lambda word: f"{word}🛑",
    "emoji before": lambda word: f"✋ {word}",
    "joined emoji": lambda word: f"{word} 👩🏽‍💻",
    "red heart with its variation": lambda word: f"{word} ❤️",
    "flag": lambda word: f"{word} 🇺🇸",
    "emoji that is newer than Unicode tables": lambda word: f"{word} \U0001fbff",
    "private use": lambda word: f"{word}\uf8ff",
    "half an emoji": lambda word: f"{word}\ud83d",
    "NUL after": lambda word: f"{word}\0",
    "NUL between letters": lambda word: "\0".join(word),
    "full-width": full_width,
    "full-width capitals": lambda word: full_width(word.upper()),
    "mathematical bold": bold,
    "decomposed accent": lambda word: f"{word}\u0301",
    "accents on all letters": lambda word: "".join(f"{letter}\u0323\u0301" for letter in word),
    "composed accents": lambda word: word.translate(str.maketrans("aeiou", "áéíóú")),
    "struck through": lambda word: "".join(f"{letter}\u0336" for letter in word),
    "zero-width space inside": lambda word: f"{word[:2]}\u200b{word[2:]}",
    "zero-width joiners": lambda word: "\u200d".join(word),
    "byte order mark": lambda word: f"\ufeff{word}",
    "soft hyphen": lambda word: f"{word[:2]}\xad{word[2:]}",
    "direction marks": lambda word: f"\u202b{word}\u202c",
    "invisible filler": lambda word: f"{word}\u3164",
    "letters apart with spaces": " ".join,
    "letters apart with hyphens": "-".join,
    "letters apart with dots": ".".join,
    "hyphen inside": lambda word: f"{word[:2]}-{word[2:]}",
    "space inside": lambda word: f"{word[:2]} {word[2:]}",
    "typographic hyphen inside": lambda word: f"{word[:2]}\u2010{word[2:]}",
    "twice": lambda word: f"{word} {word}",
    "thrice": lambda word: f"{word}, {word.upper()}! {word.title()}.",
    "once a line": lambda word: f"{word}\n{word}",
}


# Those of SPELLINGS that carriers accept for an opt-in: any case, spaces, closing punctuation, and unseen characters.
SPELLINGS_OF_OPT_INS = {
    "as it is", "capitals", "first capital", "mixed case", "spaces around", "no-break spaces", "full stop",
    "exclamation marks", "zero-width space inside", "zero-width joiners", "byte order mark", "soft hyphen",
    "direction marks",
}  # fmt: skip


@pytest.mark.parametrize("name", SPELLINGS)
def test_a_keyword_counts_in_every_spelling_and_an_opt_in_alone(name: str) -> None:
    for word, request_ in EVERY_KEYWORD:
        text = SPELLINGS[name](word)
        counts = request_ not in (START, YES) or name in SPELLINGS_OF_OPT_INS or text in (word, word.upper())
        assert read_keyword(text) is (request_ if counts else NONE), text


@pytest.mark.parametrize("courtesy", COURTESIES)
def test_courtesies_around_a_keyword_do_not_change_it_but_end_an_opt_in(courtesy: str) -> None:
    for word, request_ in EVERY_KEYWORD:
        expected = NONE if request_ in (START, YES) else request_
        for text in (
            f"{courtesy} {word}",
            f"{word} {courtesy}",
            f"{courtesy.title()}, {word.upper()}! {courtesy}.",
            f"{word}. {courtesy} {courtesy} 🙏",
        ):
            assert read_keyword(text) is expected, text


@pytest.mark.parametrize("courtesy", COURTESIES)
def test_courtesies_alone_are_no_request(courtesy: str) -> None:
    assert read_keyword(courtesy) is read_keyword(f"{courtesy}!") is NONE


@pytest.mark.parametrize(
    ("text", "request_"),
    [
        # written as one word, apart, and in pieces
        ("OPT-OUT", STOP),
        ("Opt_out", STOP),
        ("opt/out", STOP),
        ("stop-all", STOP),
        ("Stop. All.", STOP),
        ("UN-SUBSCRIBE", STOP),
        ("un sub scribe", STOP),
        ("can-cel", STOP),
        ("O P T O U T", STOP),
        ("O.P.T. O.U.T.", STOP),
        ("s-t-o-p a-l-l", STOP),
        ("S T O P S T O P", STOP),
        ("STOP S.T.O.P!", STOP),
        ("un-stop", NONE),
        ("UN STOP", NONE),
        ("st. op", STOP),
        ("s t a r t", NONE),
        ("Y-E-S", NONE),
        ("T Y, stop", STOP),
        # several keywords: STOP counts over HELP, and HELP over YES
        ("yes, stop", STOP),
        ("stop yes", STOP),
        ("start stop", STOP),
        ("unstop, no wait: stop", NONE),
        ("STOP/HELP", STOP),
        ("help stop", STOP),
        ("stop = end", STOP),
        ("cancel + unsubscribe", STOP),
        ("stop unstop", STOP),
        ("start help", HELP),
        ("yes, info please", HELP),
        ("yes start", NONE),
        ("START YES", NONE),
        ("unstop start", NONE),
        ("help info", HELP),
        # keywords of every kind at once
        ("start yes help stop", STOP),
        # more than one courtesy
        ("Please stop now, thank you", STOP),
        ("thanks but stop", NONE),
        ("now, now, stop", STOP),
        # a courtesy inside a keyword leaves two words that are no keywords
        ("st please op", NONE),
        ("opt please out", NONE),
    ],
)
def test_pieces_are_joined_and_the_strictest_keyword_counts(text: str, request_: Outcome) -> None:
    assert read_keyword(text) is request_


QUESTION_MARKS = {
    "plain": "?",
    "full-width": "\uff1f",
    "small": "\ufe56",
    "Greek": "\u037e",
    "Arabic": "\u061f",
    "Armenian": "\u055e",
    "Spanish": "\u00bf",
    "reversed": "\u2e2e",
    "double": "\u2047",
    "with exclamation": "\u2048",
    "after exclamation": "\u2049",
    "interrobang": "\u203d",
    "red emoji": "\u2753",
    "white emoji": "\u2754",
}


@pytest.mark.parametrize("mark", QUESTION_MARKS.values(), ids=QUESTION_MARKS)
def test_a_question_is_no_opt_in(mark: str) -> None:
    for word, request_ in EVERY_KEYWORD:
        expected = NONE if request_ in (START, YES) else request_
        for text in (
            f"{word}{mark}",
            f"{word} {mark}!",
            f"{mark}{word}",
            f"{word}{mark} please",
            mark.join(word),
        ):
            assert read_keyword(text) is expected, text


@pytest.mark.parametrize(
    ("text", "request_"),
    [
        ("yes? stop", STOP),
        ("yes?stop", STOP),
        ("start or stop?", NONE),
        ("yes? help", HELP),
        ("yes start?", NONE),
        ("?", NONE),
    ],
)
def test_a_question_of_several_words_is_no_opt_in(text: str, request_: Outcome) -> None:
    assert read_keyword(text) is request_


CONVERSATION = [
    "",
    " \n\t ",
    "...",
    "👍",
    "🛑",
    "12",
    "Good morning, is my car ready",
    "ok",
    "no",
    "yeah",
    "Yes see you Monday",
    "yes we can",
    "When do we start tomorrow",
    "Please start with the kitchen",
    "I need help with the gate",
    "More info on prices",
    "restart",
    "helpful",
    "Please stop by at 5",
    "Stop by at 5?",
    "stop by",
    "cancel Tuesday",
    "end of the day works",
    "don't stop",
    "don’t stop",
    "do not stop",
    "no stop",
    "the bus stop",
    "stop's",
    "it's a non-stop flight",
    "hi, stop",
    "ok stop",
    "stop texting me",
    "STOP SENDING ME THESE",
    "I want to opt out",
    "How do I opt-out of this",
    "please unsubscribe my wife",
    "can you s t o p this",
    "you can quit that",
    "I revoke it",
    "stop2end",
    "stop 2 day",
    "stop 1",
    "stop\u0660",
    "stop½",
    "Stop\n--\nAnn Miller, ann@example.com",
    "st\u200bop that",
    "ＳＴＯＰ this",
    "stop 停",
    "START or stop texting",
    "unstop me",
    "un-stop the sink",
    "stopped",
    "stopping by",
    "nonstop",
    "non\u200bstop",
    "week\u0301end",
    "cancelled",
    "the weekend",
    "quite good",
    "endless",
    "opt in",
    "out",
    "all",
    "un",
    "st'opus",
    "S T O",
    "стоп",  # other languages are not keywords yet
    "arrêt",
]


@pytest.mark.parametrize("text", CONVERSATION)
def test_other_texts_are_no_keyword(text: str) -> None:
    assert read_keyword(text) is NONE


@pytest.mark.parametrize("word", KEYWORDS[STOP])
def test_a_keyword_among_other_words_is_none(word: str) -> None:
    for text in (f"well, {word} then", f"{word} it", f"I said {word.upper()}", f"so “{word}”?"):
        assert read_keyword(text) is NONE, text


# first column: our reading; the others: the result for each reading by the carrier
@pytest.mark.parametrize(
    ("ours", "absent", "stop", "start", "help_"),
    [
        (STOP, STOP, STOP, STOP, STOP),
        (HELP, HELP, STOP, HELP, HELP),
        (NONE, NONE, STOP, NONE, HELP),
        (YES, YES, STOP, YES, HELP),
        (START, START, STOP, START, HELP),
    ],
)
def test_the_stricter_of_two_readings_counts(
    ours: Outcome,
    absent: Outcome,
    stop: Outcome,
    start: Outcome,
    help_: Outcome,
) -> None:
    for nothing in (None, "", " ", "BLOCK", "OPTOUT", "YES", "STOP START"):
        assert stricter_outcome(ours, nothing) is absent, nothing
    for spelling in (str, str.lower, str.title, " {} ".format):
        assert stricter_outcome(ours, spelling("STOP")) is stop
        assert stricter_outcome(ours, spelling("START")) is start
        assert stricter_outcome(ours, spelling("HELP")) is help_


def test_requests_are_ordered_by_strictness() -> None:
    assert list(Outcome) == [
        Outcome.OPT_OUT,
        Outcome.HOLD,
        Outcome.HELP,
        Outcome.CONVERSATION,
        Outcome.YES,
        Outcome.OPT_IN,
    ]


ANY_TEXT = st.text(st.characters())  # includes surrogates, NUL and unassigned characters
PIECES = st.sampled_from(
    [word for word, _ in EVERY_KEYWORD]
    + COURTESIES
    + [
        "by",
        "me",
        "don't",
        "2",
        "?",
        "¿",
        ".",
        "-",
        "\0",
        "\ud83d",
        "🛑",
        "\u200b",
        "\u0301",
        "ＳＴＯＰ",
        "s",
        "t",
    ]
)
LIKELY_TEXT = st.lists(PIECES, max_size=8).map(" ".join) | st.lists(PIECES, max_size=8).map("".join)
INSIDE_A_WORD = st.sampled_from("\u200b\u200c\u200d\u2060\ufeff\xad\u034f\u0301\u0336\ufe0f\u202e")


@given(ANY_TEXT | LIKELY_TEXT, ANY_TEXT | st.none())
def test_no_text_raises_an_error(text: str, carriers: str | None) -> None:
    request = read_keyword(text)
    assert request in Outcome
    assert stricter_outcome(request, carriers) in Outcome


@given(ANY_TEXT | LIKELY_TEXT)
def test_an_additional_word_makes_a_text_conversation(text: str) -> None:
    assert read_keyword(f"{text} tomorrow") is NONE


@given(LIKELY_TEXT)
def test_case_does_not_matter(text: str) -> None:
    assert (
        read_keyword(text.upper())
        is read_keyword(text.lower())
        is read_keyword(text.swapcase())
        is read_keyword(text)
    )


@given(ANY_TEXT | LIKELY_TEXT, st.text(" \t\r\n\xa0\u3000"), st.text(" \t\r\n\xa0\u3000"))
def test_spaces_around_a_text_do_not_matter(text: str, before: str, after: str) -> None:
    assert read_keyword(before + text + after) is read_keyword(text)


@given(LIKELY_TEXT, st.lists(st.tuples(st.integers(0, 200), INSIDE_A_WORD)))
def test_invisible_characters_do_not_matter(text: str, inserted: list[tuple[int, str]]) -> None:
    letters = list(text)
    for position, character in inserted:
        letters.insert(position, character)
    read, plain = read_keyword("".join(letters)), read_keyword(text)
    # An opt-in counts only as the carrier reads it, to whom a letter with a mark is another letter.
    assert read is plain or (read is NONE and plain in (START, YES))


LONG_TEXTS = {
    "a keyword again and again": ("stop " * 200_000, STOP),
    "letters apart again and again": ("s t o p " * 125_000, STOP),
    "the strictest keyword is last": ("yes " * 249_999 + "stop", STOP),
    "conversation is last": ("stop " * 199_999 + "by", NONE),
    "beginnings of a keyword": ("un " * 333_333, NONE),
    "one word": ("x" * 1_000_000, NONE),
    "spaces": (" " * 999_996 + "stop", STOP),
    "combining marks that take quadratic time to sort": ("\u0301\u0323" * 499_998 + "stop", STOP),
    "emoji": ("🛑" * 1_000_000, NONE),
}


@pytest.mark.parametrize(("text", "request_"), LONG_TEXTS.values(), ids=LONG_TEXTS)
def test_a_million_characters_are_read_in_linear_time(text: str, request_: Outcome) -> None:
    assert read_keyword(text) is request_
