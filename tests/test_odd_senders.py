"""Odd senders: whatever a carrier's From contains, every page, file and call that shows the sender still works."""

import re
from html import escape, unescape
from typing import Any
from urllib.parse import urlencode, urljoin

import pytest
from django.test import Client
from django.urls import reverse

from kernel import phone_numbers
from kernel.converters import NumberConverter
from kernel.tenancy import scope
from messaging.models import Conversation
from optout.models import Suppression
from tests.cast import Cast
from tests.messaging.fake_twilio import FakeTwilio

SENDERS = [
    "A/B", "/", "//", "/../", ".", "..", "...", "a.b", "../../etc", "A B C", "~", "~2F", "%", "%2F", "%%", "%s", "%00",
    "\"", "'", "\"><b>", "<script>alert(1)</script>", "{{ 7|add:1 }}", "{% now %}", "?", "?q=1", "#", "A#B?C", "&amp;",
    "a&b=c", "=1+1", "@SUM(1)", "+", "-", "+0", "A:B", "US:", "us:123", "rcs:agent", "messenger:1206", "$1", "$name",
    "\\", "\\n", "|", ";", ",", "a,b", "null", "None", "NaN", "0", "1", "new", "export", "Straße", "ŁUKASZ", "José",
    "李小龍", "محمد", "שלום", "🙂", "👩\u200d👩\u200d👧", "e\u0301", "ﬁ", "İ", "\u202eSTOP", "A\u200fB", "\u200b",
    "\x00", "\x7f", "\ufffd", "a" * 64, "🙂" * 64, "a" * 300, "9" * 64, "+" + "7" * 63, "\u0300" * 40,
]  # fmt: skip
NUMBER_PAGES = ("standing", "contact", "edit_contact", "contact_deletion")
LISTS = ("contacts", "do_not_text", "inbox", "volume", "opt_out_report", "consent_report", "team_report")
FILES = ("export_contacts", "export_do_not_text", "export_texts", "export_opt_outs")


def stored(sender: str) -> str:
    return phone_numbers.from_carrier(sender, "US")


@pytest.mark.parametrize("sender", SENDERS, ids=ascii)
def test_every_sender_has_an_address(sender: str) -> None:
    number = stored(sender)
    assert phone_numbers.display(number) and len(number) <= phone_numbers.LONGEST
    path = NumberConverter().to_url(number)
    assert "/" not in path and path.strip(".")
    assert NumberConverter().to_python(path) == number


def test_an_address_with_a_channel_leads_to_the_number() -> None:
    assert NumberConverter().to_python("rcs:+15105553344") == "+15105553344"
    for other in ("5105553344", "+1 510 555 3344"):
        with pytest.raises(ValueError, match=r".*"):
            NumberConverter().to_python(other)


def test_pages_and_files_show_every_sender(cast: Cast, carrier: FakeTwilio, as_client: Any) -> None:
    for sender in SENDERS:
        for body in ("hello", "STOP"):
            assert carrier.text(cast.front_desk, sender, body).status_code == 200, sender
    browser: Client = as_client(cast.owner)
    slug = cast.northside.slug
    with scope(cast.northside.id):
        conversations = {row.number: row.id for row in Conversation.objects.filter(team=cast.northside)}
        suppressed = set(Suppression.objects.filter(team=cast.northside).values_list("number", flat=True))
    assert set(conversations) == suppressed == {stored(sender) for sender in SENDERS}
    for nth, (number, id) in enumerate(conversations.items()):
        pages = NUMBER_PAGES if nth % 5 == 0 else NUMBER_PAGES[:1]  # forms use the address that links use
        shown = escape(phone_numbers.display(number))
        for name, argument in [*((name, number) for name in pages), ("conversation", id)]:
            page = _content(browser, reverse(name, args=[slug, argument]))
            assert shown in page, (name, number)
    for name in LISTS:
        _content(browser, reverse(name, args=[slug]))
    files = {name: _content(browser, reverse(name, args=[slug])) for name in FILES}
    for number in conversations:
        first = number.replace('"', '""').strip("=+@-")[:20]
        assert all(first in content for content in files.values()), number


def test_every_page_of_a_list_opens(cast: Cast, carrier: FakeTwilio, as_client: Any) -> None:
    for sender in SENDERS:
        carrier.text(cast.front_desk, sender, "STOP")
    browser: Client = as_client(cast.owner)
    for query in (
        "",
        "?sort=name",
        "?sort=-name",
        "?sort=last_message",
        "?q=a",
        "?q=%25",
        "?q=..",
        "?status=opted_out",
    ):
        _content(browser, reverse("contacts", args=[cast.northside.slug]) + query)
    shown, address = "", reverse("do_not_text", args=[cast.northside.slug])
    while address:
        page = _content(browser, address)
        shown += page
        following = re.search(r'href="([^"]*)"[^>]*rel="next"|rel="next"[^>]*href="([^"]*)"', page)
        address = urljoin(address, unescape(following[1] or following[2])) if following else ""
    assert all(escape(phone_numbers.display(stored(sender))) in shown for sender in SENDERS)


@pytest.mark.parametrize("page", ["contacts", "do_not_text", "inbox"])
def test_odd_senders_can_be_searched_for(cast: Cast, carrier: FakeTwilio, as_client: Any, page: str) -> None:
    browser: Client = as_client(cast.owner)
    for sender in SENDERS[::3]:
        address = reverse(page, args=[cast.northside.slug])
        _content(browser, f"{address}?{urlencode({'q': stored(sender)})}")


def _content(browser: Client, address: str) -> str:
    answer: Any = browser.get(address)
    content = b"".join(answer).decode()
    assert answer.status_code == 200, (answer.status_code, address)
    return content
