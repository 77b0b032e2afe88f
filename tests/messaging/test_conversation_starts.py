"""What a text was to its conversation: whether it began one, and how long somebody had waited for it."""

from datetime import timedelta
from typing import Any

import time_machine
from django.utils import timezone

from kernel.tenancy import scope
from messaging.compose import compose_text
from messaging.models import Conversation, Message
from optout import consent
from optout.consent_types import Actor
from optout.models import Origin
from tests.cast import MARIA, Cast
from tests.messaging.fake_twilio import FakeTwilio

HOUR = timedelta(hours=1)


def told(cast: Cast) -> list[tuple[str, bool, int | None]]:
    with scope(cast.northside.id):
        texts = Message.objects.filter(team_id=cast.northside.id, purpose="text").order_by("id")
        return list(texts.values_list("body", "starts_conversation", "waited_seconds"))


def say(cast: Cast, body: str) -> Message:
    with scope(cast.northside.id):
        return compose_text(cast.front_desk, MARIA, body, author=cast.member)


def test_the_first_answer_knows_how_long_it_took(cast: Cast, carrier: FakeTwilio) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        say(cast, "Hello Maria")  # nobody waits
        clock.shift(HOUR)
        carrier.text(cast.front_desk, MARIA, "Do you open on Sunday?")
        clock.shift(HOUR)
        carrier.text(cast.front_desk, MARIA, "Hello?")
        clock.shift(HOUR)
        say(cast, "We do.")
        say(cast, "From ten.")
    heard = told(cast)
    # Inbound texts are timed by the database, which nobody here can move.
    assert [body for body, _, _ in heard] == [
        "Hello Maria", "Do you open on Sunday?", "Hello?", "We do.", "From ten.",
    ]  # fmt: skip
    assert [waited is not None for _, _, waited in heard] == [False, False, False, True, False]
    assert heard[3][2] and abs(heard[3][2] - 3 * 3600) < 60


def test_nobody_waits_for_an_answer_to_a_keyword(cast: Cast, carrier: FakeTwilio) -> None:
    for body in ("HELP", "STOP", "START"):
        carrier.text(cast.front_desk, MARIA, body)
    assert say(cast, "Welcome back").waited_seconds is None


def test_a_refused_text_answers_nobody(cast: Cast, carrier: FakeTwilio) -> None:
    carrier.text(cast.front_desk, MARIA, "Do you open on Sunday?")
    with scope(cast.northside.id):
        staff = Actor(Origin.MEMBER, "Amir")
        consent.opt_out(cast.northside.id, MARIA, staff, reason="They asked us")
    assert say(cast, "We do.").waited_seconds is None
    with scope(cast.northside.id):
        consent.lift(cast.northside.id, MARIA, staff, reason="A mistake")
    assert say(cast, "We do.").waited_seconds == 0


def test_who_was_closed_waits_for_nothing(cast: Cast, carrier: FakeTwilio) -> None:
    carrier.text(cast.front_desk, MARIA, "Thank you, bye")
    with scope(cast.northside.id):
        Conversation.objects.filter(team_id=cast.northside.id).update(closed=True)
    assert say(cast, "You are welcome").waited_seconds is None


def test_a_conversation_begins_after_a_day_of_quiet(cast: Cast, carrier: FakeTwilio) -> None:
    def ago(**time: Any) -> None:
        with scope(cast.northside.id):
            quiet = timezone.now() - timedelta(**time)
            Conversation.objects.filter(team_id=cast.northside.id).update(last_message_at=quiet)

    carrier.text(cast.front_desk, MARIA, "One")
    say(cast, "Two")
    ago(hours=23)
    carrier.text(cast.front_desk, MARIA, "Three")
    ago(hours=25)
    carrier.text(cast.front_desk, MARIA, "Four")
    ago(hours=25)
    say(cast, "Five")
    assert [(body, begins) for body, begins, _ in told(cast)] == [
        ("One", True), ("Two", False), ("Three", False), ("Four", True), ("Five", True),
    ]  # fmt: skip
