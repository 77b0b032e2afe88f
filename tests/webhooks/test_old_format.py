"""Heymarket's old format: a receiver that was written for the Heymarket API takes our events unchanged."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.audit.models import AuditEntry
from accounts.models import Member
from contacts.contact import deletion
from contacts.contact.models import Contact
from kernel.tenancy import scope
from messaging.compose import compose_text
from messaging.models import Conversation
from messaging.teamwork.assignment import assign, set_closed
from messaging.teamwork.transfer import transfer
from optout.consent_types import Actor
from optout.models import Origin
from tests.cast import MARIA, TOM, Cast
from tests.messaging.fake_twilio import FakeTwilio
from tests.webhooks.conftest import EVENTS, reload_endpoint
from tests.webhooks.heymarket_receiver import EVENT_DATA, HeymarketReceiver
from tests.webhooks.receiver import receiving
from webhooks.models import Endpoint, EventType, PayloadFormat

TOKEN = "the-token-of-their-receiver"
Step = Callable[[], None]
AsClient = Callable[[Member], Client]


@pytest.fixture
def heymarket(_public: None) -> Iterator[HeymarketReceiver]:
    with receiving(HeymarketReceiver(TOKEN)) as listening:
        yield listening
        assert listening.errors == []


def create_old_endpoint(cast: Cast, address: str, events: Sequence[EventType]) -> Endpoint:
    endpoint = Endpoint(
        team=cast.northside,
        name="CRM",
        url=address,
        events=events,
        format=PayloadFormat.HEYMARKET,
        token=TOKEN,
    )
    with scope(cast.northside.id):
        endpoint.save()
    return endpoint


def test_a_receiver_of_the_heymarket_api_takes_every_event(
    cast: Cast, heymarket: HeymarketReceiver, carrier: FakeTwilio, work: Step, deliver_due: Step, texts: Any,
) -> None:  # fmt: skip
    endpoint = create_old_endpoint(cast, heymarket.address, EVENTS)
    photos = {
        f"{name}{index}": value
        for index in (0, 1)
        for name, value in (
            ("MediaUrl", f"https://api.twilio.com/{index}"),
            ("MediaContentType", "image/png"),
        )
    }
    carrier.text(cast.front_desk, MARIA, "Is it ready?", NumMedia="2", **photos)
    with scope(cast.northside.id):
        compose_text(cast.front_desk, MARIA, "Yes, until six.", author=cast.member)
    work()
    carrier.report(texts(number=MARIA, outbound=True)[0], "delivered")
    with scope(cast.northside.id):
        conversation = Conversation.objects.select_related("inbox").get(number=MARIA)
        assign(conversation, cast.member, cast.admin)
        set_closed(conversation, True, cast.admin)
        set_closed(conversation, False, cast.admin)
        transfer(conversation, cast.billing, by_id=cast.admin.id, by_name=str(cast.admin))
    carrier.text(cast.front_desk, MARIA, "STOP")
    carrier.text(cast.front_desk, MARIA, "START")
    deliver_due()

    known = set(EVENT_DATA) - {"target_double_opt_in"}
    assert {kind for kind, _ in heymarket.processed} == known
    assert {payload["id"] for payload in heymarket.payloads} == {endpoint.id}
    first = {payload["type"]: payload["event_data"] for payload in reversed(heymarket.payloads)}
    received, sent = first["message_recieved"], first["message_sent"]
    assert (received["text"], received["type"], received["target"]) == ("Is it ready?", "inbound", MARIA[1:])
    assert received["media"].startswith("http") and len(received["media_urls"]) == 2
    assert (sent["author"], sent["user"], sent["status"]) == (str(cast.member), cast.member.id, "sent")
    assert sent["phone"] == cast.front_desk.number[1:]
    conversation_id = conversation.id
    assert [sent["conversation"][name] for name in ("id", "inbox")] == [conversation_id, cast.front_desk.id]
    assert (first["chat_reassigned"]["assigned"], first["chat_reassigned"]["id"]) == (
        cast.member.id, conversation_id,
    )  # fmt: skip
    assert first["chat_transferred"]["inbox"] == cast.billing.id
    assert (first["chat_closed"]["status"], first["chat_opened"]["status"]) == ("closed", "open")
    stopped, started = first["target_opt_out"], first["target_opt_in"]
    assert [stopped[name] for name in ("phone", "unsubscribed", "blocked")] == [MARIA[1:], True, False]
    assert (started["unsubscribed"], started["feed_position"]) == (False, stopped["feed_position"] + 1)
    assert first["message_delivered"]["status"] == "delivered", "ours, in their form"


def test_the_format_holds_for_what_is_sent_later(
    cast: Cast, crm: Endpoint, receiver: Any, carrier: FakeTwilio, heymarket: HeymarketReceiver,
    deliver_due: Step, as_client: AsClient,
) -> None:  # fmt: skip
    """Also for events that waited, for tests and replays. Another format comes with a secret or token of its own."""
    admin, args = as_client(cast.admin), [cast.northside.slug, crm.id]
    carrier.text(cast.front_desk, MARIA, "STOP")
    form = {"name": "CRM", "url": heymarket.address, "events": EVENTS, "format": "heymarket", "token": TOKEN}
    shown = admin.post(reverse("edit_endpoint", args=args), form, follow=True).content.decode()
    assert "shown only once" not in shown, "they have the token"
    with scope(cast.northside.id):
        recorded = set(AuditEntry.objects.filter(team=cast.northside).values_list("action", "setting"))
    assert {("endpoint_changed", "Format"), ("endpoint_changed", "Host"), ("secret_created", "")} <= recorded
    deliver_due()
    assert "target_opt_out" in [payload["type"] for payload in heymarket.payloads] and not receiver.received
    admin.post(reverse("endpoint_test", args=args))
    deliver_due()
    assert heymarket.payloads[-1]["type"] == "test"
    delivery = heymarket.payloads.index(next(p for p in heymarket.payloads if p["type"] == "target_opt_out"))
    page = admin.get(reverse("delivery", args=[args[0], _delivery_ids(cast)[delivery]])).content.decode()
    assert "unsubscribed" in page and TOKEN not in page
    count = len(heymarket.payloads)
    admin.post(reverse("endpoint_replay", args=args), {"since": "2020-01-01T00:00"})
    deliver_due()
    assert len(heymarket.payloads) == 2 * count

    new = admin.post(reverse("endpoint_secret", args=args), follow=True).content.decode()
    token = reload_endpoint(crm).token
    assert "Token (shown only once)" in new and str(token) in new and token != TOKEN
    carrier.text(cast.front_desk, TOM, "STOP")
    deliver_due()
    assert len(heymarket.payloads) == 2 * count, "the receiver does not know it yet"

    wrong = admin.post(reverse("edit_endpoint", args=args), {**form, "format": "standard"})
    assert wrong.status_code == 422 and b"Only Heymarket" in wrong.content
    back = {**form, "format": "standard", "token": "", "url": receiver.address}
    assert b"Signing secret (shown only once)" in admin.post(
        reverse("edit_endpoint", args=args), back, follow=True
    ).content  # fmt: skip
    receiver.secret = reload_endpoint(crm).secrets[0]
    admin.post(reverse("endpoint_replay", args=args), {"since": "2020-01-01T00:00"})
    deliver_due()
    assert "target_opt_out" in receiver.types


def _delivery_ids(cast: Cast) -> list[int]:
    with scope(cast.northside.id):
        return list(cast.northside.deliveries.order_by("id").values_list("id", flat=True))


def test_an_erased_person_is_erased_in_the_old_format(
    cast: Cast, heymarket: HeymarketReceiver, carrier: FakeTwilio, deliver_due: Step, settings: Any,
    rows: Any,
) -> None:  # fmt: skip
    """The opt-out is sent after the erasure, without words and names; the text is not."""
    create_old_endpoint(cast, heymarket.address, [EventType.RECEIVED, EventType.OPT_OUT])
    carrier.text(cast.front_desk, MARIA, "Rosebud")
    carrier.text(cast.front_desk, MARIA, "STOP")
    with scope(cast.northside.id):
        contact = Contact.objects.get(number=MARIA)
        maya = Actor(Origin.MEMBER, "Maya Chen")
        deletion.delete_contacts(cast.northside.id, [contact.id], erase=True, by=maya)
    deliver_due()
    assert [payload["type"] for payload in heymarket.payloads] == ["target_opt_out"]
    assert "Rosebud" not in str(heymarket.payloads)
    assert heymarket.payloads[0]["event_data"]["unsubscribed"] is True
    assert "Rosebud" not in str(
        {name: rows()[name] for name in ("webhooks_webhookevent", "webhooks_attempt")}
    )
