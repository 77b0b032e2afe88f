"""Automatic texts: when the away text and the first-contact text go out, and to whom and in reply to what never."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.inbox_closing import close_inbox
from accounts.models import Inbox, Member, Team
from kernel.tenancy import scope
from messaging.automatic_texts import EarlierText, choose_purpose
from messaging.compose import compose_text
from messaging.models import Conversation, MessagePurpose, MessageStatus
from optout import consent
from optout.consent_types import Actor
from optout.models import Origin
from tests.cast import MARIA, STRANGER, TOM, Cast
from tests.clocks import earlier
from tests.messaging.fake_twilio import FakeTwilio, SendAnswer, new_sid
from tests.statements import counted

type ClientOf = Callable[[Member], Client]

AWAY, FIRST = "We are closed. We open at 9:00.", "Hello! A person answers here."
OFFICE = {"week": [[[540, 1020]]] * 5 + [[], []], "holidays": {"2026-11-26": "Thanksgiving Day"}}


def save(inbox: Inbox, **columns: Any) -> None:
    with scope(inbox.team_id):
        for name, value in columns.items():
            setattr(inbox, name, value)
        inbox.save(update_fields=list(columns))


def closed_today() -> dict[str, Any]:
    """Hours of an inbox that is closed now, whatever the time zone."""
    today = timezone.localdate(timezone=UTC)
    days = (today + timedelta(days=number) for number in (-1, 0, 1))
    return {"week": [], "holidays": {day.isoformat(): "" for day in days}}


@pytest.fixture
def away(cast: Cast) -> Cast:
    """The front desk is closed now and has an away text."""
    save(cast.front_desk, business_hours=closed_today(), away_text=AWAY)
    return cast


def sent_by_itself(texts: Any) -> list[str]:
    return [text.body for text in texts(outbound=True)]


# -- the away text -----------------------------------------------------------------------------------------------


def test_an_away_text_is_sent_and_answers_nobody(
    away: Cast, carrier: FakeTwilio, work: Callable[[], None], texts: Any, as_client: ClientOf
) -> None:
    carrier.text(away.front_desk, MARIA, "Are you open?")
    work()
    assert carrier.bodies(MARIA) == [AWAY]
    (text,) = texts(outbound=True)
    assert (text.status, text.purpose, text.waited_seconds) == (MessageStatus.SENT, MessagePurpose.AWAY, None)
    with scope(away.northside.id):
        conversation = Conversation.objects.get(team=away.northside, number=MARIA)
    assert conversation.awaiting_since is not None, "the person goes on waiting"
    assert conversation.preview == "Are you open?"
    page = as_client(away.member).get(reverse("conversation", args=["northside-dental", conversation.id]))
    assert "Away text, automatic" in page.content.decode()


def test_an_open_inbox_sends_no_away_text(away: Cast, carrier: FakeTwilio, texts: Any) -> None:
    save(away.front_desk, business_hours={})
    carrier.text(away.front_desk, MARIA, "Are you open?")
    assert sent_by_itself(texts) == []


@pytest.mark.parametrize(
    "body",
    [
        "STOP",
        "START",
        "YES",
        "HELP",
        "STOP 12345",  # held
        "Liked “See you at 5”",
        "I'm driving right now and will see your message later.",
        "Automatic reply: I am out of the office",
    ],
)
def test_some_texts_get_no_away_text(away: Cast, carrier: FakeTwilio, texts: Any, body: str) -> None:
    """A keyword gets only its own reply."""
    carrier.text(away.front_desk, MARIA, body)
    assert AWAY not in sent_by_itself(texts)
    assert len(texts(outbound=True)) == (1 if body in ("STOP", "HELP") else 0)


def test_a_text_that_may_be_an_opt_out_gets_none_in_any_mode(
    away: Cast, carrier: FakeTwilio, texts: Any
) -> None:
    save(away.front_desk, opt_out_reading="keywords")
    carrier.text(away.front_desk, MARIA, "please take me off your list")
    assert sent_by_itself(texts) == []


@pytest.mark.parametrize("sender", ["32665", "ACME", ""])
def test_machines_get_no_away_text(away: Cast, carrier: FakeTwilio, texts: Any, sender: str) -> None:
    carrier.text(away.front_desk, sender, "Your code is 123")
    assert len(texts(outbound=False)) == 1
    assert sent_by_itself(texts) == []


@pytest.mark.parametrize("change", ["opt_out", "block", "hold", "close"])
def test_a_number_that_may_not_be_texted_gets_none(
    away: Cast, carrier: FakeTwilio, texts: Any, change: str
) -> None:
    maya = Actor(Origin.MEMBER, "Maya Chen", away.member.id)
    if change == "hold":
        carrier.text(away.front_desk, MARIA, "STOP 12345")
    with scope(away.northside.id):
        if change == "opt_out":
            consent.opt_out(away.northside.id, MARIA, maya, reason="asked")
        elif change == "block":
            consent.block(away.northside.id, MARIA, maya, reason="spam")
        elif change == "close":
            close_inbox(away.front_desk, by=away.owner)
    carrier.text(away.front_desk, MARIA, "Are you open?")
    assert sent_by_itself(texts) == []


def test_the_standing_is_read_again_at_the_claim(
    away: Cast, carrier: FakeTwilio, work: Callable[[], None], texts: Any
) -> None:
    carrier.text(away.front_desk, MARIA, "Are you open?")
    carrier.text(away.front_desk, MARIA, "STOP")
    work()
    assert AWAY not in carrier.bodies()
    assert [(text.body, text.status) for text in texts(purpose="away")] == [(AWAY, MessageStatus.REFUSED)]


def test_an_away_text_goes_out_within_five_minutes_or_never(
    away: Cast, carrier: FakeTwilio, work: Callable[[], None], texts: Any, owner: psycopg.Connection
) -> None:
    carrier.text(away.front_desk, MARIA, "Are you open?")
    owner.execute("UPDATE messaging_message SET at = now() - interval '6 minutes' WHERE outbound")
    work()
    assert carrier.bodies() == []
    assert [text.reason for text in texts(outbound=True)] == ["too_late"]


def test_it_passes_a_text_that_waits_for_its_retry(
    away: Cast, carrier: FakeTwilio, work: Callable[[], None]
) -> None:
    carrier.answers = [SendAnswer(503)]
    with scope(away.northside.id):
        compose_text(away.front_desk, MARIA, "Your bike is ready", author=away.member, by_hand=True)
    work()
    carrier.text(away.front_desk, MARIA, "Are you open?")
    work()
    assert carrier.bodies() == [AWAY]


# -- how often ---------------------------------------------------------------------------------------------------


def test_a_second_text_gets_none_until_the_set_time_has_passed(
    away: Cast, carrier: FakeTwilio, texts: Any, owner: psycopg.Connection
) -> None:
    def writes(hours_later: float) -> int:
        owner.execute(
            f"UPDATE messaging_message SET at = {earlier('at', f'{hours_later} hours')} WHERE outbound"
        )
        carrier.text(away.front_desk, MARIA, "Hello?")
        return len(texts(outbound=True))

    assert [writes(hours) for hours in (0, 0, 3.9, 0.2)] == [1, 1, 1, 2]


def test_the_loop_guard_counts_all_inboxes(
    away: Cast, carrier: FakeTwilio, texts: Any, owner: psycopg.Connection
) -> None:
    """Two machines that answer each other exchange one text in an hour."""
    save(
        away.billing, business_hours=closed_today(), away_text="Billing is closed.", first_contact_text=FIRST
    )
    for _ in range(3):
        carrier.text(away.front_desk, STRANGER, "Thank you for your text.")
        carrier.text(away.billing, STRANGER, "Thank you for your text.")
    assert sent_by_itself(texts) == [AWAY]
    owner.execute(f"UPDATE messaging_message SET at = {earlier('at', '61 minutes')} WHERE outbound")
    carrier.text(away.billing, STRANGER, "Thank you for your text.")
    assert sent_by_itself(texts) == [AWAY, "Billing is closed."]
    carrier.text(away.billing, TOM, "Hello")
    assert len(texts(outbound=True)) == 3, "another number"


def test_texts_at_once_get_one_away_text(away: Cast, carrier: FakeTwilio, elsewhere: Any, texts: Any) -> None:
    save(away.billing, business_hours=closed_today(), away_text=AWAY)
    inboxes = [away.front_desk, away.billing] * 5
    deliveries = [elsewhere(carrier.text, inbox, STRANGER, f"text {n}") for n, inbox in enumerate(inboxes)]
    assert {delivery.result(20).status_code for delivery in deliveries} == {200}
    assert len(texts(outbound=False)) == 10
    assert sent_by_itself(texts) == [AWAY]


def test_a_second_delivery_of_a_text_changes_nothing(away: Cast, carrier: FakeTwilio, texts: Any) -> None:
    sid = new_sid()
    for _ in range(2):
        carrier.text(away.front_desk, MARIA, "Are you open?", sid=sid)
    assert sent_by_itself(texts) == [AWAY]


# -- the first-contact text --------------------------------------------------------------------------------------


def test_a_first_contact_text_goes_to_new_people_only(cast: Cast, carrier: FakeTwilio, texts: Any) -> None:
    carrier.text(cast.front_desk, TOM, "Before it was set")
    save(cast.front_desk, first_contact_text=FIRST)
    with scope(cast.northside.id):
        compose_text(cast.front_desk, MARIA, "Your bike is ready", author=cast.member, by_hand=True)
    for number in (MARIA, TOM, STRANGER, STRANGER):
        carrier.text(cast.front_desk, number, "Hello")
    automatic = texts(outbound=True, purpose="first")
    assert [(text.number, text.body) for text in automatic] == [(STRANGER, FIRST)]


@pytest.mark.parametrize(
    ("now", "is_new", "earlier", "purpose"),
    [
        ("2026-11-27 16:00", False, [], None),  # 11:00 in New York, on a Friday
        ("2026-11-27 16:00", True, [], "first"),
        ("2026-11-27 23:00", True, [], "away"),  # 18:00: the away text comes first
        ("2026-11-28 16:00", False, [], "away"),  # Saturday
        ("2026-11-26 16:00", False, [], "away"),  # a holiday
        # 9:00 is 14:00 UTC in winter and 13:00 in summer; clocks go forward on 8 March 2026
        ("2026-03-06 13:30", False, [], "away"),
        ("2026-03-06 14:00", False, [], None),
        ("2026-03-09 12:59", False, [], "away"),
        ("2026-03-09 13:00", False, [], None),
        # those that the number got: inbox, purpose, minutes ago
        ("2026-11-28 16:00", False, [(1, "away", 239)], None),
        ("2026-11-28 16:00", False, [(1, "away", 240)], "away"),
        ("2026-11-28 16:00", False, [(1, "first", 59)], None),
        ("2026-11-28 16:00", False, [(1, "first", 60)], "away"),
        ("2026-11-28 16:00", False, [(2, "away", 59)], None),
        ("2026-11-28 16:00", False, [(2, "away", 61)], "away"),
        ("2026-11-27 16:00", True, [(2, "away", 59)], None),
    ],
)
def test_which_text_is_due(
    now: str, is_new: bool, earlier: list[tuple[int, str, int]], purpose: str | None
) -> None:
    at = datetime.fromisoformat(now).replace(tzinfo=UTC)
    inbox = Inbox(id=1, team=Team(time_zone="America/New_York"), business_hours=OFFICE)
    inbox.away_text, inbox.first_contact_text = AWAY, FIRST
    got = [EarlierText(id, kind, at - timedelta(minutes=minutes)) for id, kind, minutes in earlier]
    assert choose_purpose(inbox, is_new=is_new, earlier=got, now=at) == purpose


# -- cost --------------------------------------------------------------------------------------------------------


def test_it_costs_a_webhook_one_query(
    cast: Cast, carrier: FakeTwilio, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cost(number: str) -> int:
        with counted(monkeypatch) as statements:
            assert carrier.text(cast.front_desk, number, "Hello").status_code == 200
        return len(statements)

    cost(TOM)  # the first webhook of an inbox proves it
    without = cost(MARIA)
    save(cast.front_desk, business_hours=closed_today(), away_text=AWAY, first_contact_text=FIRST)
    assert cost(STRANGER) <= without + 1, "sent"
    assert cost(STRANGER) <= without + 1, "not again"


# -- settings ----------------------------------------------------------------------------------------------------


def test_automatic_texts_are_set(cast: Cast, as_client: ClientOf) -> None:
    url = reverse("inbox_automatic_texts", args=["northside-dental", cast.front_desk.id])
    desk = as_client(cast.admin)
    assert "never goes out" in desk.get(url).content.decode(), "the inbox has no hours"
    form = {"away_text": AWAY, "away_again_hours": "12", "first_contact_text": FIRST}
    assert desk.post(url, {**form, "away_again_hours": "2"}).status_code == 422
    assert desk.post(url, {**form, "away_text": "x" * 641}).status_code == 422
    assert desk.post(url, form).status_code == 302
    with scope(cast.northside.id):
        found = Inbox.objects.get(team=cast.northside, id=cast.front_desk.id)
    assert (found.away_text, found.away_again_hours, found.first_contact_text) == (AWAY, 12, FIRST)
    assert as_client(cast.member).post(url, form).status_code == 403
