"""Emergency, premium-rate and short numbers: refused wherever a text or a contact begins, and received all the same."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Member
from contacts.contact.models import Contact
from kernel.tenancy import scope
from messaging import inbound
from messaging.carriers.base import InboundText
from messaging.compose import compose_text
from messaging.models import Conversation, Message, MessageStatus
from optout.models import ConsentEvent
from optout.number_state import standing
from tests.api.conftest import create_client
from tests.cast import Cast
from tests.contacts.test_import_contacts import imported
from tests.messaging.fake_twilio import new_sid

type ClientOf = Callable[[Member], Client]

PREMIUM, PAY_PER_CALL, EMERGENCY, SERVICE, SHORT = (
    "+19005550123", "+14159765550", "US:911", "US:411", "US:384387",
)  # fmt: skip
NEVER = (PREMIUM, PAY_PER_CALL, EMERGENCY, SERVICE)
LATER = "2027-03-02T15:00:00Z"


def allow_short_codes(cast: Cast, as_client: ClientOf) -> None:
    form = {
        "name": "Northside Dental",
        "country": "US",
        "time_zone": "America/New_York",
        "allows_short_codes": "on",
    }
    url = reverse("team_settings", args=[cast.northside.slug])
    assert as_client(cast.admin).post(url, form).status_code == 302


def numbers_of_contacts(cast: Cast) -> set[str]:
    with scope(cast.northside.id):
        return set(Contact.objects.filter(team=cast.northside).values_list("number", flat=True))


def is_opted_out(cast: Cast, number: str) -> bool:
    with scope(cast.northside.id):
        return not standing(cast.northside.id, number).may_text


def entries(cast: Cast) -> list[Callable[[str], tuple[bool, str]]]:
    """Every way to text a number or to make a contact of it: whether it worked, and the words of the answer."""
    app = create_client(cast.owner)

    def called(method: str, path: str, body: Any) -> tuple[bool, str]:
        answer = app.call(method, path, body)
        if answer.status_code == 200 and isinstance(answer.json(), list):
            (item,) = answer.json()
            return item["error"] is None, str(item["error"])
        assert answer.status_code in (200, 422), answer.json()
        return answer.status_code == 200, answer.json().get("message", "")

    desk = cast.front_desk.id
    return [
        lambda number: called("POST", "message/send", {"inbox_id": desk, "phone_number": number, "text": "Hi"}),
        lambda number: called("POST", "schedule", {
            "inbox_id": desk, "phone_number": number, "execute_at": LATER, "content": {"text": "Hi"},
        }),
        lambda number: called("POST", "contact", {"phone": number}),
        lambda number: called("POST", "batch/contacts", [{"phone": number}]),
        lambda number: called("POST", "list", {"title": f"Of {number}", "phones": [number]}),
        lambda number: called("PUT", f"contact/{cast.tom.id}", {"phone": number}),
    ]  # fmt: skip


def test_no_page_import_or_call_texts_them_or_makes_a_contact(cast: Cast, as_client: ClientOf) -> None:
    before, maya = numbers_of_contacts(cast), as_client(cast.member)
    text = reverse("new_conversation", args=[cast.northside.slug])
    new = reverse("new_contact", args=[cast.northside.slug])
    for number in (*NEVER, SHORT):
        for entry in entries(cast):
            worked, sentence = entry(number)
            assert not worked and ("never texted" in sentence or "does not text short codes" in sentence)
        page = maya.post(text, {"number": number, "inbox": cast.front_desk.id, "body": "Hi"})
        assert page.status_code == 422
        assert maya.post(new, {"number": number, "status": "active"}).status_code == 422
    run = imported(
        cast, "Phone Number,First Name,Opt Out\n" + "".join(f"{n},Ann,\n" for n in (*NEVER, SHORT))
    )
    assert run.counts["refused"] == len(NEVER) + 1
    assert numbers_of_contacts(cast) == before
    with scope(cast.northside.id):
        assert not Message.objects.filter(team=cast.northside, outbound=True).exists()
        # Whatever else queues a text.
        for number in (*NEVER, SHORT):
            message = compose_text(cast.front_desk, number, "Hi", author=cast.member, by_hand=True)
            assert message.status == MessageStatus.REFUSED, number


def test_no_text_goes_from_an_inbox_to_its_own_number(cast: Cast, as_client: ClientOf) -> None:
    own, maya, sentence = cast.front_desk.number, as_client(cast.member), "This is the inbox’s own number."
    for send in entries(cast)[:2]:
        worked, answer = send(own)
        assert not worked and answer.startswith(sentence)
    text = reverse("new_conversation", args=[cast.northside.slug])
    page = maya.post(text, {"number": own, "inbox": cast.front_desk.id, "body": "Hi"})
    assert page.status_code == 422 and sentence in page.content.decode()
    with scope(cast.northside.id):
        assert not Message.objects.filter(team=cast.northside).exists()
        message = compose_text(cast.front_desk, own, "Hi", author=cast.member, by_hand=True)
        assert message.status == MessageStatus.REFUSED
        assert compose_text(cast.billing, own, "Hi", author=None).status == MessageStatus.QUEUED
    page = maya.get(reverse("conversation", args=[cast.northside.slug, message.conversation_id]))
    assert sentence in page.content.decode()


def test_a_readable_opt_out_of_such_a_number_is_recorded(cast: Cast) -> None:
    app, before = create_client(cast.owner), numbers_of_contacts(cast)
    imported(cast, f"Phone Number,Opt Out\n{PREMIUM},yes\n")
    refused = app.call("POST", "contact", {"phone": PAY_PER_CALL, "is_opted_out": True})
    assert refused.status_code == 422 and "is recorded" in refused.json()["message"]
    (item,) = app.post("batch/contacts", [{"phone": EMERGENCY, "status": "unsubscribed"}])
    assert "is recorded" in item["error"]["message"]
    dry = app.call(
        "POST", "contact", {"phone": "+19005550124", "is_opted_out": True}, **{"X-Heymarket-Dry-Run": "true"}
    )
    assert dry.status_code == 422 and not is_opted_out(cast, "+19005550124")
    app.post("contact/set_status", {"phone": SHORT, "status": "unsubscribed"})
    for number in (PREMIUM, PAY_PER_CALL, EMERGENCY, SHORT):
        assert is_opted_out(cast, number), number
    assert numbers_of_contacts(cast) == before


@pytest.mark.parametrize("number", [PREMIUM, EMERGENCY, SHORT])
def test_their_texts_are_received_and_not_answered(cast: Cast, as_client: ClientOf, number: str) -> None:
    maya = as_client(cast.member)
    inbound.receive(cast.front_desk, InboundText(new_sid(), number, "Your code is 123456"))
    with scope(cast.northside.id):
        conversation = Conversation.objects.get(team=cast.northside, number=number)
    page = maya.get(reverse("conversation", args=[cast.northside.slug, conversation.id]))
    words = page.content.decode()
    assert 'id="not-textable"' in words and 'id="composer"' not in words
    inbound.receive(cast.front_desk, InboundText(new_sid(), number, "STOP"))
    assert is_opted_out(cast, number)
    with scope(cast.northside.id):
        replies = Message.objects.filter(team=cast.northside, number=number, outbound=True)
        assert replies.exists() is (number == SHORT)  # the confirmation of an opt-out
        assert ConsentEvent.objects.filter(team=cast.northside, number=number).count() == 1
    for name in ("contact", "edit_contact"):
        assert maya.get(reverse(name, args=[cast.northside.slug, number])).status_code == 200


def test_a_team_may_allow_short_codes(cast: Cast, as_client: ClientOf) -> None:
    allow_short_codes(cast, as_client)
    for at, number in enumerate(
        ("US:384380", "US:384381", "US:384382", "US:384383", "US:384384", "US:384385")
    ):
        worked, sentence = entries(cast)[at](number)
        assert worked, sentence
        slip, sentence = entries(cast)[at](number.removeprefix("US:"))
        assert not slip and "write its country too" in sentence
    text = reverse("new_conversation", args=[cast.northside.slug])
    sent = {"number": SHORT, "inbox": cast.front_desk.id, "body": "JOIN"}
    assert as_client(cast.member).post(text, sent).status_code == 302
    for number in NEVER:
        assert not any(entry(number)[0] for entry in entries(cast))
    imported(cast, "Phone Number\nUS:384386\n")
    assert "US:384386" in numbers_of_contacts(cast)
