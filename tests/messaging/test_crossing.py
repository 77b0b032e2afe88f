"""Crossing texts: a member is asked before a text follows a colleague's text that the member did not know."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Member
from kernel.tenancy import scope
from messaging.compose import compose_text
from messaging.crossing import CrossedSend, describe_age, read_known, refuse_crossing
from messaging.models import Message
from tests.cast import MARIA, Cast
from tests.clocks import earlier

AsClient = Callable[[Member], Client]
NORTHSIDE = "northside-dental"


def compose(cast: Cast, body: str, author: Member | None, **options: Any) -> Message:
    with scope(cast.northside.id):
        return compose_text(cast.front_desk, MARIA, body, author=author, **options)


def address(message: Message, name: str) -> str:
    return reverse(name, args=[NORTHSIDE, message.conversation_id])


def known_of(page: Any) -> str:
    found = re.search(r'name="known" value="(\d+)"', page.content.decode())
    assert found
    return found[1]


def bodies(texts: Any) -> list[str]:
    return [text.body for text in texts()]


@pytest.mark.parametrize(
    ("age", "words"),
    [
        (timedelta(0), "1 second ago"),
        (timedelta(seconds=4), "4 seconds ago"),
        (timedelta(seconds=60), "1 minute ago"),
        (timedelta(minutes=59, seconds=59), "59 minutes ago"),
        (timedelta(hours=2, minutes=5), "2 hours ago"),
        (timedelta(seconds=-3), "1 second ago"),
    ],
)
def test_age_in_words(age: timedelta, words: str) -> None:
    assert describe_age(age) == words


@pytest.mark.parametrize(
    ("fields", "known"),
    [
        ({}, None),
        ({"known": "7"}, 7),
        ({"known": "7", "confirmed": "9"}, 9),
        ({"known": "9", "confirmed": "7"}, 9),
        ({"known": "x" * 9, "confirmed": "9" * 400}, None),
    ],
)
def test_known_text_of_a_form(fields: dict[str, str], known: int | None) -> None:
    assert read_known(fields) == known


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["page", "htmx"])
def test_a_text_that_crosses_a_colleagues_text_asks_first(
    cast: Cast, as_client: AsClient, texts: Any, headers: dict[str, str]
) -> None:
    old = compose(cast, "Good morning", cast.owner)
    browser = as_client(cast.member)
    known = known_of(browser.get(address(old, "conversation")))
    assert known == str(old.id)
    reply = compose(cast, "We are open until 6", cast.owner)
    fields = {"body": "Open until six!", "known": known}

    asked = browser.post(address(old, "messages"), fields, headers=headers)
    page = asked.content.decode()
    assert asked.status_code == 422
    assert re.search(r"Olivia Owens replied \d+ seconds? ago: “We are open until 6”", page)
    assert ("Open until six!" in page) is (not headers), "htmx replaces only the question"
    assert asked.headers.get("HX-Retarget") == ("#crossing" if headers else None)
    assert bodies(texts) == ["Good morning", "We are open until 6"]

    confirmed = re.search(r'name="confirmed" value="(\d+)"', page)
    assert confirmed and confirmed[1] == str(reply.id)
    sent = browser.post(address(old, "messages"), {**fields, "confirmed": confirmed[1]}, headers=headers)
    assert sent.status_code == (204 if headers else 302)
    assert bodies(texts)[-1] == "Open until six!"


def test_a_further_text_is_asked_about_again(cast: Cast, as_client: AsClient, texts: Any) -> None:
    first = compose(cast, "One", cast.owner)
    compose(cast, "Two", cast.owner)
    fields = {"body": "Mine", "known": "0", "confirmed": str(first.id)}
    asked = as_client(cast.member).post(address(first, "messages"), fields)
    assert asked.status_code == 422 and "“Two”" in asked.content.decode()


def test_own_texts_programs_and_refused_texts_cross_nothing(
    cast: Cast, as_client: AsClient, texts: Any, tamper: Callable[..., None]
) -> None:
    first = compose(cast, "Mine", cast.member)
    compose(cast, "A program's", None, author_name="CRM")
    refused = compose(cast, "Refused", cast.owner)
    tamper("UPDATE messaging_message SET status = 'refused' WHERE id = %s", refused.id)
    yesterday = compose(cast, "Yesterday's", cast.owner)
    tamper(f"UPDATE messaging_message SET at = {earlier('at', '25 hours')} WHERE id = %s", yesterday.id)
    sent = as_client(cast.member).post(address(first, "messages"), {"body": "Again", "known": "0"})
    assert sent.status_code == 302
    assert "Again" in bodies(texts)


def test_a_form_that_does_not_say_what_it_knows_is_not_asked(
    cast: Cast, as_client: AsClient, texts: Any
) -> None:
    """Such as Send again, and pages of an older version."""
    first = compose(cast, "One", cast.owner)
    assert as_client(cast.member).post(address(first, "messages"), {"body": "Two"}).status_code == 302
    assert bodies(texts) == ["One", "Two"]


def test_of_two_texts_at_the_same_moment_the_second_is_asked(
    cast: Cast, texts: Any, elsewhere: Any, waits_for_lock: Any
) -> None:
    first = compose(cast, "Hello", None)

    def reply() -> str:
        with scope(cast.northside.id):
            try:
                refuse_crossing(cast.front_desk, MARIA, cast.member, first.id)
            except CrossedSend as crossed:
                return str(crossed)
            return "not asked"

    with scope(cast.northside.id):
        refuse_crossing(cast.front_desk, MARIA, cast.owner, first.id)
        later = elsewhere(reply)
        waits_for_lock("transactionid")
        compose_text(cast.front_desk, MARIA, "First", author=cast.owner)
    assert later.result(5) == "Olivia Owens replied 1 second ago: “First”"


def test_an_older_part_of_a_thread_knows_the_newest_text(cast: Cast, as_client: AsClient) -> None:
    first = compose(cast, "Text 0", cast.owner)
    for nth in range(1, 60):
        newest = compose(cast, f"Text {nth}", cast.owner)
    page = as_client(cast.member).get(f"{address(first, 'conversation')}?around={first.id}")
    assert b"Text 59" not in re.sub(rb'id="conversations".*?</ol>', b"", page.content, flags=re.S)
    assert known_of(page) == str(newest.id)
