"""Tests of the grammar: opt-outs in a person's own words, holds, and conversation that contains the same words."""

import re

import pytest

from optout.reader.grammar import rule
from optout.reader.languages.all_languages import LANGUAGES, compile_grammars
from optout.reader.outcome import Outcome
from optout.reader.reading import read

OPT_OUTS = {
    "en": [
        "Stop. Thank you",
        "take me off this list",
        "take me off your list",
        "stop texting me",
        "lose my number",
        "do not contact me",
        "cease and desist",
        "wrong number, stop",
        "no more texts please",
        "unsubscribe me",
        "opt me out",
        "quit messaging me",
        "I don't want these messages anymore",
        "delete my number",
        "leave me alone",
        "Remove",
        "please take my number off the list",
        "Don’t text this number again",
        "never contact me",
        "NO MORE MESSAGES",
        "Leave us alone!",
        "This is a cease and desist",
        "I do not want to receive any more texts",
        "My brother has this phone now. Please stop",
        "Stop with the ads",
        "stpo texting me",
        "plz dont text me again 🙏",
        "I revoke my consent",
        "If you don't stop texting me I will call my lawyer",
    ],
    "es": [
        "No me manden más mensajes",
        "ya no quiero recibir sus mensajes",
        "quítenme de la lista",
        "borren mi número",
        "dejen de mandarme mensajes",
        "quiero darme de baja",
        "no me escriban más",
        "ya déjenme en paz",
    ],
    "fr": [
        "Ne m’envoyez plus de messages",
        "arrêtez de m'écrire",
        "enlevez-moi de votre liste",
        "je ne veux plus recevoir vos SMS",
        "désabonnez-moi svp",
        "plus de textos svp",
        "supprimez mon numéro",
    ],
    "pt": [
        "Não me mandem mais mensagens",
        "parem de me mandar mensagem",
        "tira meu número da lista",
        "quero sair dessa lista",
        "não quero mais receber mensagens",
        "me deixa em paz",
    ],
    "de": [
        "Bitte keine SMS mehr",
        "hört auf mir zu schreiben",
        "löschen Sie meine Nummer",
        "nehmen Sie mich von der Liste",
        "ich möchte keine Nachrichten mehr erhalten",
        "schreibt mir nie wieder",
        "lasst mich in Ruhe",
    ],
    "nl": [
        "Stuur mij geen berichten meer",
        "haal mij van de lijst",
        "verwijder mijn nummer",
        "ik wil geen sms'jes meer ontvangen",
        "hou op met mij te appen",
        "laat me met rust",
    ],
    "it": [
        "Non scrivetemi più",
        "cancellatemi dalla lista",
        "basta messaggi",
        "non voglio più ricevere messaggi",
        "smettetela di mandarmi sms",
        "togliete il mio numero",
        "lasciatemi in pace",
    ],
}


@pytest.mark.parametrize(
    ("language", "text"), [(code, text) for code, texts in OPT_OUTS.items() for text in texts]
)
def test_an_opt_out_in_own_words_says_why(language: str, text: str) -> None:
    found = read(text)
    assert found.outcome is Outcome.OPT_OUT, text
    assert found.rule and found.found and found.found in text
    assert found.language == language


@pytest.mark.parametrize(
    "text",
    [
        "wrong number",
        "Wrong number pal",
        "not interested, thanks",
        "I'm not interested",
        "only email me",
        "STOP 12345",
        "wrong person",
        "stop sending the sale texts but keep the reminders",
        "stop texting my old number, use this one",
        "who gave you my number",
        "cancel",
        "Block",
        "exit",
        "too many texts",
        "How do I opt out of these texts",
        "numero equivocado",
        "no me interesa",
        "vous vous trompez de numéro",
        "kein Interesse",
        "verkeerd nummer",
        "não tenho interesse",
        "numero sbagliato",
    ],
)
def test_what_may_be_an_opt_out_holds(text: str) -> None:
    assert read(text).outcome is (Outcome.OPT_OUT if text == "cancel" else Outcome.HOLD)


@pytest.mark.parametrize(
    "text",
    [
        "please stop by at 5",
        "Can you stop by at 5?",
        "please don't stop, keep texting me",
        "haal me niet van de lijst",
        "Bel me niet, stuur liever een sms",
        "Ik krijg geen berichten meer, klopt mijn nummer?",
        "nehmt mich nicht von der Liste",
        "não apaguem o meu número",
        "non disattivate i promemoria",
        "Déjeme pensarlo",
        "don't stop",
        "Please don't stop the reminders",
        "cancel my 3pm",
        "should I stop texting?",
        "how do I stop the bleeding",
        "he stopped texting me",
        "remove the charge",
        "take 10% off",
        "Take me off the waitlist please",
        "See you on Monday",
        "text me the address",
        "Who removed the old boiler",
        "I left my number with the desk",
        "Where is the list",
        "I quit smoking",
        "the bus stop",
        "my car won't stop shaking",
        "no more tamales?",
        "does it end at 9",
        "I unsubscribed by accident",
        "Please take the old mattress out",
        "leave it outside my door",
        "I forgot to text you",
        "can you remove the gel",
        "no paren de mandar los recordatorios",
        "paro un momento en la tienda",
        "n’arrêtez pas les rappels",
        "wann ist Schluss heute",
        "stop ff 2 blikjes cola extra erbij",
        "non smettete con i promemoria",
        "vou parar o carro na frente",
    ],
)
def test_other_senses_are_conversation(text: str) -> None:
    assert read(text).outcome is Outcome.CONVERSATION


@pytest.mark.parametrize(
    "text",
    [
        "sorry, you can text me again",
        "put me back on the list",
        "please resume the messages",
        "I opted out by accident",
        "quiero volver a recibir los mensajes",
        "Bitte schicken Sie mir wieder Nachrichten",
        "remettez-moi sur la liste",
        "zet mij weer op de lijst",
        "rimettetemi in lista",
        "Undo my opt out, thanks",
        "can I un-stop? please un-stop me",
        "Re-enroll me, I miss the texts",
        "quero voltar a receber as mensagens",
    ],
)
def test_a_wish_to_be_texted_again_is_no_opt_in(text: str) -> None:
    found = read(text)
    assert found.wants_texts
    assert found.outcome is Outcome.CONVERSATION


@pytest.mark.parametrize(
    "text",
    [
        "don't text me again",
        "do not message this number again",
        "nie wieder schreiben",
        "Bitte wieder abmelden von den SMS",
    ],
)
def test_an_opt_out_with_again_is_no_wish(text: str) -> None:
    found = read(text)
    assert found.outcome is Outcome.OPT_OUT
    assert not found.wants_texts


@pytest.mark.parametrize(
    "text",
    [
        "I signed up by mistake, take me off please",
        "ik ben gestopt bij jullie, haal me van de lijst",
        "deje de mandarme mensajes",
        "stop de nieuwsbrief",
        "bitte rufen Sie nicht an und schreiben Sie nicht mehr",
        "Let's end the text updates",
        "I unsubscribe now, thank you so much",
    ],
)
def test_a_denial_takes_back_only_its_own_part_of_a_sentence(text: str) -> None:
    assert read(text).outcome is Outcome.OPT_OUT


@pytest.mark.parametrize(
    "text",
    [
        "¿Cómo me doy de baja de estos mensajes?",
        "come si fa a non ricevere più questi sms?",
        "Como faço para deixar de receber estas mensagens?",
        "Wie kann ich die Nachrichten von der Kita abbestellen?",
        "Op welke wijze kan ik mij hiervoor afmelden?",
    ],
)
def test_a_question_how_to_stop_does_not_opt_out(text: str) -> None:
    assert read(text).outcome in (Outcome.HOLD, Outcome.CONVERSATION)


def test_a_question_how_to_stop_beside_a_request_opts_out() -> None:
    assert read("Cómo le hago para no recibir más esto? Quítenme de la lista").outcome is Outcome.OPT_OUT


def test_a_rule_is_compiled_by_the_first_text_that_needs_it() -> None:
    broken = rule("has a pattern that cannot be compiled", "(")
    with pytest.raises(re.error):
        _ = broken.compiled


def test_the_front_compiles_all_grammars_before_its_first_webhook() -> None:
    compile_grammars()
    rules = [each for language in LANGUAGES for each in (*language.opt_outs, *language.holds)]
    assert [each.name for each in rules if "compiled" not in vars(each)] == []
    assert all("patterns" in vars(language) for language in LANGUAGES)
