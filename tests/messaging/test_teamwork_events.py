"""Webhook events about work in a team: what they say, and that a note goes only to endpoints that ask for notes."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Team
from kernel.tenancy import scope
from messaging.carriers.base import InboundText
from messaging.inbound import receive
from messaging.models import Conversation
from messaging.scheduling.schedule import schedule
from messaging.snoozing.snooze import snooze, wake, wake_at_its_time
from messaging.teamwork.assignment import assign, set_closed
from messaging.teamwork.notes import write_note
from tests.cast import MARIA, Cast
from tests.messaging.fake_twilio import FakeTwilio, new_sid
from webhooks.models import Delivery, Endpoint, EventType, WebhookEvent
from webhooks.payloads import timestamp

WORDS = "She is allergic to latex"


@pytest.fixture
def conversation(cast: Cast) -> Conversation:
    receive(cast.front_desk, InboundText(new_sid(), MARIA, "Are you open?"))
    with scope(cast.northside.id):
        found: Conversation = Conversation.objects.select_related("inbox").get(
            team=cast.northside, number=MARIA
        )
    return found


def wants(team: Team, name: str, *kinds: EventType) -> Endpoint:
    with scope(team.id):
        endpoint = Endpoint(team=team, name=name, url="https://crm.example.com/", events=list(kinds))
        endpoint.rotate_secret()
        endpoint.save()
    return endpoint


def stored(cast: Cast) -> list[dict[str, Any]]:
    with scope(cast.northside.id):
        events = WebhookEvent.objects.filter(team=cast.northside).order_by("id")
        return [{"type": event.type, "number": event.number, **event.data} for event in events]


def test_assignments_and_closings_are_told(cast: Cast, conversation: Conversation) -> None:
    wants(cast.northside, "CRM", EventType.CHAT_REASSIGNED, EventType.CHAT_CLOSED)
    with scope(cast.northside.id):
        assign(conversation, cast.member, cast.admin)
        assign(conversation, cast.member, cast.admin)  # so already
        assign(conversation, None, cast.member)
        set_closed(conversation, True, cast.member)
        set_closed(conversation, False, cast.member)  # the endpoint does not want it
    told = stored(cast)
    assert [event["type"] for event in told] == ["chat_reassigned", "chat_reassigned", "chat_closed"]
    assert [event["number"] for event in told] == [MARIA] * 3
    assert told[0]["assigned"] == {"id": cast.member.id, "name": "Maya Chen"}
    assert told[0]["by"] == {"id": cast.admin.id, "name": "Amir Adams"}
    assert told[1]["assigned"] is None
    assert told[2]["inbox"] == {"id": cast.front_desk.id, "name": "Front Desk"}


def test_a_note_goes_only_to_endpoints_that_ask_for_notes(cast: Cast, conversation: Conversation) -> None:
    others = [kind for kind in EventType if kind not in (EventType.NOTE_CREATED, EventType.TEST)]
    wants(cast.northside, "Without notes", *others)
    with scope(cast.northside.id):
        write_note(conversation, WORDS, cast.member)
    assert WORDS not in str(stored(cast))
    asking = wants(cast.northside, "With notes", EventType.NOTE_CREATED)
    with scope(cast.northside.id):
        write_note(conversation, f"@Amir Adams {WORDS}", cast.member)
        deliveries = list(
            Delivery.objects.filter(event__type="note_created").values_list("endpoint_id", flat=True)
        )
    (told,) = [event for event in stored(cast) if event["type"] == "note_created"]
    assert deliveries == [asking.id]
    assert told["text"] == f"@Amir Adams {WORDS}"
    assert told["mentioned"] == [{"id": cast.admin.id, "name": "Amir Adams"}]


def test_a_scheduled_text_is_told(cast: Cast, conversation: Conversation) -> None:
    wants(cast.northside, "CRM", EventType.MESSAGE_SCHEDULED)
    at = timezone.now() + timedelta(days=1)
    with scope(cast.northside.id):
        text = schedule(conversation, "Your bike is ready", at, cast.member, unless_answered=True)
    (told,) = stored(cast)
    assert (told["schedule_id"], told["text"], told["unless_answered"]) == (
        text.id,
        "Your bike is ready",
        True,
    )


@pytest.mark.parametrize("closes", [True, False])
def test_a_closing_by_an_opt_out_is_told(
    cast: Cast, conversation: Conversation, carrier: FakeTwilio, work: Callable[[], None], closes: bool
) -> None:
    wants(cast.northside, "CRM", EventType.CHAT_CLOSED)
    with scope(cast.northside.id):
        cast.northside.opt_out_closes = closes
        cast.northside.save(update_fields=["opt_out_closes"])
    carrier.text(cast.front_desk, MARIA, "STOP")
    told = stored(cast)
    assert len(told) == closes
    if closes:
        assert (told[0]["conversation_id"], told[0]["by"]) == (conversation.id, {"id": None, "name": ""})


def test_a_snooze_and_its_end_are_told(cast: Cast, conversation: Conversation) -> None:
    wants(cast.northside, "CRM", EventType.CHAT_SNOOZED, EventType.CHAT_WOKEN)
    past = timezone.now() - timedelta(minutes=1)
    with scope(cast.northside.id):
        snooze([conversation], timezone.now() + timedelta(days=1), cast.member)
        wake([conversation], cast.admin)
        wake([conversation], cast.admin)  # so already
        snooze([conversation], past, cast.member)
    wake_at_its_time(cast.northside.id, conversation.id)
    told = stored(cast)
    assert [event["type"] for event in told] == ["chat_snoozed", "chat_woken"] * 2
    assert told[2]["until"] == timestamp(past)
    assert [event["by"]["name"] for event in told] == ["Maya Chen", "Amir Adams", "Maya Chen", ""]
