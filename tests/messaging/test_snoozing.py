"""Snoozed conversations: until a time, or until the person writes, whichever is first."""

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
from messaging.carriers.base import InboundText
from messaging.compose import compose_text
from messaging.folders import Folder
from messaging.inbound import receive
from messaging.inbox import load_conversations, mark_read
from messaging.models import Conversation
from messaging.snoozing.choices import snooze_choices
from messaging.teamwork.models import Activity
from optout import consent
from optout.consent_types import Actor
from tests.cast import MARIA, TOM, Cast
from tests.messaging.fake_twilio import new_sid
from tests.messaging.folder_counts import count_folders

type ClientOf = Callable[[Member], Client]
NEW_YORK = ZoneInfo("America/New_York")


@pytest.fixture
def conversation(cast: Cast) -> Conversation:
    return receive_text(cast, MARIA)


def receive_text(cast: Cast, number: str, body: str = "Are you open?") -> Conversation:
    receive(cast.front_desk, InboundText(new_sid(), number, body))
    with scope(cast.northside.id):
        found: Conversation = Conversation.objects.select_related("inbox").get(
            inbox=cast.front_desk, number=number
        )
    return found


def post(client: Client, name: str, conversation: Conversation, **data: Any) -> Any:
    return client.post(reverse(name, args=["northside-dental", conversation.id]), data)


def numbers_in(member: Member, folder: Folder) -> list[str]:
    with scope(member.team_id):
        return [found.number for found in load_conversations(member, folder, None).conversations]


def sentences(cast: Cast) -> list[str]:
    with scope(cast.northside.id):
        return [activity.sentence for activity in Activity.objects.order_by("id")]


@pytest.fixture
def its_time(owner: psycopg.Connection) -> Callable[[], None]:
    """Let all snoozes end, and run the task twice."""

    def run() -> None:
        owner.execute(
            "UPDATE messaging_conversation SET snoozed_until = now() - interval '1 second'"
            " WHERE snoozed_until IS NOT NULL"
        )
        for _ in range(2):
            tasks.wake_snoozed_conversations()

    return run


def test_a_snoozed_conversation_leaves_the_open_folders(
    cast: Cast, conversation: Conversation, as_client: ClientOf
) -> None:
    receive_text(cast, TOM)
    assert post(as_client(cast.member), "snooze", conversation, until="tomorrow").status_code == 302
    for folder in (Folder.OPEN, Folder.WAITING, Folder.UNREAD, Folder.UNASSIGNED):
        assert numbers_in(cast.member, folder) == [TOM], folder
    assert numbers_in(cast.member, Folder.SNOOZED) == [MARIA]
    with scope(cast.northside.id):
        assert count_folders(cast.member, None)["snoozed"] == 1
    page = as_client(cast.member).get(reverse("conversation", args=["northside-dental", conversation.id]))
    assert "Maya Chen snoozed this conversation" in page.content.decode()
    assert "Snoozed until" in page.content.decode() and "09:00" in page.content.decode()


def test_a_text_always_wakes(cast: Cast, conversation: Conversation, as_client: ClientOf) -> None:
    for body in ("Hello?", "STOP", "START", "Please take me off your list"):
        post(as_client(cast.member), "snooze", conversation, until="next-week")
        assert numbers_in(cast.member, Folder.SNOOZED) == [MARIA]
        receive_text(cast, MARIA, body)
        assert numbers_in(cast.member, Folder.SNOOZED) == []
        assert numbers_in(cast.member, Folder.OPEN) == [MARIA], body


def test_our_own_text_does_not_wake(cast: Cast, conversation: Conversation, as_client: ClientOf) -> None:
    post(as_client(cast.member), "snooze", conversation, until="tomorrow")
    with scope(cast.northside.id):
        compose_text(cast.front_desk, MARIA, "We open at nine", author=cast.owner)
    assert numbers_in(cast.member, Folder.SNOOZED) == [MARIA]


def test_it_wakes_at_its_time_once_and_unread_for_who_snoozed_it(
    cast: Cast, conversation: Conversation, as_client: ClientOf, its_time: Callable[[], None]
) -> None:
    with scope(cast.northside.id):
        mark_read(conversation, cast.member)
        mark_read(conversation, cast.admin)
    post(as_client(cast.member), "snooze", conversation, until="tomorrow")
    tasks.wake_snoozed_conversations()
    assert numbers_in(cast.member, Folder.SNOOZED) == [MARIA], "its time has not come"
    its_time()
    assert numbers_in(cast.member, Folder.SNOOZED) == []
    assert numbers_in(cast.member, Folder.UNREAD) == [MARIA]
    assert numbers_in(cast.admin, Folder.UNREAD) == []
    assert sentences(cast) == ["Maya Chen snoozed this conversation", "The snooze has ended"]


def test_it_wakes_also_when_its_member_has_left(
    cast: Cast, conversation: Conversation, as_client: ClientOf, its_time: Callable[[], None]
) -> None:
    post(as_client(cast.member), "snooze", conversation, until="tomorrow")
    with scope(cast.northside.id):
        cast.member.delete()
    its_time()
    assert numbers_in(cast.owner, Folder.OPEN) == [MARIA]


def test_a_snooze_is_ended_and_changed(cast: Cast, conversation: Conversation, as_client: ClientOf) -> None:
    desk = as_client(cast.member)
    for until in ("tomorrow", "tomorrow", "next-week"):
        post(desk, "snooze", conversation, until=until)
    for _ in range(2):
        post(desk, "delete_snooze", conversation)
    assert numbers_in(cast.member, Folder.OPEN) == [MARIA]
    changes = ["Maya Chen snoozed this conversation"] * 2 + ["Maya Chen ended the snooze"]
    is_sunday_to_monday = snooze_choices(timezone.now(), NEW_YORK)[-1].until == (
        snooze_choices(timezone.now(), NEW_YORK)[-2].until
    )
    assert sentences(cast) == changes[is_sunday_to_monday:]


def test_closing_ends_the_snooze(
    cast: Cast, conversation: Conversation, as_client: ClientOf, its_time: Callable[[], None]
) -> None:
    desk = as_client(cast.member)
    post(desk, "snooze", conversation, until="tomorrow")
    post(desk, "closure", conversation)
    its_time()
    assert numbers_in(cast.member, Folder.CLOSED) == [MARIA]
    assert numbers_in(cast.member, Folder.SNOOZED) == []
    post(desk, "snooze", conversation, until="tomorrow")
    assert numbers_in(cast.member, Folder.CLOSED) == [], "a closed one can be snoozed"


def test_opted_out_and_held_people_can_be_snoozed(cast: Cast, as_client: ClientOf) -> None:
    held = receive_text(cast, TOM, "STOP 12345")
    opted_out = receive_text(cast, MARIA)
    with scope(cast.northside.id):
        consent.opt_out(cast.northside.id, MARIA, Actor.of(cast.owner), reason="they asked us")
    for found in (held, opted_out):
        assert post(as_client(cast.member), "snooze", found, until="next-week").status_code == 302
    assert set(numbers_in(cast.member, Folder.SNOOZED)) == {MARIA, TOM}


def test_a_time_is_the_clock_of_the_team(cast: Cast, conversation: Conversation, as_client: ClientOf) -> None:
    at = timezone.localtime(timezone.now() + timedelta(days=3), NEW_YORK).replace(second=0, microsecond=0)
    post(as_client(cast.member), "snooze", conversation, at=at.strftime("%Y-%m-%dT%H:%M"))
    with scope(cast.northside.id):
        conversation.refresh_from_db()
    assert conversation.snoozed_until == at


@pytest.mark.parametrize(
    ("data", "error"),
    [
        ({}, "Choose a day and time."),
        ({"at": "2020-01-01T10:00"}, "This time has passed. Choose a later one."),
        ({"at": "2999-01-01T10:00"}, "Choose a time within a year."),
        ({"at": "soon"}, "Enter a valid date/time."),
        ({"until": "never"}, "Choose one of the times."),
    ],
)
def test_a_bad_time_says_why(
    cast: Cast, conversation: Conversation, as_client: ClientOf, data: dict[str, str], error: str
) -> None:
    desk = as_client(cast.member)
    for headers in ({}, {"HX-Request": "true"}):
        page = desk.post(reverse("snooze", args=["northside-dental", conversation.id]), data, headers=headers)
        assert page.status_code == 422 and error in page.content.decode()
    assert numbers_in(cast.member, Folder.OPEN) == [MARIA]


def test_ticked_conversations_are_snoozed(
    cast: Cast, conversation: Conversation, as_client: ClientOf
) -> None:
    other = receive_text(cast, TOM)
    desk = as_client(cast.member)

    def work(**data: Any) -> str:
        data["conversation"] = [conversation.id, other.id]
        page = desk.post(
            reverse("bulk_work", args=["northside-dental"]), data, headers={"HX-Request": "true"}
        )
        return page.content.decode()

    post(desk, "snooze", conversation, until="tomorrow")
    assert "1 snoozed; 1 was snoozed so already." in work(snooze="tomorrow")
    assert "2 woken." in work(action="wake")
    assert "0 woken; 2 were not snoozed." in work(action="wake")
    assert "Choose one of the times." in work(snooze="x")


def test_the_first_to_wake_is_first(cast: Cast) -> None:
    numbers = [f"+1415555{2000 + n}" for n in range(45)]
    now = timezone.now()
    with scope(cast.northside.id):
        Conversation.objects.bulk_create(
            Conversation(
                team=cast.northside, inbox=cast.front_desk, number=number, last_message_at=now,
                snoozed_until=now + timedelta(hours=n + 1),
            )
            for n, number in enumerate(numbers)
        )  # fmt: skip
        first = load_conversations(cast.member, Folder.SNOOZED, None)
        rest = load_conversations(cast.member, Folder.SNOOZED, None, before=first.last)
    assert [found.number for found in first.conversations + rest.conversations] == numbers


@pytest.mark.parametrize(
    ("now", "choices"),
    [
        ("Wed 25 Nov 10:00", "1 evening Wed 25 18:00, 2 tomorrow Thu 26 09:00, 3 next-week Mon 30 09:00"),
        ("Wed 25 Nov 17:00", "1 evening Wed 25 18:00, 2 tomorrow Thu 26 09:00, 3 next-week Mon 30 09:00"),
        ("Wed 25 Nov 17:01", "1 tomorrow Thu 26 09:00, 2 next-week Mon 30 09:00"),
        ("Sun 29 Nov 23:59", "1 tomorrow Mon 30 09:00, 2 next-week Mon 30 09:00"),
        ("Mon 30 Nov 08:00", "1 evening Mon 30 18:00, 2 tomorrow Tue 01 09:00, 3 next-week Mon 07 09:00"),
    ],
)
def test_the_choices(now: str, choices: str) -> None:
    at = datetime.strptime(f"2026 {now}", "%Y %a %d %b %H:%M").replace(tzinfo=NEW_YORK)
    found = [
        f"{choice.key} {choice.name} {choice.until:%a %d %H:%M}" for choice in snooze_choices(at, NEW_YORK)
    ]
    assert ", ".join(found) == choices


def test_a_choice_is_the_clock_on_the_wall_also_when_the_clocks_change() -> None:
    saturday = datetime(2026, 10, 31, 10, tzinfo=NEW_YORK)
    evening, tomorrow, _ = snooze_choices(saturday, NEW_YORK)
    assert (f"{evening.until:%H:%M %z}", f"{tomorrow.until:%H:%M %z}") == ("18:00 -0400", "09:00 -0500")
