"""Try a reply: it predicts what the same text then does, and does nothing itself."""

import itertools
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import KeywordResponder
from kernel.tenancy import scope
from messaging import inbound
from messaging.carriers.base import InboundText
from messaging.compose import compose_text
from messaging.reply_preview import preview_text
from optout import consent
from optout.consent_types import Actor
from optout.number_state import standing
from optout.reviews import Review, ReviewKind
from tests.cast import MARIA, Cast
from tests.messaging.fake_twilio import new_sid

BODIES = (
    "STOP", "stop please", "HELP", "START", "YES", "Hello", "CANCEL", "please stop by at 5",
    "take me off this list", "wrong number", "sorry, you can text me again", "Liked “Reply STOP to opt out”", "BAJA",
)  # fmt: skip
STATES = ("active", "opted out by text", "opted out by us", "blocked")
RESPONDERS = (KeywordResponder.WE, KeywordResponder.CARRIER)


def receive(cast: Cast, body: str) -> None:
    inbound.receive(cast.front_desk, InboundText(new_sid(), MARIA, body, sent_at=timezone.now()))


def set_state(cast: Cast, state: str) -> None:
    maya = Actor.of(cast.member)
    if state == "opted out by text":
        receive(cast, "STOP")
    with scope(cast.northside.id):
        if state == "opted out by us":
            consent.opt_out(cast.northside.id, MARIA, maya, reason="They moved.")
        if state == "blocked":
            consent.block(cast.northside.id, MARIA, maya)


def reviews(cast: Cast) -> list[str]:
    with scope(cast.northside.id):
        return list(Review.objects.filter(number=MARIA).order_by("id").values_list("kind", flat=True))


@pytest.mark.parametrize("responder", RESPONDERS)
@pytest.mark.parametrize(("body", "state"), list(itertools.product(BODIES, STATES)))
def test_prediction_comes_true(cast: Cast, texts: Any, body: str, state: str, responder: str) -> None:
    cast.front_desk.keyword_responder = responder
    set_state(cast, state)
    with scope(cast.northside.id):
        predicted = preview_text(cast.front_desk, MARIA, body)
        before = standing(cast.northside.id, MARIA)
    sent_before = len(texts(outbound=True))
    earlier = reviews(cast)
    receive(cast, body)
    assert reviews(cast)[len(earlier) :] == ([predicted.review] if predicted.review else [])
    replies = [text.body for text in texts(outbound=True)][sent_before:]
    with scope(cast.northside.id):
        after = standing(cast.northside.id, MARIA)
    assert replies == ([predicted.reply] if predicted.reply else [])
    assert bool(after.opt_outs) == (
        predicted.decision.opts_out or (bool(before.opt_outs) and not predicted.decision.lifted)
    )


OPT_INS_AFTER = (  # the channels of the STOPs, that of the START, and what it does
    (
        [""],
        "whatsapp",
        "Lifts nothing: an opt-in in WhatsApp lifts only opt-outs that came in WhatsApp alone.",
    ),
    (["whatsapp"], "whatsapp", "Opts in again"),
    (["whatsapp", ""], "whatsapp", "Lifts nothing"),
    (["whatsapp"], "messenger", "Lifts nothing: an opt-in in Messenger"),
    (["whatsapp", "messenger"], "rcs", "Opts in again"),
    ([""], "", "Opts in again"),
)


@pytest.mark.parametrize("each_inbox", [False, True])
@pytest.mark.parametrize(("stops", "channel", "effect"), OPT_INS_AFTER)
def test_prediction_of_an_opt_in_by_each_channel_comes_true(
    cast: Cast, texts: Any, stops: list[str], channel: str, effect: str, each_inbox: bool
) -> None:
    """Also with each inbox by itself; an opt-out of another inbox says nothing."""
    cast.front_desk.keyword_responder = KeywordResponder.WE
    with scope(cast.northside.id):
        cast.northside.each_inbox_since = timezone.now() if each_inbox else None
        cast.northside.save()
        cast.front_desk.team = cast.billing.team = cast.northside
    for stop in stops:
        inbound.receive(
            cast.front_desk, InboundText(new_sid(), MARIA, "STOP", channel=stop, sent_at=timezone.now())
        )
    if each_inbox:
        inbound.receive(cast.billing, InboundText(new_sid(), MARIA, "STOP", sent_at=timezone.now()))
    with scope(cast.northside.id):
        predicted = preview_text(cast.front_desk, MARIA, "START", channel)
    sent_before, later = len(texts(outbound=True)), timezone.now() + timedelta(seconds=1)
    inbound.receive(cast.front_desk, InboundText(new_sid(), MARIA, "START", channel=channel, sent_at=later))
    assert effect in predicted.effect
    with scope(cast.northside.id):
        opted_out = not standing(cast.northside.id, MARIA, cast.front_desk.id).may_text
        assert opted_out == ("Lifts nothing" in effect)
        assert standing(cast.northside.id, MARIA, cast.billing.id).may_text == (
            not each_inbox and not opted_out
        )
    assert reviews(cast) == ([predicted.review] if predicted.review else [])
    replies = [text.body for text in texts(outbound=True)][sent_before:]
    assert replies == ([predicted.reply] if predicted.reply else [])


@pytest.mark.parametrize(
    ("ours", "kind"),
    [
        ("your appointment is tomorrow at 3, reply C to confirm", ReviewKind.APPOINTMENT),
        ("We are open.", None),
    ],
)
def test_a_cancel_after_an_appointment_asks_for_a_call(
    cast: Cast, carrier: Any, work: Any, ours: str, kind: ReviewKind | None
) -> None:
    with scope(cast.northside.id):
        compose_text(cast.front_desk, MARIA, ours, author=cast.member)
    work()
    with scope(cast.northside.id):
        predicted = preview_text(cast.front_desk, MARIA, "CANCEL")
    receive(cast, "CANCEL")
    assert (predicted.review, reviews(cast)) == (kind, [kind] if kind else [])
    assert predicted.may_mean_appointment is (kind is None)


@pytest.mark.parametrize(
    ("body", "state", "effect", "reason"),
    [
        (
            "sorry, you can text me again",
            "opted out by text",
            "Is marked “Wants texts again”",
            "asks to be texted again",
        ),
        ("Liked “Reply STOP to opt out”", "active", "Is conversation", "is a reaction to another text"),
        ("STOP", "opted out by text", "the number is opted out already", "is a keyword: “STOP”"),
        ("wrong number", "opted out by us", "nothing changes", "says the number is wrong: “wrong number”"),
        ("wrong number", "active", "Is held", "says the number is wrong: “wrong number”"),
    ],
)
def test_the_effect_and_the_reason_are_those_of_the_number(
    cast: Cast, body: str, state: str, effect: str, reason: str
) -> None:
    set_state(cast, state)
    with scope(cast.northside.id):
        predicted = preview_text(cast.front_desk, MARIA, body)
    assert effect in predicted.effect and reason in predicted.reason


def test_page_shows_effect_reason_and_reply_and_changes_nothing(
    cast: Cast, as_client: Any, rows: Any
) -> None:
    before = rows(cast.northside)
    url = reverse("try_reply", args=[cast.northside.slug])
    browser = as_client(cast.admin)
    before = rows(cast.northside)
    answer = browser.post(url, {"inbox": cast.front_desk.id, "number": "(415) 555-0101", "body": "STOP"})
    page = answer.content.decode()
    assert answer.status_code == 200
    for words in (
        "Opts out of all inboxes",
        "(415) 555-0101",
        "The text is a keyword: “STOP”",
        "You are opted out",
    ):
        assert words in page, words
    assert rows(cast.northside) == before
    set_state(cast, "opted out by text")
    by_whatsapp = {"inbox": cast.front_desk.id, "number": MARIA, "body": "START", "channel": "whatsapp"}
    assert (
        "an opt-in in WhatsApp lifts only opt-outs that came in WhatsApp alone"
        in browser.post(url, by_whatsapp).text
    )


@pytest.mark.parametrize(
    "form", [{"body": ""}, {"body": "STOP", "number": "12"}, {"body": "x", "inbox": "0"}]
)
def test_unusable_input_is_shown_again(cast: Cast, as_client: Any, form: dict[str, str]) -> None:
    url = reverse("try_reply", args=[cast.northside.slug])
    assert as_client(cast.admin).post(url, {"inbox": cast.front_desk.id, **form}).status_code == 422
    assert as_client(cast.member).get(url).status_code == 403
