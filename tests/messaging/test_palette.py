"""Palette: which people, conversations, pages and actions it offers to whom."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Inbox, Member
from kernel.tenancy import scope
from messaging.models import Conversation
from optout import consent
from optout.consent_types import Actor
from tests.cast import MARIA, TOM, Cast
from tests.messaging.test_search import NOW, add


@pytest.fixture
def matches(cast: Cast, as_client: Callable[[Member], Client]) -> Callable[..., Any]:
    def get(typed: str, member: Member | None = None) -> Any:
        member = member or cast.owner
        page = reverse("palette", args=[member.team.slug])
        return as_client(member).get(page, {"q": typed}).context["matches"]

    return get


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("", "New conversation"),
        ("conv", "New conversation"),
        ("clo", "Closed conversations"),
        ("new con", "New conversation"),
        ("do not", "Do not text"),
        ("blocked", "Do not text"),
        ("repo", "Reports"),
        ("zzz", None),
    ],
)
def test_pages_and_actions_are_found_by_the_beginnings_of_words(
    matches: Callable[..., Any], typed: str, first: str | None
) -> None:
    assert next((link.label for link in matches(typed).links), None) == first


def test_a_page_is_offered_to_those_who_may_see_it(cast: Cast, matches: Callable[..., Any]) -> None:
    for typed in ("reports", "api keys", "webhooks", "import"):
        assert matches(typed).links and not matches(typed, cast.member).links


def test_every_link_leads_to_a_page(
    cast: Cast, matches: Callable[..., Any], as_client: Callable[[Member], Client]
) -> None:
    for member in (cast.owner, cast.member):
        links = {link.url for letter in "abcdefghiklmnoprstuw" for link in matches(letter, member).links}
        assert len(links) > 8
        assert {as_client(member).get(url, follow=True).status_code for url in links} == {200}


def test_people_and_conversations(cast: Cast, matches: Callable[..., Any]) -> None:
    add(cast.front_desk, MARIA, "hello")
    add(cast.billing, MARIA, "hello")
    add(cast.shop, MARIA, "hello")

    def inboxes(typed: str, member: Member | None = None) -> set[Inbox]:
        return {conversation.inbox for conversation in matches(typed, member).conversations}

    assert inboxes("lopez") == {cast.front_desk, cast.billing}
    assert inboxes("lopez", cast.member) == {cast.front_desk}
    assert inboxes("lopez", cast.outsider) == {cast.shop}
    assert [person.name for person in matches("becker").people] == ["Tom Becker"]
    assert matches("lopez").people == [], "a person with a conversation is shown once"
    assert matches("brompton").conversations == [] == matches("brompton").people


def test_a_typed_text_may_be_searched(cast: Cast, matches: Callable[..., Any]) -> None:
    assert matches("red & blue").search_url.endswith("/inbox/search/?q=red+%26+blue")
    assert matches("").search_url == ""


def test_an_opted_out_person_is_shown_as_such(cast: Cast, as_client: Callable[[Member], Client]) -> None:
    with scope(cast.northside.id):
        consent.opt_out(cast.northside.id, TOM, Actor.of(cast.owner), reason="they asked us")
        Conversation.objects.create(team=cast.northside, inbox=cast.billing, number=TOM, last_message_at=NOW)
    html = (
        as_client(cast.owner)
        .get(reverse("palette", args=[cast.northside.slug]), {"q": "becker"})
        .content.decode()
    )
    assert "data-stopped" in html and "Opted out" in html
