"""Sending hours of broadcasts: recipients are held by their own clocks, and the holds are kept with them."""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest
from django.utils import timezone

from accounts.models import Team
from contacts.contact.models import Contact
from contacts.lists.models import ContactList
from kernel.tenancy import scope
from messaging.broadcasts.models import Broadcast, BroadcastCategory, BroadcastRecipient, BroadcastStatus
from messaging.models import Message
from tests.cast import ANY_HOUR, MARIA, TOM, Cast
from tests.messaging.broadcasts.conftest import recipients, reload
from tests.messaging.fake_twilio import FakeTwilio

type MakeList = Callable[..., ContactList]
type MakeBroadcast = Callable[..., Broadcast]
type Send = Callable[[Broadcast], Broadcast]
HONOLULU = "96813"


def _allow_hours_from(cast: Cast, zone: str) -> None:
    """Only the present hour of this zone's clock and the next four are allowed, whatever the time of the test."""
    hour = timezone.now().astimezone(ZoneInfo(zone)).hour
    spans = sorted([at % 24 * 60, at % 24 * 60 + 60] for at in range(hour, hour + 5))
    _save(cast, {**ANY_HOUR, "week": [spans] * 7})


def _save(cast: Cast, hours: dict[str, Any]) -> None:
    with scope(cast.northside.id):
        Team.objects.filter(id=cast.northside.id).update(sending_hours=hours)


@pytest.mark.parametrize("category", [BroadcastCategory.MARKETING, BroadcastCategory.INFORMATIONAL])
def test_each_recipient_is_held_by_the_own_clock_and_texted_when_the_hours_begin(
    cast: Cast, carrier: FakeTwilio, make_list: MakeList, make_broadcast: MakeBroadcast, send: Send,
    run: Callable[..., None], owner: psycopg.Connection, category: str,
) -> None:  # fmt: skip
    people = make_list([MARIA, TOM])
    with scope(cast.northside.id):  # a Californian number that lives in Hawaii
        Contact.objects.filter(team=cast.northside, number=TOM).update(custom={"zip": HONOLULU})
    _allow_hours_from(cast, "America/Los_Angeles")
    broadcast = send(make_broadcast(people, category=category))
    assert recipients(broadcast) == {MARIA: "texted", TOM: "held"}
    assert broadcast.status == BroadcastStatus.SENDING
    with scope(cast.northside.id):
        held = BroadcastRecipient.objects.get(team=cast.northside, number=TOM)
    assert held.held_until and held.held_until > timezone.now() and broadcast.due_at == held.held_until
    assert held.held_reason.startswith("held ") and held.held_reason.endswith("Hawaii time")
    _save(cast, ANY_HOUR)
    owner.execute("UPDATE messaging_broadcastrecipient SET held_until = now() WHERE state = 'held'")
    owner.execute("UPDATE messaging_broadcast SET due_at = now()")
    run()
    assert reload(broadcast).status == BroadcastStatus.FINISHED
    assert sorted(text.number for text in carrier.sent) == [MARIA, TOM]
    with scope(cast.northside.id):
        texts = Message.objects.filter(team=cast.northside, broadcast_id=broadcast.id).order_by("number")
        kept = [(text.held, text.marketing) for text in texts]
    is_marketing = category == BroadcastCategory.MARKETING
    assert kept == [("", is_marketing), (held.held_reason, is_marketing)]


def test_a_person_who_opts_out_while_held_gets_nothing(
    cast: Cast, carrier: FakeTwilio, make_list: MakeList, make_broadcast: MakeBroadcast, send: Send,
    run: Callable[..., None], owner: psycopg.Connection,
) -> None:  # fmt: skip
    _allow_hours_from(cast, "Asia/Tokyo")
    broadcast = send(make_broadcast(make_list([MARIA])))
    assert recipients(broadcast) == {MARIA: "held"}
    carrier.text(cast.front_desk, MARIA, "STOP")
    _save(cast, ANY_HOUR)
    owner.execute("UPDATE messaging_broadcastrecipient SET held_until = now()")
    owner.execute("UPDATE messaging_broadcast SET due_at = now()")
    run()
    assert recipients(broadcast) == {MARIA: "opted_out"}
    assert carrier.sent == []
