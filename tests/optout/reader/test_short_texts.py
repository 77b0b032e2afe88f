"""Tests of short texts as a whole: STOP among words that change nothing, and phrases that may ask to stop."""

import pytest

from optout.reader.languages.whole_texts import HOLDS
from optout.reader.outcome import Outcome
from optout.reader.reading import read
from optout.reader.short_texts import short_hold
from optout.reader.words import sentences

OPT_OUTS = [
    "ok stop", "Hello, stop.", "text stop", "Reply: STOP", "send stop", "stop again", "stop for good",
    "Stop right now!", "STOP. God bless you", "stop per favore", "I said stop", "I already told you to stop",
    "I texted stop twice", "STOPPPP", "STOOOP", "stop ahora mismo", "stop tout de suite", "stop sofort",
    "my answer is stop", "unsub please ok",
]  # fmt: skip
DOUBTFUL = [
    "no stop", "nope, stop", "dude stop", "lol stop", "stop man", "stop today", "STOP to end",
    "stop to unsubscribe", "stop 2 end", "stop2quit",
]  # fmt: skip
MAY_ASK = {
    "says the number is wrong": [
        "you have the wrong number", "U have the wrong number", "sorry, you texted the wrong person",
        "not Maria's number", "this isn't Bob's phone", "nobody by that name here",
        "my husband passed away last year", "he's deceased", "número equivocado", "se equivocó de número",
        "mi esposo falleció", "vous vous êtes trompé de numéro", "mauvais numéro", "ma mère est décédée",
        "número errado", "foi engano", "meu pai faleceu", "falsche Nummer", "Sie haben sich verwählt",
        "mein Mann ist leider verstorben", "verkeerd nummer", "mijn moeder is overleden", "numero sbagliato",
        "ha sbagliato numero", "mio padre è deceduto",
    ],
    "is no customer": [
        "I'm no longer a customer", "not a customer", "ya no soy cliente", "je ne suis plus cliente",
        "não sou mais cliente", "ich bin kein Kunde mehr bei Ihnen", "ik ben geen klant meer",
        "non sono più cliente",
    ],
    "is not interested": [
        "hard pass", "I'll pass", "not selling", "no me interesa", "pas intéressée", "não tenho interesse",
        "kein Interesse", "geen interesse", "non mi interessa",
    ],
    "blocks or reports": [
        "you're blocked", "blocked", "Blocked and reported", "I'll report you", "do not call",
        "I'm on the do not call list", "DNC", "bloqueado", "los voy a reportar", "je vous bloque",
        "vou denunciar vocês", "ich melde euch", "geblokkeerd", "vi segnalo",
    ],
    "complains about the texts": [
        "scammer", "this is spam", "I already said no", "no means no", "es acoso", "c’est du harcèlement",
        "isso é golpe", "das ist Belästigung", "dit is oplichting", "è una truffa",
    ],
    "asks how to stop": [
        "how do I make these stop", "how can I get you to stop", "can I opt out?",
        "is there a way to unsubscribe", "¿cómo dejo de recibir esto?",
    ],
    "asks to go away": [
        "go away", "fuck you", "bug off", "screw you", "go to hell", "terminate service", "vete a la mierda",
        "dégagez", "cai fora", "verpisst euch", "rot op", "vaffanculo",
    ],
    "says that a child has the phone": [
        "I'm a minor", "I am underage", "im 13 years old", "this is my daughter's phone", "soy menor de edad",
        "je suis mineure", "sou menor de idade", "ich bin minderjährig", "ik ben minderjarig", "sono minorenne",
    ],
}  # fmt: skip
CONVERSATION = [
    "don't stop", "can't stop laughing", "stop by at 5", "bus stop", "last stop", "next stop please", "my phone died",
    "I died laughing", "im 15", "I'm 12 minutes out", "I'm 10 min away", "wrong size",
    "I have the wrong number for Bob", "ok deleted", "thanks, blocked off the morning for you",
    "can I unsubscribe my dog", "Reply STOP to opt out", "no hay nada", "how do I get there", "can I stop by",
    "is there a way to pay online", "go ahead", "not a problem", "I'm a member", "no quiero cebolla",
    "kein Problem", "geen probleem", "non voglio la cipolla", "je suis en route",
]  # fmt: skip


@pytest.mark.parametrize("body", OPT_OUTS)
def test_stop_among_words_that_change_nothing_opts_out(body: str) -> None:
    assert (read(body).outcome, bool(read(body).found)) == (Outcome.OPT_OUT, True)


@pytest.mark.parametrize("body", DOUBTFUL)
def test_stop_beside_doubtful_words_holds(body: str) -> None:
    assert read(body).outcome is Outcome.HOLD


@pytest.mark.parametrize(
    ("rule", "body"), [(rule, body) for rule, bodies in MAY_ASK.items() for body in bodies]
)
def test_a_phrase_that_may_ask_to_stop_holds_at_least(rule: str, body: str) -> None:
    found = short_hold(sentences(body))
    assert found
    assert (found.outcome, found.rule) == (Outcome.HOLD, rule)
    assert read(body).outcome in (Outcome.HOLD, Outcome.OPT_OUT)


@pytest.mark.parametrize("body", CONVERSATION)
def test_short_texts_about_something_else_are_conversation(body: str) -> None:
    assert read(body).outcome is Outcome.CONVERSATION


def test_the_rules_have_the_names_of_the_grammar() -> None:
    assert {rule for rules in HOLDS.values() for rule in rules} == set(MAY_ASK)


@pytest.mark.parametrize(
    "text",
    [
        "Thank you, bye",
        "Thanks, goodbye!",
        "Ok, see you Monday, bye",
        "Gracias, chau",
        "All done, bye",
        "bye",
    ],
)
def test_a_goodbye_is_conversation(text: str) -> None:
    assert read(text).outcome is Outcome.CONVERSATION
