"""Reactions in the thread: shown at the text that they quote, or as a line of their own."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from kernel.tenancy import scope
from messaging.compose import compose_text
from messaging.models import Message
from messaging.thread_reactions import quoted_text, shown_reaction
from tests.cast import MARIA, Cast
from tests.messaging.reviewed_texts import receive_text

OURS = "Sale this week! Reply STOP to opt out"
NOW = timezone.now()


def inbound(body: str) -> Message:
    return Message(id=9, body=body, outbound=False, at=NOW)


def outbound(id: int, body: str, minutes: int) -> Message:
    return Message(id=id, body=body, outbound=True, at=NOW - timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("body", "emoji", "removed"),
    [
        ("Liked “See you at 5”", "👍", False),
        ("Loved “See you at 5”", "❤️", False),
        ("Laughed at “See you at 5”", "😂", False),
        ("Emphasized “See you at 5”", "‼️", False),
        ("Reacted 🎉 to “See you at 5”", "🎉", False),
        ("👍 to “See you at 5”", "👍", False),
        ("Removed a heart from “See you at 5”", "❤️", True),
    ],
)
def test_the_emoji_of_a_reaction(body: str, emoji: str, removed: bool) -> None:
    found = shown_reaction(inbound(body))
    assert found and (found.emoji, found.removed, found.quoted) == (emoji, removed, "See you at 5")


@pytest.mark.parametrize("body", ["I liked “See you at 5”", "See you at 5", ""])
def test_other_texts_are_no_reactions(body: str) -> None:
    assert shown_reaction(inbound(body)) is None


@pytest.mark.parametrize(
    ("quoted", "found"),
    [
        ("see you  at 5", 2),  # the newest of two with these words
        ("Bring your helmet and…", 3),
        ("Bring your helmet", None),
        ("Not ours", None),
        ("…", None),
    ],
)
def test_the_text_that_is_quoted(quoted: str, found: int | None) -> None:
    reaction = shown_reaction(inbound(f"Liked “{quoted}”"))
    texts = [
        outbound(1, "See you at 5", 30),
        outbound(2, "See you at 5.", 20),
        outbound(3, "Bring your helmet and lights", 10),
        outbound(4, "See you at 5", -5),  # later than the reaction
    ]
    assert reaction
    text = quoted_text(reaction, texts)
    assert (text.id if text else None) == found


def thread(cast: Cast, client: Any, message: Message) -> str:
    address = reverse("thread", args=[cast.northside.slug, message.conversation_id])
    return str(client.get(address).content.decode())


def test_a_reaction_is_shown_at_our_text(cast: Cast, as_client: Any) -> None:
    with scope(cast.northside.id):
        compose_text(cast.front_desk, MARIA, OURS, author=cast.owner)
    reaction = receive_text(cast.front_desk, MARIA, f"Liked “{OURS}”")
    shown = thread(cast, as_client(cast.member), reaction)
    assert shown.count('class="bubble"') == 1 and "👍" in shown
    assert f'<li id="m{reaction.id}" title="Liked “{OURS}”">' in shown
    assert 'aria-label="To review"' not in shown


def test_a_removed_reaction_is_gone(cast: Cast, as_client: Any) -> None:
    with scope(cast.northside.id):
        compose_text(cast.front_desk, MARIA, OURS, author=cast.owner)
    receive_text(cast.front_desk, MARIA, f"Loved “{OURS}”")
    removed = receive_text(cast.front_desk, MARIA, f"Removed a heart from “{OURS}”")
    shown = thread(cast, as_client(cast.member), removed)
    assert "❤️" not in shown and shown.count('class="bubble"') == 1


def test_a_reaction_to_an_unknown_text_is_a_line(cast: Cast, as_client: Any) -> None:
    reaction = receive_text(cast.front_desk, MARIA, "👍 to “See you at 5”")
    shown = thread(cast, as_client(cast.member), reaction)
    assert "Reacted 👍 to: See you at 5" in shown and 'class="bubble"' not in shown
