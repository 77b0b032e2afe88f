"""Scheduled texts: sent at their time, once; not after an opt-out, a hold, an answer, or a cancellation."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Member
from kernel.tenancy import scope
from messaging import tasks
from messaging.folders import Folder
from messaging.inbox import load_conversations
from messaging.models import Conversation
from messaging.scheduling.models import ScheduledText
from optout import consent
from optout.consent_types import Actor
from tests.cast import MARIA, Cast
from tests.messaging.fake_twilio import FakeTwilio

type ClientOf = Callable[[Member], Client]
BODY = "Your glasses are ready."


@pytest.fixture
def conversation(cast: Cast, carrier: FakeTwilio) -> Conversation:
    carrier.text(cast.front_desk, MARIA, "When will my glasses be ready?")
    with scope(cast.northside.id):
        found: Conversation = Conversation.objects.get(team=cast.northside, number=MARIA)
    return found


def schedule(client: Client, conversation: Conversation, **data: Any) -> Any:
    zone = ZoneInfo("America/New_York")
    at = timezone.localtime(timezone.now() + timedelta(days=1), zone).strftime("%Y-%m-%dT%H:%M")
    url = reverse("scheduled_texts", args=["northside-dental", conversation.id])
    return client.post(url, {"body": BODY, "send_at": at, **data})


def scheduled(cast: Cast) -> list[ScheduledText]:
    with scope(cast.northside.id):
        return list(ScheduledText.objects.order_by("id"))


@pytest.fixture
def its_time(owner: psycopg.Connection) -> Callable[[], None]:
    """Let all scheduled texts be due, and run the task twice."""

    def run() -> None:
        owner.execute("UPDATE messaging_scheduledtext SET send_at = now() - interval '1 second'")
        for _ in range(2):
            tasks.send_scheduled_texts()

    return run


def test_a_text_is_sent_at_its_time_once(
    cast: Cast, conversation: Conversation, as_client: ClientOf, its_time: Any, work: Any, texts: Any
) -> None:
    desk = as_client(cast.member)
    assert schedule(desk, conversation).status_code == 302
    with scope(cast.northside.id):
        in_folder = load_conversations(cast.member, Folder.SCHEDULED, None).conversations
    assert [found.id for found in in_folder] == [conversation.id]
    tasks.send_scheduled_texts()
    assert texts(outbound=True) == [], "its time has not come"
    its_time()
    work()
    (sent,) = texts(outbound=True)
    assert (sent.body, sent.author_name, sent.status) == (BODY, "Maya Chen", "sent")
    assert [text.outcome for text in scheduled(cast)] == ["sent"]


def test_the_time_is_the_clock_of_the_team(
    cast: Cast, conversation: Conversation, as_client: ClientOf
) -> None:
    day = (timezone.now() + timedelta(days=30)).date()
    schedule(as_client(cast.member), conversation, send_at=f"{day}T09:00")
    (text,) = scheduled(cast)
    assert text.send_at == datetime(day.year, day.month, day.day, 9, tzinfo=ZoneInfo("America/New_York"))


@pytest.mark.parametrize(
    "bad",
    [
        {"send_at": ""}, {"send_at": "soon"}, {"send_at": "2020-01-01T09:00"}, {"send_at": "2999-01-01T09:00"},
        {"body": ""}, {"body": "", "again": "1"}, {"body": "\u200b"}, {"body": "x" * 1601},
    ],
)  # fmt: skip
def test_bad_input_is_refused(
    cast: Cast, conversation: Conversation, as_client: ClientOf, bad: dict[str, str]
) -> None:
    assert schedule(as_client(cast.member), conversation, **bad).status_code == 422
    assert scheduled(cast) == []


def test_a_stop_cancels_what_waits(
    cast: Cast,
    carrier: FakeTwilio,
    conversation: Conversation,
    as_client: ClientOf,
    its_time: Any,
    work: Any,
    texts: Any,
) -> None:
    desk = as_client(cast.member)
    schedule(desk, conversation)
    carrier.text(cast.front_desk, MARIA, "Stop. Thank you")
    its_time()
    work()
    assert [text.purpose for text in texts(outbound=True)] == ["confirmation"]
    (text,) = scheduled(cast)
    assert (text.outcome, text.ending) == ("cancelled", "Not sent: the person opted out.")
    page = desk.get(reverse("conversation", args=["northside-dental", conversation.id])).content.decode()
    assert "1 scheduled text cancelled." in page


def test_an_opt_out_by_the_team_stops_it_at_its_time(
    cast: Cast, conversation: Conversation, as_client: ClientOf, its_time: Any, work: Any, texts: Any
) -> None:
    schedule(as_client(cast.member), conversation)
    with scope(cast.northside.id):
        consent.opt_out(cast.northside.id, MARIA, Actor.of(cast.admin), reason="They asked us")
    its_time()
    work()
    assert [text.outcome for text in scheduled(cast)] == ["refused"]
    assert [text.status for text in texts(outbound=True)] == ["refused"]


def test_a_held_number_gets_no_scheduled_text(
    cast: Cast,
    carrier: FakeTwilio,
    conversation: Conversation,
    as_client: ClientOf,
    its_time: Any,
    work: Any,
    texts: Any,
) -> None:
    schedule(as_client(cast.member), conversation)
    carrier.text(cast.front_desk, MARIA, "STOP 12345")
    its_time()
    work()
    (text,) = scheduled(cast)
    assert (text.outcome, text.reason) == ("refused", "held_for_review")
    assert [text.status for text in texts(outbound=True)] == ["refused"]


def test_unless_they_answer(
    cast: Cast,
    carrier: FakeTwilio,
    conversation: Conversation,
    as_client: ClientOf,
    its_time: Any,
    texts: Any,
) -> None:
    desk = as_client(cast.member)
    schedule(desk, conversation, unless_answered="on")
    schedule(desk, conversation)
    carrier.text(cast.front_desk, MARIA, "Never mind, I found them")
    its_time()
    assert [text.outcome for text in scheduled(cast)] == ["answered", "sent"]
    assert len(texts(outbound=True)) == 1


def test_a_cancelled_text_is_not_sent(
    cast: Cast, conversation: Conversation, as_client: ClientOf, its_time: Any, texts: Any
) -> None:
    desk = as_client(cast.member)
    schedule(desk, conversation)
    (text,) = scheduled(cast)
    url = reverse("delete_scheduled_text", args=["northside-dental", conversation.id, text.id])
    for _ in range(2):
        assert desk.post(url).status_code == 302
    its_time()
    assert [text.outcome for text in scheduled(cast)] == ["cancelled"] and texts(outbound=True) == []


def test_a_text_of_a_member_who_left_is_sent(
    cast: Cast, conversation: Conversation, as_client: ClientOf, its_time: Any, texts: Any
) -> None:
    schedule(as_client(cast.member), conversation)
    with scope(cast.northside.id):
        cast.member.delete()
    its_time()
    assert [text.author_name for text in texts(outbound=True)] == ["Maya Chen"]
