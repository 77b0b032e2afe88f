"""A conversation to print: every text and every change of consent, with who printed it and when."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Member
from kernel.tenancy import scope
from messaging import printed_conversation
from messaging.carriers.base import InboundText
from messaging.compose import compose_text
from messaging.inbound import receive
from messaging.models import Conversation
from tests.cast import MARIA, Cast
from tests.messaging.fake_twilio import FakeTwilio, new_sid

type ClientOf = Callable[[Member], Client]


@pytest.fixture
def address(cast: Cast, carrier: FakeTwilio, work: Callable[[], None]) -> str:
    """Of Maria's conversation of 60 texts, more than a thread's page shows, and a STOP."""
    with scope(cast.northside.id):
        compose_text(cast.front_desk, MARIA, "Your bike\nis ready", author=cast.member)
    work()
    for at in range(60):
        receive(cast.front_desk, InboundText(new_sid(), MARIA, f"Text number {at}."))
    receive(cast.front_desk, InboundText(new_sid(), MARIA, "STOP"))
    with scope(cast.northside.id):
        conversation = Conversation.objects.get(team=cast.northside, number=MARIA)
    return reverse("printed_conversation", args=[cast.northside.slug, conversation.id])


def words_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.partition("<article")[2].partition("</article>")[0]).split())


def test_it_has_all_lines_in_order(cast: Cast, as_client: ClientOf, address: str) -> None:
    words = words_of(as_client(cast.admin).get(address).text)
    told = [
        "Northside Dental", "Conversation with Maria Lopez", "(415) 555-0101", "Front Desk", "by Amir Adams",
        "Texts 6", "Your bike is ready", "Sent", *(f"Text number {at}." for at in range(60)),
        "Contact opted out by texting STOP to Front Desk.",
    ]  # fmt: skip
    places = [words.find(part) for part in told]
    assert -1 not in places, told[places.index(-1)]
    assert places == sorted(places)
    assert re.search(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[+-]\d\d:00 Maria Lopez Text number 0\.", words)


def test_the_oldest_of_too_many_are_counted(
    cast: Cast, as_client: ClientOf, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printed_conversation, "MOST_TEXTS", 10)
    words = words_of(as_client(cast.admin).get(address).text)
    assert "older are left out" in words and "Text number 59." in words
    assert "Text number 40." not in words


def test_who_may_print_it(cast: Cast, as_client: ClientOf, address: str) -> None:
    assert as_client(cast.member).get(address).status_code == 200
    assert as_client(cast.outsider).get(address).status_code == 404
    browser = as_client(cast.owner)
    assert address in browser.get(address.removesuffix("print/")).text
    assert address in browser.get(reverse("number_evidence", args=[cast.northside.slug, MARIA])).text
