"""Rows of the list: initials, who wrote last, and marks of a note, an attachment and a draft."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Member
from contacts.templatetags.avatars import TINTS, initials, tint
from kernel.tenancy import scope
from messaging.carriers.base import InboundText
from messaging.compose import compose_text
from messaging.drafts.models import Draft
from messaging.folders import Folder
from messaging.inbound import receive
from messaging.inbox import load_conversations
from messaging.models import Conversation, Message, MessagePurpose
from messaging.teamwork.notes import write_note
from tests.cast import MARIA, TOM, Cast
from tests.messaging.fake_twilio import new_sid

type ClientOf = Callable[[Member], Client]


def row(member: Member, number: str = MARIA) -> Any:
    with scope(member.team_id):
        found = load_conversations(member, Folder.OPEN, None).conversations
    return next(conversation for conversation in found if conversation.number == number)


def receive_text(cast: Cast, number: str, body: str = "Hello", **more: Any) -> None:
    receive(cast.front_desk, InboundText(new_sid(), number, body, **more))


def test_a_row_says_who_of_us_wrote_last(cast: Cast) -> None:
    receive_text(cast, MARIA)
    assert row(cast.member).speaker == ""
    with scope(cast.northside.id):
        compose_text(cast.front_desk, MARIA, "We open at nine", author=cast.member)
    assert (row(cast.member).speaker, row(cast.admin).speaker) == ("You", "Maya Chen")
    with scope(cast.northside.id):
        compose_text(cast.front_desk, MARIA, "By program", author=None)
    assert row(cast.member).speaker == "Your team"
    receive_text(cast, MARIA, "HELP")
    with scope(cast.northside.id):
        assert Message.objects.filter(purpose=MessagePurpose.ANSWER).exists()
    assert (row(cast.member).speaker, row(cast.member).preview) == ("", "HELP")


def test_a_row_has_marks_of_a_note_an_attachment_and_the_own_draft(cast: Cast) -> None:
    receive_text(cast, TOM)
    receive_text(cast, MARIA, media=(("https://x.example/1", "image/jpeg"),))
    plain, marked = row(cast.member, TOM), row(cast.member)
    assert (plain.has_media, marked.has_media) == (False, True)
    with scope(cast.northside.id):
        conversation = Conversation.objects.select_related("inbox").get(number=MARIA)
        write_note(conversation, "Call her", cast.admin)
        Draft.objects.create(
            team=cast.northside,
            conversation=conversation,
            member=cast.member,
            body="W",
            updated_at=timezone.now(),
        )
    assert [(found.has_note, found.has_draft) for found in (row(cast.member), row(cast.admin))] == [
        (True, True), (True, False)
    ]  # fmt: skip
    assert (row(cast.member, TOM).has_note, row(cast.member, TOM).has_draft) == (False, False)
    receive_text(cast, MARIA)
    assert not row(cast.member).has_media, "of the newest text"


def test_the_list_shows_it(cast: Cast, as_client: ClientOf) -> None:
    receive_text(cast, MARIA)
    with scope(cast.northside.id):
        compose_text(cast.front_desk, MARIA, "We open at nine", author=cast.member)
    page = as_client(cast.member).get(reverse("inbox", args=["northside-dental"])).content.decode()
    shown = " ".join(re.sub(r"<[^>]*>", " ", page).split()).replace(" :", ":")
    assert "ML" in shown and "You: We open at nine" in shown


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Maria Lopez", "ML"),
        ("Maria de la Cruz", "MC"),
        ("cher", "C"),
        ("Zoë Ångström", "ZÅ"),
        ("M. Lopez (blue Brompton)", "MB"),
        ("(415) 555-0101", ""),
        ("", ""),
        ("👩 Maria", "M"),
    ],
)
def test_initials(name: str, letters: str) -> None:
    assert initials(name) == letters


def test_a_number_keeps_its_tint() -> None:
    tints = {tint(f"+1415555{n:04}") for n in range(100)}
    assert tint(MARIA) == tint(MARIA) and tints == set(range(TINTS))
