"""Tests of the reader: signatures under a STOP, opt-outs in a person's own words, and reactions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optout.reader.outcome import Outcome
from optout.reader.reading import read
from optout.reader.signatures import without_signature

SIGNATURES = [
    "\nSent from my Pixel",
    "\n\nSent from my iPad",
    "\n\nGet Outlook for Android",
    "\n-- \nMaria Lopez\nNorthside",
    "\n--\nM.",
    " - Maria",
    " – Dr. O'Brien",
    " — Anna-Lena",
    " ~ Tom B.",
    "\nEnviado desde mi iPhone",
    "\nVon meinem iPhone gesendet",
    "\nEnvoyé de mon iPhone",
    "\nInviato da iPhone",
    "\nVerzonden vanaf mijn iPhone",
]


@pytest.mark.parametrize("signature", SIGNATURES)
def test_a_stop_counts_above_a_signature_and_an_opt_in_does_not(signature: str) -> None:
    for word in ("STOP", "stop.", "Unsubscribe please", "opt out"):
        assert read(word + signature).outcome is Outcome.OPT_OUT, word + signature
    for word in ("START", "yes", "Unstop"):
        assert not read(word + signature).outcome.is_request, word + signature


@pytest.mark.parametrize(
    "text",
    [
        "Cancel - Tuesday",
        "stop - by 5",
        "End - of story",
        "Stop - I mean it",
        "Quit - Monday",
        "Sent from my STOP",
        "--\nno",
    ],
)
def test_what_is_no_signature_stays(text: str) -> None:
    assert without_signature(text) == text
    assert not read(text).outcome.is_request


@pytest.mark.parametrize(
    "text",
    [
        "remove me",
        "Remove",
        "please take my number off the list",
        "Don’t text this number again",
        "never contact me",
        "NO MORE MESSAGES",
        "Leave us alone!",
        "lose this number",
        "wrong person",
        "exit",
        "This is a cease and desist",
        "Opt us out",
        "I opted out last week",
        "unsub",
        "Block",
        "I do not want to receive any more texts",
        "My brother has this phone now. Please stop",
        "Stop with the ads",
        "who gave you my number",
        "not interested, thanks",
    ],
)
def test_other_words_that_may_ask_to_stop_are_marked(text: str) -> None:
    assert read(text).outcome is Outcome.HOLD


@pytest.mark.parametrize(
    "text",
    [
        "Liked “Text STOP to leave”",
        "👎 to “Text STOP to leave”",
        "Removed a heart from “STOP”",
        "Reacted 🎉 to “remove me”",
        " \u200b❤️\u200b to “ Text STOP ” ",
        'Questioned "take me off"',
        "See you on Monday",
        "text me the address",
        "Who removed the old boiler",
        "I left my number with the desk",
        "Where is the list",
    ],
)
def test_reactions_and_conversation_are_not_marked(text: str) -> None:
    assert read(text).outcome is Outcome.CONVERSATION


@pytest.mark.parametrize("text", ["“STOP”", "Liked", "STOP “liked”", "to “STOP”"])
def test_what_only_looks_like_a_reaction_is_read(text: str) -> None:
    outcome = read(text).outcome
    assert outcome is Outcome.OPT_OUT or (outcome is Outcome.HOLD) is ("STOP" in text)


@given(st.text(st.characters()))
def test_no_text_raises_an_error(text: str) -> None:
    assert read(text).outcome in Outcome


@pytest.mark.parametrize(
    "piece", ["stop ", "- ", "\n--", "\nSent from my ", "“", "to “”", "remove ", "the ", "\u200b", "a - B "]
)
def test_a_million_characters_are_read_in_linear_time(piece: str) -> None:
    text = piece * (1_000_000 // len(piece))
    assert read(text).outcome in Outcome
