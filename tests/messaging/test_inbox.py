"""Paging of the inbox: cursors of the list of conversations and of a thread, and bad cursors."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Member
from kernel.tenancy import scope
from messaging import inbound
from messaging.carriers.base import InboundText
from messaging.inbox import PAGE_SIZE
from messaging.models import Conversation, Message, MessageStatus
from tests.cast import MARIA, Cast
from tests.messaging.fake_twilio import new_sid

EXTRA = 5


@pytest.fixture
def browser(cast: Cast, as_client: Callable[[Member], Client]) -> Client:
    return as_client(cast.member)


def test_the_list_continues_behind_a_cursor(cast: Cast, browser: Client) -> None:
    now = timezone.now().replace(microsecond=0)
    with scope(cast.northside.id):
        Conversation.objects.bulk_create(
            # Pairs with the same time: the ID decides.
            Conversation(
                team=cast.northside, inbox=cast.front_desk, number=f"+1415556{i:04}",
                last_message_at=now - timedelta(minutes=i // 2),
            )
            for i in range(PAGE_SIZE + EXTRA)
        )  # fmt: skip

    def get(**query: Any) -> Any:
        return browser.get(reverse("inbox", args=[cast.northside.slug]), query).context["listing"]

    first = get()
    rest = get(before=str(first.last))
    assert (len(first.conversations), first.more) == (PAGE_SIZE, True)
    assert (len(rest.conversations), rest.more) == (EXTRA, False)
    assert len({row.id for row in first.conversations + rest.conversations}) == PAGE_SIZE + EXTRA
    assert get(until=str(first.last)) == first
    assert get(until=str(rest.last)).conversations == first.conversations + rest.conversations


def test_a_thread_shows_one_page_more_than_its_cursor(cast: Cast, browser: Client) -> None:
    now = timezone.now()
    with scope(cast.northside.id):
        conversation = Conversation.objects.create(
            team=cast.northside, inbox=cast.front_desk, number=MARIA, last_message_at=now
        )
        Message.objects.bulk_create(
            Message(
                team=cast.northside, conversation=conversation, inbox=cast.front_desk, number=MARIA, outbound=False,
                status=MessageStatus.RECEIVED, body=f"text {i}", at=now - timedelta(minutes=i // 2),
            )
            for i in range(PAGE_SIZE + EXTRA)
        )  # fmt: skip

    def get(**query: Any) -> tuple[int, bool, str]:
        page = reverse("thread", args=[cast.northside.slug, conversation.id])
        thread = browser.get(page, query).context["thread"]
        return sum(entry.kind == "text" for entry in thread.entries), thread.has_earlier, str(thread.oldest)

    texts, has_earlier, oldest = get()
    assert (texts, has_earlier) == (PAGE_SIZE, True)
    assert get(since=oldest) == (texts, has_earlier, oldest)
    texts, has_earlier, oldest = get(earlier=oldest)
    assert (texts, has_earlier) == (PAGE_SIZE + EXTRA, False)
    assert get(since=oldest) == (texts, has_earlier, oldest)


@pytest.mark.parametrize("cursor", ["", "x", "1", "~1", "1~x", "1~99999999999999999", "1~\0", "9" * 30])
def test_a_bad_cursor_is_no_error(cast: Cast, browser: Client, cursor: str) -> None:
    page = reverse("inbox", args=[cast.northside.slug])
    assert browser.get(page, {"before": cursor, "until": cursor}).status_code == 200


def test_a_failed_text_is_offered_to_be_sent_again_once(cast: Cast, browser: Client) -> None:
    now = timezone.now()
    with scope(cast.northside.id):
        conversation = Conversation.objects.create(
            team=cast.northside, inbox=cast.front_desk, number=MARIA, last_message_at=now
        )

        def text(body: str, status: MessageStatus, minutes: int) -> None:
            Message.objects.create(
                team=cast.northside, conversation=conversation, inbox=cast.front_desk, number=MARIA, outbound=True,
                status=status, body=body, at=now - timedelta(minutes=minutes),
            )  # fmt: skip

        text("See you at 5", MessageStatus.FAILED, 9)
        text("Bring your card", MessageStatus.FAILED, 8)
    url = reverse("conversation", args=[cast.northside.slug, conversation.id])
    assert browser.get(url).content.decode().count("Send again") == 2
    with scope(cast.northside.id):
        text("See you at 5", MessageStatus.DELIVERED, 7)
    assert browser.get(url).content.decode().count("Send again") == 1


@pytest.mark.parametrize("text", ["\u200b", "\ufeff\u2060", "\u2800"])
def test_a_text_of_invisible_characters_is_refused(cast: Cast, browser: Client, text: str) -> None:
    with scope(cast.northside.id):
        conversation = Conversation.objects.create(
            team=cast.northside, inbox=cast.front_desk, number=MARIA, last_message_at=timezone.now()
        )
    answer = browser.post(reverse("messages", args=[cast.northside.slug, conversation.id]), {"body": text})
    assert answer.status_code == 422
    with scope(cast.northside.id):
        assert not Message.objects.filter(team=cast.northside).exists()


@pytest.mark.parametrize(
    ("body", "media", "preview", "shown"),
    [
        ("", [], "Empty text", "Empty text."),
        ("\u200b", [], "Empty text", "Empty text."),
        ("", [("", "")], "Attachment that did not arrive", "Attachment that did not arrive"),
        ("", [("https://x.example/1", "image/jpeg")], "Photo", "Photo"),
        (
            "",
            [("https://x.example/1", "image/png"), ("https://x.example/2", "image/gif")],
            "2 photos",
            "Photo",
        ),
        ("", [("https://x.example/1", "text/vcard")], "Contact card", "Contact card"),
        ("", [("https://x.example/1", "text/x-vcard; charset=utf-8")], "Contact card", "Contact card"),
        ("", [("https://x.example/1", "audio/amr")], "Voice message", "Voice message"),
        ("", [("https://x.example/1", "video/3gpp")], "Video", "Video"),
        ("", [("https://x.example/1", "application/pdf")], "PDF file", "PDF file"),
        ("", [("https://x.example/1", "application/zip"), ("", "")], "2 attachments", "File"),
        ("Look", [("https://x.example/1", "image/jpeg")], "Look", "Photo"),
    ],
)
def test_a_text_without_words_says_what_it_has(
    cast: Cast, browser: Client, body: str, media: list[tuple[str, str]], preview: str, shown: str
) -> None:
    inbound.receive(cast.front_desk, InboundText(new_sid(), MARIA, body, media=tuple(media)))
    with scope(cast.northside.id):
        conversation = Conversation.objects.get(team=cast.northside)
    assert conversation.preview == preview
    page = browser.get(reverse("conversation", args=[cast.northside.slug, conversation.id])).content.decode()
    assert shown in page
    assert "was not kept" not in page
