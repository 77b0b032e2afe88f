"""A clerk's hundred in Chromium: by keyboard alone, conversations are answered, tagged and closed.

CLERK is how many: `make test CLERK=100 ARGS=tests/test_clerks_hundred_in_browser.py` does all hundred, in two minutes.
"""

import os
from datetime import timedelta
from typing import Any

from django.utils import timezone
from playwright.sync_api import Page, expect

from contacts.contact.models import Contact
from contacts.lists.models import Tag, Tagging
from kernel.tenancy import scope
from messaging.inbox import set_seen
from messaging.models import Conversation, Message, MessageStatus
from tests.cast import Cast
from tests.test_opt_out_in_browser import product, sign_in  # noqa: F401  (a fixture)

PEOPLE = int(os.environ.get("CLERK", "15"))
PASSED = 9  # conversations above them, so that the list is scrolled

# The scroll position of the list, the top of the current row in it, and the height of a row.
PLACE = """() => {
    const list = document.querySelector("#conversations").parentElement;
    const row = document.querySelector("#conversations a[aria-current]").getBoundingClientRect();
    return [list.scrollTop, row.top - list.getBoundingClientRect().top, row.height, list.clientHeight];
}"""


def seed(cast: Cast) -> None:
    """Conversations with an unanswered text each, newest first."""
    now, team, inbox = timezone.now(), cast.northside, cast.front_desk
    numbers = [f"+1415555{2000 + n}" for n in range(PASSED + PEOPLE)]
    with scope(team.id):
        Tag.objects.create(team=team, name="VIP")
        Contact.objects.bulk_create(
            Contact(team=team, number=number, first_name=f"Person {n}") for n, number in enumerate(numbers)
        )
        rows = Conversation.objects.bulk_create(
            Conversation(
                team=team, inbox=inbox, number=number, last_message_at=now - timedelta(minutes=n), inbound_count=1,
                awaiting_since=now - timedelta(minutes=n), preview=f"Question {n}",
            )
            for n, number in enumerate(numbers)
        )  # fmt: skip
        Message.objects.bulk_create(
            Message(
                team=team, conversation=row, inbox=inbox, number=row.number, outbound=False, body=row.preview,
                status=MessageStatus.RECEIVED, at=row.last_message_at,
            )
            for row in rows
        )  # fmt: skip
        set_seen(rows, cast.member, to_read=0)


def test_a_clerks_hundred(product: Cast, live_server: Any, page: Page) -> None:  # noqa: F811
    seed(product)
    page.route("**/changes/**", lambda route: route.fulfill(status=204))  # nobody else changes anything
    page.set_viewport_size({"width": 1280, "height": 600})
    sign_in(page, live_server.url, product.member.user.email)
    log, keyboard = page.get_by_role("log"), page.keyboard
    for n in range(PASSED + 1):
        keyboard.press("j")
        expect(log.get_by_text(f"Question {n}", exact=True)).to_be_visible()
    before = page.evaluate(PLACE)
    assert before[0] > 0, "the list is scrolled"
    jumps = []
    for n in range(PASSED, PASSED + PEOPLE):
        expect(log.get_by_text(f"Question {n}", exact=True)).to_be_visible()
        place = page.evaluate(PLACE)
        if abs(place[1] - before[1]) > place[2] + 1:  # a row; scrolling is in whole pixels
            jumps.append((n, before, place))
        before = place
        keyboard.press("c")
        keyboard.type(f"A{n}")
        keyboard.press("Enter")
        keyboard.press("Escape")
        keyboard.press("l")
        keyboard.type("vip")
        keyboard.press("Enter")
        keyboard.press("Escape")
        keyboard.press("e")
    expect(page.get_by_text("That was the last one in this list.")).to_be_visible()
    assert jumps == []
    expect(page.locator("#conversations a[data-conversation]")).to_have_count(PASSED)
    with scope(product.northside.id):
        closed = Conversation.objects.filter(team=product.northside, closed=True)
        assert closed.count() == Tagging.objects.count() == PEOPLE
        answers = Message.objects.filter(team=product.northside, outbound=True)
        assert set(answers.values_list("body", flat=True)) == {
            f"A{n}" for n in range(PASSED, PASSED + PEOPLE)
        }
