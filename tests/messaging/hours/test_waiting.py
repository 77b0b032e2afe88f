"""Waiting times: their words, the goal of team and inbox in business hours, and what the pages show."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from psycopg import Connection

from accounts.models import Inbox, Member, Team
from kernel.loading import load
from kernel.tenancy import scope
from messaging.carriers.base import InboundText
from messaging.hours.late_counts import late_loader
from messaging.hours.waiting import late_since, waited_words, waiting_time
from messaging.inbound import receive
from tests.cast import MARIA, TOM, Cast
from tests.messaging.fake_twilio import new_sid

type ClientOf = Callable[[Member], Client]

OFFICE = {"week": [[[540, 720], [780, 1050]]] * 5 + [[], []], "holidays": {"2026-11-26": "Thanksgiving Day"}}


@pytest.mark.parametrize(
    ("minutes", "in_hours", "words"),
    [
        (-1, False, "under a minute"),
        (0, True, "under a minute"),
        (1, False, "1 min"),
        (59, True, "59 min"),
        (60, False, "1 h"),
        (2 * 1440 - 1, False, "47 h"),
        (2 * 1440, False, "2 days"),
        (2 * 1440, True, "48 h"),
    ],
)
def test_how_long(minutes: int, in_hours: bool, words: str) -> None:
    assert waited_words(minutes, in_hours=in_hours) == words


def moment(text: str) -> datetime:
    """A moment of UTC, in which these inboxes live."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours", "since", "now", "sentence", "late", "running"),
    [
        ({}, "2026-11-27 03:00", "2026-11-27 03:14", "waiting 14 min", False, True),
        ({}, "2026-11-27 03:00", "2026-11-27 03:30", "waiting 30 min", True, True),
        (OFFICE, "2026-11-27 11:50", "2026-11-27 12:30", "waiting 10 min", False, False),
        (OFFICE, "2026-11-27 11:50", "2026-11-27 13:20", "waiting 30 min", True, True),
        (OFFICE, "2026-11-27 20:00", "2026-11-28 10:00", "wrote while closed", False, False),
        (OFFICE, "2026-11-27 20:00", "2026-11-30 09:00", "waiting under a minute", False, True),
        (OFFICE, "2026-11-25 17:20", "2026-11-27 09:19", "waiting 29 min", False, True),  # a holiday between
        (OFFICE, "2026-11-25 17:20", "2026-11-27 09:20", "waiting 30 min", True, True),
        (OFFICE, "2026-11-02 17:20", "2026-11-27 09:20", "waiting 128 h", True, True),
        (OFFICE, "2026-10-02 09:00", "2026-11-27 09:00", "waiting 56 days", True, False),
    ],
)
def test_waiting_in_business_hours(
    hours: dict[str, Any], since: str, now: str, sentence: str, late: bool, running: bool
) -> None:
    inbox = Inbox(team=Team(time_zone="UTC", waiting_goal=30), business_hours=hours)
    found = waiting_time(inbox, moment(since), moment(now))
    assert (found.sentence, found.is_late) == (sentence, late)
    is_counting = found.counts_from is not None and found.counts_from <= moment(now)
    assert is_counting == running
    if running and found.start:
        assert moment(now) - found.start == found.waited, "the browser counts on from the same time"
    since_when = late_since(inbox, moment(now))
    assert since_when and late == (moment(since) <= since_when), "the count agrees with the rows"


@pytest.mark.parametrize(
    ("of_team", "of_inbox", "late"),
    [(None, None, False), (30, None, True), (30, 60, False), (None, 30, True)],
)
def test_an_inbox_may_have_its_own_goal(of_team: int | None, of_inbox: int | None, late: bool) -> None:
    inbox = Inbox(team=Team(time_zone="UTC", waiting_goal=of_team), waiting_goal=of_inbox)
    assert waiting_time(inbox, moment("2026-11-27 03:00"), moment("2026-11-27 03:30")).is_late == late


def page_of(client: Client, name: str, *args: Any, **query: Any) -> str:
    return client.get(reverse(name, args=["northside-dental", *args]), query).content.decode()


def test_pages_show_who_waits_past_the_goal(cast: Cast, as_client: ClientOf, owner: Connection) -> None:
    for number in (MARIA, TOM):
        receive(cast.front_desk, InboundText(new_sid(), number, "Are you open?"))
    owner.execute(
        "UPDATE messaging_conversation SET awaiting_since = now() - interval '20 minutes' WHERE number = %s", [MARIA]
    )  # fmt: skip
    ((id,),) = owner.execute("SELECT id FROM messaging_conversation WHERE number = %s", [MARIA]).fetchall()
    admin = as_client(cast.admin)
    page = page_of(admin, "inbox", folder="waiting")
    assert "waiting 20 min" in page and "waiting under a minute" in page
    assert "waiting-late" not in page and "count-late" not in page
    settings = {"name": "Northside Dental", "country": "US", "time_zone": "America/New_York"}
    url = reverse("team_settings", args=["northside-dental"])
    assert admin.post(url, {**settings, "waiting_goal": "0"}).status_code == 422
    assert admin.post(url, {**settings, "waiting_goal": "15"}).status_code == 302
    page = page_of(admin, "inbox", folder="waiting")
    assert page.count("waiting-late") == 1
    assert "1 of 2 past the goal" in page
    assert "waiting-late" in page_of(admin, "conversation", id)
    assert "count-late" in page_of(as_client(cast.member), "inbox")
    assert "count-late" not in page_of(as_client(cast.second), "inbox"), "another inbox"


def test_a_closed_or_answered_conversation_is_not_late(cast: Cast, owner: Connection) -> None:
    for number in (MARIA, TOM):
        receive(cast.front_desk, InboundText(new_sid(), number, "Are you open?"))
    owner.execute("UPDATE messaging_conversation SET awaiting_since = now() - interval '1 hour'")
    cast.northside.waiting_goal = 15

    def late() -> int:
        with scope(cast.northside.id):
            return load(late_loader(cast.northside, [cast.front_desk, cast.billing], 100))

    assert late() == 2
    owner.execute("UPDATE messaging_conversation SET closed = true WHERE number = %s", [TOM])
    assert late() == 1
    cast.front_desk.business_hours = {"week": [], "holidays": {}}
    today = timezone.localdate()
    cast.front_desk.business_hours["holidays"] = {
        (today + timedelta(days=n)).isoformat(): "" for n in (-1, 0, 1)
    }
    assert late() == 0, "a holiday"
