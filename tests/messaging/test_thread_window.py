"""Window of a thread: it opens around a text and pages in both directions."""

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
from tests.messaging.fake_twilio import FakeTwilio

COUNT = 3 * PAGE_SIZE


@pytest.fixture
def texts(cast: Cast) -> list[Message]:
    """A conversation's texts, oldest first; each two have the same time."""
    now = timezone.now()
    with scope(cast.northside.id):
        conversation = Conversation.objects.create(
            team=cast.northside, inbox=cast.front_desk, number=MARIA, last_message_at=now
        )
        return Message.objects.bulk_create(
            Message(
                team=cast.northside, conversation=conversation, inbox=cast.front_desk, number=MARIA, outbound=False,
                status=MessageStatus.RECEIVED, body=f"text {i}", at=now - timedelta(minutes=COUNT - i // 2),
            )
            for i in range(COUNT)
        )  # fmt: skip


@pytest.fixture
def thread(cast: Cast, texts: list[Message], as_client: Callable[[Member], Client]) -> Callable[..., Any]:
    browser = as_client(cast.member)
    page = reverse("thread", args=[cast.northside.slug, texts[0].conversation_id])
    return lambda **query: browser.get(page, query).context["thread"]


def shown(thread: Any, texts: list[Message]) -> tuple[int, int]:
    """The places of the first and the last text shown; there is no gap between them."""
    places = [int(entry.message.body.split()[1]) for entry in thread.entries if entry.kind == "text"]
    assert places == list(range(places[0], places[-1] + 1))
    return places[0], places[-1]


def test_a_thread_opens_around_a_text_and_pages_in_both_directions(
    thread: Callable[..., Any], texts: list[Message]
) -> None:
    half, middle = PAGE_SIZE // 2, COUNT // 2
    opened = thread(around=texts[middle].id)
    assert shown(opened, texts) == (middle - half, middle + half)
    assert opened.has_earlier and opened.upto.id == texts[middle + half].id
    again = thread(since=str(opened.oldest), upto=str(opened.upto))
    assert shown(again, texts) == shown(opened, texts), "a refresh shows the same texts"
    up = thread(earlier=str(opened.oldest), upto=str(opened.upto))
    assert shown(up, texts) == (max(0, middle - half - PAGE_SIZE), middle + half)
    down = thread(since=str(opened.oldest), later=str(opened.upto))
    assert shown(down, texts) == (middle - half, COUNT - 1)
    assert down.upto is None, "the window has reached the newest text and follows it"


@pytest.mark.parametrize("place", [0, 1, COUNT - 2, COUNT - 1])
def test_a_thread_opens_around_its_first_and_last_texts(
    thread: Callable[..., Any], texts: list[Message], place: int
) -> None:
    opened = thread(around=texts[place].id)
    half = PAGE_SIZE // 2
    assert shown(opened, texts) == (max(0, place - half), min(COUNT - 1, place + half))
    assert opened.has_earlier == (place > half)
    assert (opened.upto is not None) == (place + half < COUNT - 1)


@pytest.mark.parametrize("query", [{"around": "x"}, {"around": "1"}, {"upto": "x"}, {"later": "~1"}])
def test_an_unknown_text_opens_the_newest_texts(
    thread: Callable[..., Any], texts: list[Message], query: dict[str, str]
) -> None:
    assert shown(thread(**query), texts) == (COUNT - PAGE_SIZE, COUNT - 1)


def test_a_page_of_an_older_part_leads_on_without_javascript(
    cast: Cast, texts: list[Message], as_client: Callable[[Member], Client]
) -> None:
    page = reverse("conversation", args=[cast.northside.slug, texts[0].conversation_id])
    html = as_client(cast.member).get(page, {"around": texts[30].id}).content.decode()
    assert f'id="m{texts[30].id}"' in html
    assert f'href="?around={texts[50].id}#m{texts[50].id}"' in html
    assert f'href="{page}"' in html, "to the newest texts"


def test_links_of_a_text_are_safe_and_clickable(cast: Cast, carrier: FakeTwilio, as_client: Any) -> None:
    carrier.text(cast.front_desk, MARIA, "<b>Map</b>: https://example.com/?a=1&b=2, or call 415-555-2671")
    with scope(cast.northside.id):
        found = Conversation.objects.get(team=cast.northside, number=MARIA)
    url = reverse("conversation", args=["northside-dental", found.id])
    page = as_client(cast.member).get(url).content.decode()
    assert (
        '<a href="https://example.com/?a=1&amp;b=2" target="_blank" rel="noopener noreferrer nofollow">'
        in page
    )
    assert '<a href="tel:+14155552671">415-555-2671</a>' in page
    assert "<b>Map</b>" not in page and "&lt;b&gt;Map&lt;/b&gt;" in page
