"""Drafts: kept for each member and conversation, marked in the list, dropped when sent, and shown after an opt-out."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Member
from kernel.tenancy import scope
from messaging.drafts.models import Draft
from messaging.erasure import erase_messages
from messaging.models import Conversation
from tests.cast import MARIA, Cast
from tests.messaging.fake_twilio import FakeTwilio

type ClientOf = Callable[[Member], Client]


@pytest.fixture
def conversation(cast: Cast, carrier: FakeTwilio) -> Conversation:
    carrier.text(cast.front_desk, MARIA, "Hello")
    with scope(cast.northside.id):
        found: Conversation = Conversation.objects.get(team=cast.northside, number=MARIA)
    return found


def keep(client: Client, conversation: Conversation, body: str, **data: str) -> Any:
    return client.post(reverse("draft", args=["northside-dental", conversation.id]), {"body": body, **data})


def page(client: Client, conversation: Conversation) -> str:
    return client.get(reverse("conversation", args=["northside-dental", conversation.id])).content.decode()


def kept(cast: Cast) -> list[tuple[int, str]]:
    with scope(cast.northside.id):
        return [(draft.member_id, draft.body) for draft in Draft.objects.order_by("id")]


def test_a_draft_follows_its_member_and_nobody_else(
    cast: Cast, conversation: Conversation, as_client: ClientOf
) -> None:
    laptop, phone = as_client(cast.member), as_client(cast.member)
    assert keep(laptop, conversation, "Half a\nsentence ").status_code == 204
    assert ">Half a\nsentence </textarea>" in page(phone, conversation)
    assert '<span class="draft-mark">Draft</span>' in page(phone, conversation)
    colleague = page(as_client(cast.owner), conversation)
    assert "Half a" not in colleague and "draft-mark" not in colleague
    keep(as_client(cast.owner), conversation, "Mine")
    keep(phone, conversation, "A whole sentence")
    assert kept(cast) == [(cast.member.id, "A whole sentence"), (cast.owner.id, "Mine")]


def test_a_draft_without_words_is_dropped(
    cast: Cast, conversation: Conversation, as_client: ClientOf
) -> None:
    desk = as_client(cast.member)
    for body in ("A", "AB", "", " ", "B", "\n"):
        assert keep(desk, conversation, body).status_code == 204
    assert kept(cast) == []


def test_a_text_that_is_sent_is_no_draft_any_more(
    cast: Cast, conversation: Conversation, as_client: ClientOf
) -> None:
    desk = as_client(cast.member)
    keep(desk, conversation, "See you at nine")
    keep(as_client(cast.owner), conversation, "Mine")
    desk.post(reverse("messages", args=["northside-dental", conversation.id]), {"body": "See you at nine"})
    assert kept(cast) == [(cast.owner.id, "Mine")]


def test_after_an_opt_out_the_draft_is_shown_and_can_be_discarded(
    cast: Cast, carrier: FakeTwilio, conversation: Conversation, as_client: ClientOf
) -> None:
    desk = as_client(cast.member)
    keep(desk, conversation, "See you at nine")
    carrier.text(cast.front_desk, MARIA, "STOP")
    shown = page(desk, conversation)
    assert "Your draft was not sent." in shown and "data-composer" not in shown
    assert ">See you at nine</textarea>" in shown
    assert keep(desk, conversation, "", discard="1").status_code == 302
    assert "Your draft was not sent." not in page(desk, conversation)
    assert kept(cast) == []


@pytest.mark.parametrize("body", ["x" * 10_001, "a\0b"])
def test_what_no_text_can_be_is_refused(
    cast: Cast, conversation: Conversation, as_client: ClientOf, body: str
) -> None:
    assert keep(as_client(cast.member), conversation, body).status_code == 422
    assert kept(cast) == []


def test_a_draft_goes_with_its_conversation_and_its_member(
    cast: Cast, conversation: Conversation, as_client: ClientOf
) -> None:
    keep(as_client(cast.member), conversation, "Dear Maria")
    keep(as_client(cast.owner), conversation, "Mine")
    with scope(cast.northside.id):
        cast.member.delete()
    assert kept(cast) == [(cast.owner.id, "Mine")]
    with scope(cast.northside.id):
        erase_messages(cast.northside.id, [MARIA])
    assert kept(cast) == []


def test_who_does_not_see_the_inbox_keeps_no_draft(
    cast: Cast, conversation: Conversation, as_client: ClientOf
) -> None:
    assert keep(as_client(cast.second), conversation, "Hello").status_code == 404
