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
from messaging.inbox import PAGE_SIZE
from messaging.models import Conversation, Message, MessageStatus
from tests.cast import MARIA, Cast

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
