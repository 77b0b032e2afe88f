"""Conversation starts and waiting times: which texts start a conversation, and how long people waited for an answer."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import time_machine
from django.utils import timezone

from kernel.tenancy import scope
from messaging import inbound
from messaging.carriers.base import InboundText
from messaging.compose import compose_text
from messaging.models import Conversation, Message
from optout import consent
from optout.consent_types import Actor
from optout.models import Origin
from tests.cast import MARIA, Cast
from tests.messaging.fake_twilio import FakeTwilio, new_sid, refusal

HOUR = timedelta(hours=1)


def stored(cast: Cast) -> list[tuple[str, bool, int | None]]:
    with scope(cast.northside.id):
        texts = Message.objects.filter(team_id=cast.northside.id, purpose="text").order_by("id")
        return list(texts.values_list("body", "starts_conversation", "waited_seconds"))


def send(cast: Cast, body: str) -> Message:
    with scope(cast.northside.id):
        return compose_text(cast.front_desk, MARIA, body, author=cast.member)


def test_the_first_answer_stores_the_waiting_time(cast: Cast, carrier: FakeTwilio) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        send(cast, "Hello Maria")  # nobody waits
        clock.shift(HOUR)
        carrier.text(cast.front_desk, MARIA, "Do you open on Sunday?")
        clock.shift(HOUR)
        carrier.text(cast.front_desk, MARIA, "Hello?")
        clock.shift(HOUR)
        send(cast, "We do.")
        send(cast, "From ten.")
    texts = stored(cast)
    # The database sets the times of inbound texts, and its clock is real.
    assert [body for body, _, _ in texts] == [
        "Hello Maria", "Do you open on Sunday?", "Hello?", "We do.", "From ten.",
    ]  # fmt: skip
    assert [waited is not None for _, _, waited in texts] == [False, False, False, True, False]
    assert texts[3][2] and abs(texts[3][2] - 3 * 3600) < 60


def test_a_keyword_starts_no_waiting_time(cast: Cast, carrier: FakeTwilio) -> None:
    for body in ("HELP", "STOP", "START"):
        carrier.text(cast.front_desk, MARIA, body)
    assert send(cast, "Welcome back").waited_seconds is None


def test_a_refused_text_is_no_answer(cast: Cast, carrier: FakeTwilio) -> None:
    carrier.text(cast.front_desk, MARIA, "Do you open on Sunday?")
    with scope(cast.northside.id):
        staff = Actor(Origin.MEMBER, "Amir")
        consent.opt_out(cast.northside.id, MARIA, staff, reason="They asked us")
    assert send(cast, "We do.").waited_seconds is None
    with scope(cast.northside.id):
        consent.lift(cast.northside.id, MARIA, staff, reason="A mistake")
    assert send(cast, "We do.").waited_seconds == 0


def test_nobody_is_waiting_in_a_closed_conversation(cast: Cast, carrier: FakeTwilio) -> None:
    carrier.text(cast.front_desk, MARIA, "Thank you, bye")
    with scope(cast.northside.id):
        Conversation.objects.filter(team_id=cast.northside.id).update(closed=True)
    assert send(cast, "You are welcome").waited_seconds is None


def test_a_conversation_starts_after_a_day_without_texts(cast: Cast, carrier: FakeTwilio) -> None:
    def ago(**time: Any) -> None:
        with scope(cast.northside.id):
            quiet = timezone.now() - timedelta(**time)
            Conversation.objects.filter(team_id=cast.northside.id).update(last_message_at=quiet)

    carrier.text(cast.front_desk, MARIA, "One")
    send(cast, "Two")
    ago(hours=23)
    carrier.text(cast.front_desk, MARIA, "Three")
    ago(hours=25)
    carrier.text(cast.front_desk, MARIA, "Four")
    ago(hours=25)
    send(cast, "Five")
    assert [(body, begins) for body, begins, _ in stored(cast)] == [
        ("One", True), ("Two", False), ("Three", False), ("Four", True), ("Five", True),
    ]  # fmt: skip


def test_a_failed_text_leaves_the_first_answer_to_the_next(
    cast: Cast, carrier: FakeTwilio, work: Callable[[], None]
) -> None:
    def receive(body: str) -> None:
        inbound.receive(cast.front_desk, InboundText(new_sid(), MARIA, body, sent_at=timezone.now()))

    with time_machine.travel(timezone.now() - 3 * HOUR, tick=False) as clock:
        receive("Do you open on Sunday?")
        clock.shift(HOUR)
        send(cast, "We do.")
        send(cast, "From ten.")
        carrier.answers.extend([refusal(21211), refusal(21211)])
        work()
        clock.shift(HOUR)
        receive("Hello?")
        send(cast, "We open at ten.")
        send(cast, "See you!")
        work()
    with scope(cast.northside.id):
        sent = Message.objects.filter(team_id=cast.northside.id, status="sent").order_by("id")
        assert list(sent.values_list("body", "waited_seconds")) == [
            ("We open at ten.", 2 * 3600),
            ("See you!", None),
        ]
