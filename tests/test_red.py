"""Red: wherever a person who may not be texted is shown, name and number are marked, and nobody else's are."""

from collections.abc import Callable, Iterator
from html.parser import HTMLParser

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Member
from contacts.lists.labels import set_lists
from contacts.lists.models import AddedBy, ContactList
from kernel.tenancy import scope
from messaging.carriers.base import InboundText
from messaging.inbound import receive
from messaging.models import Conversation
from tests.cast import MARIA, Cast
from tests.messaging.fake_twilio import new_sid

SHOWN = ("Maria Lopez", "(415) 555-0101")
UNMARKED = {"title", "option", "textarea", "label"}  # words about a page or a field
VOID = {"input", "br", "hr", "img", "link", "meta"}


class Mentions(HTMLParser):
    """Each place that shows the name or the number, and whether an element around it is marked."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.marked: list[bool] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        if tag not in VOID:
            for_readers = "only-for-readers" in (names.get("class") or "")
            is_words = tag in UNMARKED or for_readers or names.get("role") == "log"  # texts of then
            self.open.append(("words" if is_words else tag, "data-stopped" in names))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID and self.open:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if any(words in data for words in SHOWN) and "words" not in [tag for tag, _ in self.open]:
            self.marked.append(any(marked for _, marked in self.open))


def pages(cast: Cast) -> Iterator[tuple[str, int]]:
    """The pages that show Maria, and in how many places at least."""
    slug = cast.northside.slug
    with scope(cast.northside.id):
        conversation = Conversation.objects.get(team=cast.northside, number=MARIA)
        vips = ContactList.objects.get(team=cast.northside)
    yield reverse("inbox", args=[slug]), 1
    yield reverse("conversation", args=[slug, conversation.id]), 5  # list, head with number, pane with number
    yield reverse("contact", args=[slug, MARIA]), 1
    yield reverse("contacts", args=[slug]), 2
    yield reverse("list", args=[slug, vips.id]), 2
    yield reverse("search", args=[slug]) + "?q=Maria", 2
    yield reverse("palette", args=[slug]) + "?q=Maria", 1
    yield reverse("recipients", args=[slug]) + "?number=Maria", 2
    yield reverse("do_not_text", args=[slug]), 2
    yield reverse("opt_out_report", args=[slug]), 2


@pytest.mark.parametrize("stopped", [True, False])
def test_name_and_number_are_marked_on_every_page(
    cast: Cast, as_client: Callable[[Member], Client], stopped: bool
) -> None:
    with scope(cast.northside.id):
        vips = ContactList.objects.create(team=cast.northside, name="VIPs")
        set_lists(cast.maria, [vips], AddedBy.member("Maya"))
    receive(cast.front_desk, InboundText(new_sid(), MARIA, "Hello"))
    if stopped:
        receive(cast.front_desk, InboundText(new_sid(), MARIA, "STOP"))
    browser = as_client(cast.owner)
    for address, places in pages(cast):
        found = Mentions()
        found.feed(browser.get(address, headers={"HX-Request": "true"} if "?" in address else {}).text)
        assert set(found.marked) <= {stopped}, address
        assert len(found.marked) >= places or not stopped, (address, found.marked)
