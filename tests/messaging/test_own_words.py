"""Opt-outs in people's own words, from the carrier's webhook to the reply, the ledger and the page."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from kernel.tenancy import scope
from messaging.models import MessagePurpose
from optout.ledger import history
from optout.models import Action, ConsentEvent, StandingState
from optout.number_state import standing
from tests.cast import MARIA, Cast
from tests.messaging.fake_twilio import FakeTwilio

CONFIRMATIONS = {
    "en": "Northside Dental: You are opted out and will get no more texts from us. Reply START to get them again.",
    "es": "Northside Dental: Ha cancelado: no le enviaremos más mensajes. Responda START para recibirlos de nuevo.",
    "fr": "Northside Dental : Vous ne recevrez plus nos messages. Répondez START pour les recevoir de nouveau.",
}


def newest_entry(cast: Cast) -> ConsentEvent:
    with scope(cast.northside.id):
        return history(cast.northside.id, MARIA)[0]


def state(cast: Cast) -> StandingState:
    with scope(cast.northside.id):
        return standing(cast.northside.id, MARIA).state


@pytest.mark.parametrize(
    ("body", "language"),
    [("BAJA", "es"), ("dejen de mandarme mensajes", "es"), ("ARRÊT", "fr"), ("Stop. Thank you", "en")],
)
def test_an_opt_out_is_confirmed_in_the_language_of_its_words(
    cast: Cast, carrier: FakeTwilio, work: Callable[[], None], texts: Any, body: str, language: str
) -> None:
    assert carrier.text(cast.front_desk, MARIA, body).status_code == 200
    work()
    assert state(cast) == StandingState.OPTED_OUT
    (sent,) = texts(outbound=True)
    assert (sent.purpose, sent.event_id) == (MessagePurpose.CONFIRMATION, newest_entry(cast).id)
    assert carrier.bodies() == [sent.body] == [CONFIRMATIONS[language]]


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("Hi, please take me off this list", "“take me off”, asks to be removed from a list"),
        ("Stop. Thank you", "“Stop. Thank you”, has only keywords and courtesies"),
        ("stpo", "“stpo”, is a misspelt keyword"),
        ("STOP", ""),
    ],
)
def test_the_reason_of_an_opt_out_is_in_the_ledger_and_on_the_page(
    cast: Cast, carrier: FakeTwilio, texts: Any, as_client: Any, body: str, why: str
) -> None:
    assert carrier.text(cast.front_desk, MARIA, body).status_code == 200
    event, reason = newest_entry(cast), f"understood as opt-out: {why}" if why else ""
    assert (event.action, event.words, event.reason) == (Action.OPTED_OUT, body, reason)
    (asked, _) = texts()
    address = reverse("conversation", args=[cast.northside.slug, asked.conversation_id])
    page = as_client(cast.member).get(address).content.decode()
    shown = f"opted out by texting {body if body == 'STOP' else f'“{body}”'} to Front Desk"
    assert page.count(f"{shown} ({reason})" if why else shown) >= 2, "at the text, and in the history"


@pytest.mark.parametrize(
    ("body", "offered"),
    [
        ("please take me off this list", True),
        ("stpo", True),
        ("Stop. Thank you", False),
        ("STOP\nSent from my iPhone", False),
        ("BAJA", False),
        ("basta ya", False),
    ],
)
def test_only_own_words_can_be_misread(
    cast: Cast, carrier: FakeTwilio, texts: Any, as_client: Any, body: str, offered: bool
) -> None:
    with scope(cast.northside.id):
        cast.northside.extra_keywords = {"stop": ["BASTA YA"]}
        cast.northside.save(update_fields=["extra_keywords"])
    assert carrier.text(cast.front_desk, MARIA, body).status_code == 200
    (asked, _) = texts()
    address = reverse("conversation", args=[cast.northside.slug, asked.conversation_id])
    page = as_client(cast.owner).get(address).content.decode()
    assert ("Misread" in page) is offered
