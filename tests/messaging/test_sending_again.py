"""Sending again: a failed text says why in words, with the code one click away, and is sent again once."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Member
from kernel.tenancy import scope
from messaging.compose import compose_text
from messaging.drafts.models import Draft
from messaging.models import Message
from messaging.sending_again import SentAgainBefore, mark_sent_again
from messaging.undo import window
from tests.cast import MARIA, TOM, Cast
from tests.messaging.fake_twilio import FakeTwilio, refusal

type ClientOf = Callable[[Member], Client]
BODY = "See you at five"


@pytest.fixture
def failed(cast: Cast, carrier: FakeTwilio, work: Any, texts: Any) -> Message:
    """A text that the carrier refused."""
    carrier.answers = [refusal(30005)]
    with scope(cast.northside.id):
        compose_text(cast.front_desk, MARIA, BODY, author=cast.member, by_hand=True)
    work()
    found: Message = texts(outbound=True)[0]
    assert found.status == "failed"
    return found


def page(client: Client, text: Message) -> str:
    return client.get(
        reverse("conversation", args=["northside-dental", text.conversation_id])
    ).content.decode()


def send_again(client: Client, text: Message, **data: Any) -> Any:
    url = reverse("messages", args=["northside-dental", text.conversation_id])
    return client.post(url, {"body": text.body, "again": text.id, **data})


def test_it_says_what_failed_in_words_with_the_code_one_click_away(
    cast: Cast, failed: Message, as_client: ClientOf
) -> None:
    shown = page(as_client(cast.member), failed)
    assert "Not sent: Unknown number, or no longer in service" in shown
    assert 'href="https://www.twilio.com/docs/api/errors/30005"' in shown
    assert "(error 30005)" not in shown


def test_it_is_sent_again_once(
    cast: Cast, failed: Message, as_client: ClientOf, work: Any, texts: Any
) -> None:
    desk, other = as_client(cast.member), as_client(cast.owner)
    assert page(desk, failed).count("Send again") == 1
    for client in (desk, other, desk):
        assert send_again(client, failed).status_code == 302
    assert send_again(desk, failed, headers={"HX-Request": "true"}).status_code in (204, 302)
    work()
    first, second = texts(outbound=True)
    assert (first.sent_again_id, second.status, second.body) == (second.id, "sent", BODY)
    assert "Send again" not in page(desk, failed)


def test_a_text_that_did_not_fail_is_not_sent_again(
    cast: Cast, carrier: FakeTwilio, work: Any, texts: Any, as_client: ClientOf
) -> None:
    with scope(cast.northside.id):
        compose_text(cast.front_desk, MARIA, BODY, author=cast.member, by_hand=True)
    work()
    (sent,) = texts(outbound=True)
    send_again(as_client(cast.member), sent)
    assert len(texts(outbound=True)) == 1


def test_two_members_at_once_send_it_once(
    cast: Cast, failed: Message, texts: Any, elsewhere: Any, waits_for_lock: Any
) -> None:
    def send() -> bool:
        try:
            with scope(cast.northside.id):
                mark_sent_again(compose_text(cast.front_desk, MARIA, BODY, author=cast.owner), failed.id)
        except SentAgainBefore:
            return False
        return True

    with scope(cast.northside.id):
        first = compose_text(cast.front_desk, MARIA, BODY, author=cast.member)
        mark_sent_again(first, failed.id)
        later = elsewhere(send)
        waits_for_lock("transactionid")
    assert later.result(5) is False
    assert [text.id for text in texts(outbound=True)] == [failed.id, first.id]


def test_a_repetition_that_was_taken_back_can_be_made_again(
    cast: Cast, failed: Message, as_client: ClientOf, texts: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(window, "UNDO_WINDOW", timedelta(seconds=5))
    desk = as_client(cast.member)
    send_again(desk, failed)
    assert "Send again" not in page(desk, failed)
    repeated = texts(outbound=True)[1]
    desk.post(reverse("text_undo", args=["northside-dental", failed.conversation_id, repeated.id]))
    assert texts(outbound=True)[0].sent_again_id is None
    assert "Send again" in page(desk, failed)


def test_what_somebody_is_writing_stays(cast: Cast, failed: Message, as_client: ClientOf) -> None:
    desk = as_client(cast.member)
    desk.post(
        reverse("draft", args=["northside-dental", failed.conversation_id]), {"body": "Half a sentence"}
    )
    send_again(desk, failed)
    with scope(cast.northside.id):
        assert [draft.body for draft in Draft.objects.all()] == ["Half a sentence"]


def test_the_text_of_another_person_is_not_marked(
    cast: Cast, failed: Message, as_client: ClientOf, texts: Any
) -> None:
    with scope(cast.northside.id):
        to_tom = compose_text(cast.front_desk, TOM, "Hello", author=cast.member, by_hand=True)
    send_again(as_client(cast.member), to_tom, again=failed.id, body="Hello again")
    assert len(texts(outbound=True, number=TOM)) == 2
    assert texts(id=failed.id)[0].sent_again_id is None
