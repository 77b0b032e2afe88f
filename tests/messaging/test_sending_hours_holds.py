"""Sending hours hold scheduled texts and marketing of programs, and nothing else; each hold is in the record."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Inbox, Member, Team
from contacts.contact.models import Contact
from kernel.tenancy import scope
from messaging import tasks
from messaging.compose import compose_text
from messaging.models import Conversation, Message
from messaging.scheduling.models import ScheduledText
from messaging.scheduling.schedule import schedule
from messaging.sending_hours.holding import HoldQuestion, hold_of
from messaging.sending_hours.rules import all_rules
from tests.api.conftest import ApiClient, create_client
from tests.cast import ANY_HOUR, MARIA, TOM, Cast
from tests.clocks import earlier
from tests.messaging.fake_twilio import FakeTwilio

type ClientOf = Callable[[Member], Client]
PHONE = TOM.removeprefix("+")
_CALIFORNIA, _HOUR = ZoneInfo("America/Los_Angeles"), timedelta(hours=1)


class TeamClock:
    """The hours of Northside, which a test opens and closes, whatever the time of day."""

    def __init__(self, cast: Cast, owner: psycopg.Connection) -> None:
        self.cast, self.owner = cast, owner

    def close(self) -> int:
        """Only an hour that begins in one to two hours is allowed. Returns that hour of California's clock."""
        hour = (timezone.now().astimezone(_CALIFORNIA) + 2 * _HOUR).hour
        self._save({**ANY_HOUR, "week": [[[hour * 60, hour * 60 + 60]]] * 7})
        return hour

    def open(self) -> None:
        """All hours are allowed, and what was held is due."""
        self._save(ANY_HOUR)
        for statement in (
            "UPDATE messaging_message SET due_at = now(), held_until = now() WHERE held_until IS NOT NULL",
            "UPDATE messaging_scheduledtext SET held_until = now() - interval '1 second' WHERE held_until IS NOT NULL",
        ):
            self.owner.execute(statement)

    def set_aside_all_but(self, *places: str) -> None:
        reasons = {rule.place: "A test of one law." for rule in all_rules() if rule.place not in places}
        self._save({"set_aside": reasons})

    def _save(self, hours: dict[str, Any]) -> None:
        with scope(self.cast.northside.id):
            Team.objects.filter(id=self.cast.northside.id).update(sending_hours=hours)
        self.cast.northside.sending_hours = self.cast.front_desk.team.sending_hours = hours


@pytest.fixture
def hours(cast: Cast, owner: psycopg.Connection) -> TeamClock:
    return TeamClock(cast, owner)


@pytest.fixture
def in_team(cast: Cast) -> Iterator[None]:
    with scope(cast.northside.id):
        yield


@pytest.fixture
def crm(cast: Cast) -> ApiClient:
    return create_client(cast.owner)


def _schedule(cast: Cast, number: str, owner: psycopg.Connection) -> ScheduledText:
    """A text whose time has come."""
    with scope(cast.northside.id):
        found, _ = Conversation.objects.get_or_create(
            team_id=cast.northside.id, inbox=cast.front_desk, number=number,
            defaults={"last_message_at": timezone.now()},
        )  # fmt: skip
        made = schedule(found, "Your glasses.", timezone.now() + _HOUR, cast.member, unless_answered=False)
    owner.execute("UPDATE messaging_scheduledtext SET send_at = now() - interval '1 second'")
    return made


def test_a_scheduled_text_waits_for_the_hours_and_keeps_the_hold_in_the_record(
    cast: Cast, carrier: FakeTwilio, hours: TeamClock, owner: Any, work: Any, texts: Any, as_client: ClientOf,
    crm: ApiClient,
) -> None:  # fmt: skip
    hour = hours.close()
    waiting = _schedule(cast, TOM, owner)
    tasks.send_scheduled_texts()
    tasks.send_scheduled_texts()
    assert texts(outbound=True) == []
    shown = crm.get(f"schedule/{waiting.id}")
    assert shown["status"] == "scheduled" and shown["held_until"]
    words = f"your team's hours, {'before' if hour > 1 else 'after'}"
    assert shown["held"].startswith("held ") and words in shown["held"]
    page = as_client(cast.member).get(
        reverse("conversation", args=["northside-dental", waiting.conversation_id])
    )
    assert f"Held {shown['held'].removeprefix('held ')}".replace("'", "&#x27;") in page.content.decode()
    hours.open()
    tasks.send_scheduled_texts()
    work()
    (sent,) = texts(outbound=True)
    assert (sent.status, sent.held, sent.held_until) == ("sent", shown["held"], None)


def test_a_reply_within_a_day_and_a_confirmation_go_at_any_hour(
    cast: Cast, carrier: FakeTwilio, hours: TeamClock, owner: Any, work: Any, texts: Any
) -> None:
    hours.close()
    carrier.text(cast.front_desk, MARIA, "When will my glasses be ready?")
    _schedule(cast, MARIA, owner)
    tasks.send_scheduled_texts()
    work()
    assert [(text.status, text.held) for text in texts(outbound=True)] == [("sent", "")]
    owner.execute(f"UPDATE messaging_message SET at = {earlier('at', '25 hours')} WHERE NOT outbound")
    _schedule(cast, MARIA, owner)
    tasks.send_scheduled_texts()
    assert len(texts(outbound=True)) == 1, "the person's text is older than a day"
    carrier.text(cast.front_desk, MARIA, "STOP")
    work()
    assert [text.purpose for text in texts(outbound=True)] == ["text", "confirmation"]
    with scope(cast.northside.id):
        assert ScheduledText.objects.order_by("id").last().outcome == "cancelled"  # type: ignore[union-attr]


def test_marketing_of_a_program_waits_and_a_members_text_passes_it(
    cast: Cast, carrier: FakeTwilio, hours: TeamClock, work: Any, texts: Any, crm: ApiClient
) -> None:
    hours.close()
    offer = {"inbox_id": cast.front_desk.id, "phone_number": PHONE, "text": "Frames at half price"}
    why = crm.get(f"contact/{PHONE}/why")
    assert why["may_text"] and not why["sending_hours"]["open"] and why["sending_hours"]["held_until"]
    assert "your team's hours" in why["sending_hours"]["reason"]
    assert why["sending_hours"]["clock"].endswith(" in California")
    answer = crm.post("message/send", {**offer, "marketing": True})
    assert (answer["status"], answer["held"][:5]) == ("queued", "held ")
    crm.post("message/send", {**offer, "text": "Your order is ready."})
    with scope(cast.northside.id):
        compose_text(cast.front_desk, TOM, "Hello Tom", author=cast.member, by_hand=True)
    work()
    sent = texts(outbound=True, status="sent")
    assert [text.body for text in sent] == ["Your order is ready.", "Hello Tom"]
    (listed,) = [text for text in crm.get(f"messages?phoneNumber={PHONE}&inboxID={cast.front_desk.id}")
                 if text["marketing"]]  # fmt: skip
    assert (listed["held"], listed["held_until"]) == (answer["held"], answer["held_until"])
    hours.open()
    work()
    (sold,) = texts(marketing=True)
    assert (sold.status, sold.held, sold.held_until) == ("sent", answer["held"], None)
    assert crm.refused("POST", "message/send", {**offer, "private": True, "marketing": True}) == (
        400,
        "bad_data",
    )


def test_a_text_that_was_queued_within_the_hours_is_held_at_its_claim(
    cast: Cast, carrier: FakeTwilio, hours: TeamClock, work: Any, texts: Any, crm: ApiClient
) -> None:
    crm.post(
        "message/send",
        {"inbox_id": cast.front_desk.id, "phone_number": PHONE, "text": "Sale", "marketing": True},
    )
    hours.close()
    work()
    (text,) = texts(outbound=True)
    assert text.status == "queued" and text.held.startswith("held ") and text.due_at == text.held_until
    carrier.text(cast.front_desk, TOM, "STOP")
    hours.open()
    work()
    assert [(text.status, text.reason) for text in texts(marketing=True)] == [("refused", "opted_out")]


def _sold(inbox: Inbox, number: str, at: datetime, status: str = "delivered") -> None:
    found, _ = Conversation.objects.get_or_create(
        team_id=inbox.team_id, inbox=inbox, number=number, defaults={"last_message_at": at}
    )
    Message.objects.create(
        team_id=inbox.team_id, conversation=found, inbox=inbox, number=number, outbound=True, status=status,
        at=at, claimed_at=at, marketing=True,
    )  # fmt: skip


@pytest.mark.usefixtures("in_team")
def test_a_person_in_florida_gets_three_marketing_texts_within_a_day(cast: Cast, hours: TeamClock) -> None:
    hours.set_aside_all_but("US", "US-FL")
    number, noon = "+13055550101", datetime(2026, 6, 10, 16, tzinfo=UTC)
    ask = HoldQuestion(cast.northside, number, marketing=True, custom={})
    for hours_before, status in (
        (23, "delivered"),
        (2, "sent"),
        (1, "refused"),
        (0.5, "failed"),
        (30, "sent"),
    ):
        _sold(cast.front_desk, number, noon - hours_before * _HOUR, status)
    assert hold_of(ask, noon) is None, "two count: the others were not sent, or are older than a day"
    _sold(cast.front_desk, number, noon - timedelta(minutes=10), "sent")
    hold = hold_of(ask, noon)
    assert hold and (hold.until, hold.reason) == (noon + _HOUR, "Florida, 3 marketing texts in 24 hours")
    assert hold_of(HoldQuestion(cast.northside, number, custom={}), noon) is None, "it is not marketing"
    evening = noon + timedelta(hours=7, minutes=55)  # 19:55 in Florida; the limit ends after 20:00
    for minutes in (10, 20, 30):
        _sold(cast.front_desk, number, evening - timedelta(minutes=minutes))
    late = hold_of(ask, evening)
    assert late and late.until == evening - timedelta(minutes=30) + timedelta(hours=24)


@pytest.mark.usefixtures("in_team")
def test_a_person_is_where_number_and_address_say(cast: Cast, hours: TeamClock) -> None:
    hours.set_aside_all_but("US", "US-TX")
    at = datetime(2026, 11, 29, 16, 30, tzinfo=UTC)  # a Sunday: 8:30 in California, 10:30 in Texas
    ask = HoldQuestion(cast.northside, MARIA)
    assert hold_of(ask, at) is None

    def live_in(**custom: Any) -> str:
        Contact.objects.filter(team_id=cast.northside.id, number=MARIA).update(custom=custom)
        hold = hold_of(ask, at)
        return hold.reason if hold else ""

    assert live_in(zip_code="78701") == "Texas, Sunday before 12 PM Central time"
    assert live_in(address="1100 Congress Ave, Austin, TX 78701") == "Texas, Sunday before 12 PM Central time"
    assert live_in(zip=78701) == "Texas, Sunday before 12 PM Central time"  # a field of numbers
    assert live_in(zip="unknown", address="Austin, TX 78701") == "Texas, Sunday before 12 PM Central time"
    assert live_in(favourite="78701") == ""
    cast.northside.sending_hours["address_field"] = "favourite"
    assert live_in(favourite="78701") == "Texas, Sunday before 12 PM Central time"
    assert live_in(zip_code="78701") == "", "the team reads another field"
