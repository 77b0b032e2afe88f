"""HELP of a person who opted out: no answer where the rules ask for none, and the thread says why."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Inbox, KeywordResponder, Member
from kernel.tenancy import scope
from messaging.carriers.base import InboundText
from messaging.inbound import receive
from messaging.models import Conversation, Message
from tests.cast import MARIA, Cast
from tests.html import flat
from tests.messaging.fake_twilio import new_sid

NOTE = "Not answered, because this person had opted out."
CANADIAN = "+14165550123"


@pytest.mark.parametrize(
    ("number", "texts", "responder", "answered", "noted"),
    [
        (MARIA, ["STOP", "HELP"], KeywordResponder.WE, False, True),
        (MARIA, ["STOP", "Info"], KeywordResponder.WE, False, True),
        (MARIA, ["HELP"], KeywordResponder.WE, True, False),
        (MARIA, ["STOP", "help me with my bike"], KeywordResponder.WE, False, False),
        (CANADIAN, ["STOP", "HELP"], KeywordResponder.WE, True, False),
        (MARIA, ["STOP", "HELP"], KeywordResponder.CARRIER, False, False),  # it may have answered
    ],
)
def test_the_thread_says_why_a_help_got_no_answer(
    cast: Cast,
    as_client: Callable[[Member], Client],
    number: str,
    texts: list[str],
    responder: KeywordResponder,
    answered: bool,
    noted: bool,
) -> None:
    with scope(cast.northside.id):
        Inbox.objects.filter(team=cast.northside).update(keyword_responder=responder)
        inbox = Inbox.objects.select_related("team").get(team=cast.northside, id=cast.front_desk.id)
    for body in texts:
        receive(inbox, InboundText(new_sid(), number, body))
    with scope(cast.northside.id):
        found = Conversation.objects.get(team=cast.northside, number=number)
        answers = Message.objects.filter(team=cast.northside, conversation=found, purpose="answer")
        assert answers.exists() == answered
    page = as_client(cast.member).get(reverse("conversation", args=[cast.northside.slug, found.id]))
    assert (NOTE in flat(page)) == noted
