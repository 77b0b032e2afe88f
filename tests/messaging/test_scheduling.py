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

from accounts.models import Member, Role, Seat
from accounts.roles.models import TeamRole
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


def leave(cast: Cast) -> None:
    cast.member.delete()


def lose_inbox(cast: Cast) -> None:
    Seat.objects.filter(team=cast.northside, member=cast.member).delete()


def become_reader(cast: Cast) -> None:
    reader = TeamRole.objects.create(team=cast.northside, name="Reader", rights=[])
    Member.objects.filter(team=cast.northside, id=cast.member.id).update(custom_role=reader)


def become_reader_here(cast: Cast) -> None:
    reader = TeamRole.objects.create(team=cast.northside, name="Reader", rights=[])
    seats = Seat.objects.filter(team=cast.northside, member=cast.member)
    seats.update(role=Role.MEMBER, custom_role=reader)


LOSSES = [leave, lose_inbox, become_reader, become_reader_here]
STOPPED = "Not sent: Maya Chen may no longer text from this inbox."


@pytest.mark.parametrize("lose_right", LOSSES)
def test_a_text_whose_author_lost_the_right_is_stopped_and_taken_over(
    cast: Cast,
    conversation: Conversation,
    as_client: ClientOf,
    its_time: Any,
    work: Any,
    texts: Any,
    lose_right: Callable[[Cast], None],
) -> None:
    schedule(as_client(cast.member), conversation)
    with scope(cast.northside.id):
        lose_right(cast)
    its_time()
    assert texts(outbound=True) == []
    (text,) = scheduled(cast)
    assert (text.is_stopped, text.is_waiting, text.ending) == (True, False, STOPPED)
    with scope(cast.northside.id):
        listed = load_conversations(cast.admin, Folder.SCHEDULED, None).conversations
    assert [found.id for found in listed] == [conversation.id]

    admin = as_client(cast.admin)
    page = admin.get(reverse("conversation", args=["northside-dental", conversation.id])).content.decode()
    takeover = reverse("scheduled_text_takeover", args=["northside-dental", conversation.id, text.id])
    assert STOPPED in page and f'action="{takeover}"' in page
    for _ in range(2):  # the second one changes nothing
        assert admin.post(takeover).status_code == 302
        its_time()
    work()
    (sent,) = texts(outbound=True)
    assert (sent.body, sent.author_name, sent.status) == (BODY, "Amir Adams", "sent")


def test_a_stopped_text_is_cancelled_by_a_member_or_an_opt_out(
    cast: Cast,
    carrier: FakeTwilio,
    conversation: Conversation,
    as_client: ClientOf,
    its_time: Any,
    texts: Any,
) -> None:
    desk, admin = as_client(cast.member), as_client(cast.admin)
    for _ in range(2):
        schedule(desk, conversation)
    with scope(cast.northside.id):
        lose_inbox(cast)
    its_time()
    first, second = scheduled(cast)
    assert admin.post(url_of("delete_scheduled_text", conversation, first)).status_code == 302
    carrier.text(cast.front_desk, MARIA, "STOP")
    assert [(text.outcome, bool(text.event_id)) for text in scheduled(cast)] == [
        ("cancelled", False),
        ("cancelled", True),
    ]
    for text in (first, second):
        assert admin.post(url_of("scheduled_text_takeover", conversation, text)).status_code == 302
    its_time()
    assert [text.purpose for text in texts(outbound=True)] == ["confirmation"]


def test_only_a_member_with_the_right_takes_a_text_over(
    cast: Cast, conversation: Conversation, as_client: ClientOf, its_time: Any
) -> None:
    schedule(as_client(cast.admin), conversation)
    with scope(cast.northside.id):
        Member.objects.filter(team=cast.northside, id=cast.admin.id).update(role=Role.MEMBER)
        become_reader_here(cast)
    its_time()
    (text,) = scheduled(cast)
    assert text.is_stopped
    desk = as_client(cast.member)
    assert desk.post(url_of("scheduled_text_takeover", conversation, text)).status_code == 403
    page = desk.get(reverse("conversation", args=["northside-dental", conversation.id])).content.decode()
    assert "Amir Adams may no longer text from this inbox" in page and "in your name" not in page


def url_of(name: str, conversation: Conversation, text: ScheduledText) -> str:
    return reverse(name, args=["northside-dental", conversation.id, text.id])
