"""Appointments: CANCEL after our text about one opts out, and asks for a call."""

from typing import Any

import pytest

from kernel.tenancy import scope
from messaging.appointments import asks_about_appointment, may_mean_appointment
from messaging.compose import compose_text
from optout.number_state import standing
from tests.cast import MARIA, Cast
from tests.clocks import earlier
from tests.messaging.fake_twilio import FakeTwilio
from tests.messaging.test_holds import arrives, reviews

ASKS = "Your appointment is tomorrow at 3, reply C to confirm"


@pytest.mark.parametrize(
    "body",
    ["CANCEL", "cancel", " Cancel. ", "END", "quit!", "Please cancel", "CANCELAR", "annuler", "Annulla"],
)
def test_keywords_that_may_mean_an_appointment(body: str) -> None:
    assert may_mean_appointment(body)


@pytest.mark.parametrize("body", ["STOP", "unsubscribe", "cancel my texts", "", "the end", "stop cancel"])
def test_texts_that_mean_no_appointment(body: str) -> None:
    assert not may_mean_appointment(body)


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        (ASKS, True),
        ("Your table booking for 7 pm", True),
        ("Your order ships today.", True),
        ("Su cita es mañana a las 3", True),
        ("Votre rendez-vous est demain", True),
        ("Sua consulta é amanhã", True),
        ("Ihr Termin ist morgen um 15 Uhr", True),
        ("Uw afspraak is morgen", True),
        ("Il suo appuntamento è domani", True),
        ("Spring sale: 20 % off everything", False),
        ("In order2 we trust", False),
        ("", False),
    ],
)
def test_texts_of_ours_about_appointments(text: str, asks: bool) -> None:
    assert asks_about_appointment(text) is asks


@pytest.mark.parametrize(("ours", "kinds"), [(ASKS, ["visit"]), ("Spring sale!", []), ("", [])])
def test_cancel_opts_out_and_may_ask_for_a_call(
    cast: Cast, carrier: FakeTwilio, work: Any, ours: str, kinds: list[str]
) -> None:
    if ours:
        with scope(cast.northside.id):
            compose_text(cast.front_desk, MARIA, ours, author=None)
        work()
    arrives(cast, carrier, "CANCEL")
    found = reviews(cast)
    assert [(review.kind, review.outcome) for review in found] == [(kind, "open") for kind in kinds]
    with scope(cast.northside.id):
        assert not standing(cast.northside.id, MARIA).may_text


def test_an_older_text_does_not_count(
    cast: Cast, carrier: FakeTwilio, work: Any, texts: Any, write: Any
) -> None:
    with scope(cast.northside.id):
        compose_text(cast.front_desk, MARIA, ASKS, author=None)
    work()
    write(texts(outbound=True)[0], at=earlier("at", "25 hours"))
    arrives(cast, carrier, "CANCEL")
    assert reviews(cast) == []
