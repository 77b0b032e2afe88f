"""Tests of reading: keywords in every form, what is no person's own words, packs and modes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optout.reader.keyword_packs import country_languages
from optout.reader.outcome import Outcome, ReaderSettings, ReadingMode
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
        "Quit - Monday",
        "--\nno",
    ],
)
def test_what_is_no_signature_stays(text: str) -> None:
    assert without_signature(text) == text
    assert without_signature("Sent from my STOP") == "Sent from my STOP"
    assert not read(text).outcome.is_request


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("You have been reported. Stop.", "Stop"),
        ("I have asked nicely. STOP", "STOP"),
        ("This is harassment, quit", "quit"),
        ("Unsubscribe. I never signed up for this", "Unsubscribe"),
        ("moved away, stop please", "stop please"),
        ("I moved in July. Why do you still text me? Stop, please.", "Stop, please"),
        ("We talked about this\nSTOP", "STOP"),
    ],
)
def test_a_keyword_as_first_or_last_clause_opts_out(text: str, words: str) -> None:
    found = read(text)
    assert (found.outcome, found.rule, found.found) == (Outcome.OPT_OUT, "asks to stop", words)


@pytest.mark.parametrize(
    "text",
    [
        "My appointment is on Friday. End.",
        "See you at the bus stop, thanks",
        "Cancel. Sorry, wrong day for the haircut",
        "I found the keys, stop looking",
        "Quit? me? never",
        "Quit? me? never 😂",
        "Cancel? No way, see you at 5",
        "End? The lease runs until May",
    ],
)
def test_a_keyword_as_a_clause_of_an_ordinary_text_does_not(text: str) -> None:
    assert not read(text).outcome.is_request


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


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("“STOP”", Outcome.OPT_OUT),
        ("Liked", Outcome.CONVERSATION),
        ("STOP “liked”", Outcome.CONVERSATION),
        ("“liked” remove me", Outcome.OPT_OUT),
    ],
)
def test_what_only_looks_like_a_reaction_is_read(text: str, outcome: Outcome) -> None:
    assert read(text).outcome is outcome


@pytest.mark.parametrize(
    "text",
    [
        *"stpo sotp tsop sstop syop stoo unsubcribe unsubscirbe unsubscrbe cancle cncel revoek abmeldne".split(),
        "Stpo please",
        "STPO!!",
        "unsuscribe thanks",
        "ST0P",
    ],
)
def test_a_keyword_misspelt_by_one_slip_opts_out_in_each_mode(text: str) -> None:
    for mode in ReadingMode:
        found = read(text, ReaderSettings(mode))
        assert (found.outcome, found.rule) == (Outcome.OPT_OUT, "is a misspelt keyword"), text


@pytest.mark.parametrize(
    "text",
    "shop step spot stoop atop stow top quite quiet suit send ended canal cancer post pots subscribe".split(),
)
def test_real_words_beside_a_keyword_are_no_slips(text: str) -> None:
    assert read(text).outcome is Outcome.CONVERSATION


@pytest.mark.parametrize(
    "text",
    [
        "ЅТОР",
        "ѕтор",
        "ＳＴＯＰ",
        "🆂🆃🅾🅿",
        "🅂🅃🄾🄿",
        "🇸🇹🇴🇵",
        "🇸 🇹 🇴 🇵",
        "ⓢⓣⓞⓟ",
        "ꜱᴛᴏᴘ",
        "𝗦𝗧𝗢𝗣",
        "🛑",
        "🛑🛑 🛑",
        "🛑\ufe0f",
    ],
)
def test_look_alike_letters_and_a_lone_stop_sign_opt_out(text: str) -> None:
    assert read(text).outcome is Outcome.OPT_OUT


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("⛔", Outcome.HOLD),
        ("🚫🛑", Outcome.HOLD),
        ("🛑👍", Outcome.HOLD),
        ("🇺🇸", Outcome.CONVERSATION),
    ],
)
def test_other_signs(text: str, outcome: Outcome) -> None:
    assert read(text).outcome is outcome


QUOTE = "Northside Dental: see you at 3. Reply STOP to opt out."


@pytest.mark.parametrize(
    "text",
    [
        f"> {QUOTE}\nSTOP",
        f"STOP\n\nOn Mon, 3 Aug 2026 at 10:02, Northside wrote:\n> {QUOTE}",
        f"“{QUOTE}” stop",
    ],
)
def test_a_keyword_beside_a_quoted_text_of_ours_opts_out(text: str) -> None:
    assert read(text).outcome is Outcome.OPT_OUT


@pytest.mark.parametrize(
    "text",
    [f"> {QUOTE}", f"“{QUOTE}” ok see you", f"Fwd: {QUOTE}", f'"{QUOTE}"', QUOTE, f"{QUOTE} got it, thanks"],
)
def test_quoted_and_forwarded_texts_of_ours_are_conversation(text: str) -> None:
    assert read(text).outcome is Outcome.CONVERSATION


@pytest.mark.parametrize(
    "text",
    [
        "I'm driving and will see your message later. Reply STOP me if urgent",
        "Out of office until Monday. Do not text me, please call the desk",
        "Respuesta automática: estoy conduciendo, no me escriban",
        "Je conduis, ne m’envoyez plus de message",
        "Estou dirigindo, não me mande mensagem",
        "Ich fahre gerade Auto, keine Nachrichten mehr",
        "Ik ben aan het rijden, stuur geen berichten meer",
        "Sto guidando, non scrivetemi più",
    ],
)
def test_automatic_replies_are_conversation(text: str) -> None:
    assert read(text).outcome is Outcome.CONVERSATION


@pytest.mark.parametrize(
    "text",
    [
        "Je conduis 12 heures par jour, ne m’envoyez plus de messages",
        "Vos messages arrivent pendant que je conduis mon bus. Ne m'en envoyez plus.",
        "Ik rijd zelf taxi, stuur geen berichten meer",
    ],
)
def test_a_person_who_drives_is_no_automatic_reply(text: str) -> None:
    assert read(text).outcome is Outcome.OPT_OUT


@pytest.mark.parametrize(
    ("word", "languages", "outcome"),
    [
        ("ARRET", (), Outcome.OPT_OUT),
        ("arrêt svp", (), Outcome.OPT_OUT),
        ("AIDE", (), Outcome.HELP),
        ("Abmelden", (), Outcome.OPT_OUT),
        ("afmelden aub", (), Outcome.OPT_OUT),
        ("désabonner", (), Outcome.OPT_OUT),
        ("dar de baja", (), Outcome.OPT_OUT),
        ("ALTO", (), Outcome.HOLD),
        ("alto", ("es",), Outcome.OPT_OUT),
        ("BAJA por favor", ("es",), Outcome.OPT_OUT),
        ("fin", (), Outcome.HOLD),
        ("Fin", ("es",), Outcome.OPT_OUT),
        ("basta", ("es", "it"), Outcome.HOLD),
        ("para", ("pt",), Outcome.HOLD),
        ("halt", ("de",), Outcome.HOLD),
        ("PARAR", ("pt",), Outcome.OPT_OUT),
        ("sair", (), Outcome.HOLD),
        ("FERMA", ("it",), Outcome.OPT_OUT),
        ("ferma", ("de",), Outcome.HOLD),
        ("AYUDA", ("es",), Outcome.HELP),
        ("ayuda", (), Outcome.CONVERSATION),
        ("Hilfe", ("de",), Outcome.HELP),
    ],
)
def test_keywords_of_a_language_pack_count_where_it_is_read(
    word: str, languages: tuple[str, ...], outcome: Outcome
) -> None:
    assert read(word, ReaderSettings(languages=languages)).outcome is outcome


def test_countries_have_default_languages() -> None:
    countries = ("US", "PR", "CA", "BR", "DE", "CH", "BE", "NL", "IT", "GB", "ZZ")
    assert {country: country_languages(country) for country in countries} == {
        "US": ("es",), "PR": ("es",), "CA": ("fr",), "BR": ("pt",), "DE": ("de",), "CH": ("fr", "de", "it"),
        "BE": ("fr", "nl"), "NL": ("nl",), "IT": ("it",), "GB": (), "ZZ": (),
    }  # fmt: skip


def test_words_of_the_team_count_as_the_whole_text() -> None:
    words = {
        "PARADA": Outcome.OPT_OUT,
        "VUELVO": Outcome.OPT_IN,
        "SUPPORT": Outcome.HELP,
        "NOMORECAKE": Outcome.OPT_OUT,
    }
    settings = ReaderSettings(ReadingMode.KEYWORDS, extra_words=words)
    for text, outcome in {"Parada!": Outcome.OPT_OUT, "vuelvo": Outcome.OPT_IN, "support?": Outcome.HELP,
                          "no more cake": Outcome.OPT_OUT, "support please": Outcome.CONVERSATION}.items():  # fmt: skip
        assert read(text, settings).outcome is outcome, text


def test_a_mode_says_what_the_grammar_does() -> None:
    text = "Hello, take me off your list. Thanks"
    act, hold, keywords = (read(text, ReaderSettings(mode)) for mode in ReadingMode)
    assert (act.outcome, act.rule, act.found, act.language) == (
        Outcome.OPT_OUT, "asks to be removed from a list", "take me off", "en",
    )  # fmt: skip
    assert (hold.outcome, hold.found) == (Outcome.HOLD, "take me off")
    assert (keywords.outcome, keywords.may_be_opt_out, keywords.found) == (
        Outcome.CONVERSATION,
        True,
        "take me off",
    )
    assert not act.may_be_opt_out


@given(st.text(st.characters()))
def test_no_text_raises_an_error(text: str) -> None:
    assert read(text).outcome in Outcome


@pytest.mark.parametrize(
    "piece", ["stop ", "- ", "\n--", "\nSent from my ", "“", "to “”", "remove ", "the ", "\u200b", "a - B "]
)
def test_a_million_characters_are_read_in_linear_time(piece: str) -> None:
    text = piece * (1_000_000 // len(piece))
    assert read(text).outcome in Outcome
