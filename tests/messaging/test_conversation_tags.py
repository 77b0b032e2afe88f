"""Tags from the inbox: a member adds and removes the tags of a conversation's contact."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Member
from contacts.contact.models import Contact
from contacts.lists.models import Tag
from kernel.tenancy import scope
from messaging.carriers.base import InboundText
from messaging.inbound import receive
from messaging.models import Conversation
from tests.cast import MARIA, Cast
from tests.messaging.fake_twilio import new_sid

type ClientOf = Callable[[Member], Client]


@pytest.fixture
def conversation(cast: Cast) -> Conversation:
    receive(cast.front_desk, InboundText(new_sid(), MARIA, "Are you open?"))
    with scope(cast.northside.id):
        found: Conversation = Conversation.objects.get(team=cast.northside, number=MARIA)
    return found


def post(client: Client, view: str, /, *arguments: int, **data: Any) -> Any:
    return client.post(reverse(view, args=["northside-dental", *arguments]), data)


def tags(cast: Cast) -> list[str]:
    with scope(cast.northside.id):
        return [tag.name for tag in Contact.objects.get(team=cast.northside, number=MARIA).sorted_tags()]


def test_tags_are_added_and_removed(cast: Cast, conversation: Conversation, as_client: ClientOf) -> None:
    desk = as_client(cast.member)
    with scope(cast.northside.id):
        vip = Tag.objects.create(team=cast.northside, name="VIP")
    for name in ("vip", "  New   patient ", "VIP"):
        assert post(desk, "conversation_tags", conversation.id, name=name).status_code == 302
    assert tags(cast) == ["New patient", "VIP"], "an existing tag whatever its case"
    page = desk.get(reverse("conversation", args=["northside-dental", conversation.id])).content.decode()
    assert 'id="tag-menu"' in page and page.count("New patient") >= 2
    for _ in range(2):
        assert post(desk, "delete_conversation_tag", conversation.id, vip.id).status_code == 302
    assert tags(cast) == ["New patient"]


def test_a_number_without_a_contact_becomes_one(
    cast: Cast, conversation: Conversation, as_client: ClientOf
) -> None:
    with scope(cast.northside.id):
        Contact.objects.get(number=MARIA).delete()
    desk = as_client(cast.member)
    assert post(desk, "delete_conversation_tag", conversation.id, 1).status_code == 302
    assert post(desk, "conversation_tags", conversation.id, name="VIP").status_code == 302
    assert tags(cast) == ["VIP"]


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("", "Write the name of a tag."),
        ("   ", "Write the name of a tag."),
        ("x" * 41, "at most 40 characters"),
    ],
)
def test_a_bad_name_says_why(
    cast: Cast, conversation: Conversation, as_client: ClientOf, name: str, error: str
) -> None:
    desk = as_client(cast.member)
    address = reverse("conversation_tags", args=["northside-dental", conversation.id])
    for headers in ({}, {"HX-Request": "true"}):
        page = desk.post(address, {"name": name}, headers=headers)
        assert page.status_code == 422 and error in page.content.decode()
    assert tags(cast) == []


def test_only_who_sees_the_conversation_tags_it(
    cast: Cast, conversation: Conversation, as_client: ClientOf
) -> None:
    assert post(as_client(cast.second), "conversation_tags", conversation.id, name="VIP").status_code == 404
    assert tags(cast) == []
