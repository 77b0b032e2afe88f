"""The carriers' way in: what middlewares would have done for a webhook is done, and an inbox is remembered a moment."""

from typing import Any

import pytest
from django.core.signals import request_finished, request_started
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse
from django.test import Client, RequestFactory

from accounts.models import Inbox
from heymarket.carrier_entry import carrier_entry
from kernel.tenancy import scope
from messaging import carrier_webhooks
from optout import consent
from optout.consent_types import Actor
from optout.models import Origin
from tests.cast import MARIA, STRANGER, Cast
from tests.messaging.fake_twilio import MESSAGES, STATUS, FakeTwilio, post_raw, post_signed, text_fields


@pytest.fixture
def remembering(monkeypatch: pytest.MonkeyPatch) -> None:
    """A moment that lasts for the whole test."""
    monkeypatch.setattr(carrier_webhooks, "CACHE_SECONDS", 1e9)
    carrier_webhooks._find_cached.cache_clear()


# -- past the middlewares ----------------------------------------------------------------------------------------


def test_other_addresses_are_left_to_the_pages() -> None:
    page = HttpResponse()
    application = carrier_entry(lambda *_: page)
    for address in ("/", "/healthz", "/webhooks/twilio", MESSAGES + "/", "/t/x/inbox/"):
        assert application(RequestFactory().get(address).environ, None) is page


def test_an_answer_tells_its_length(cast: Cast, carrier: FakeTwilio) -> None:
    response = carrier.text(cast.front_desk, MARIA, "Hello")
    assert response["Content-Length"] == str(len(response.content)) != "0"
    assert post_raw(MESSAGES, "a=b")["Content-Length"]


def test_django_is_told_of_start_and_end_and_so_looks_after_its_connections(
    cast: Cast, carrier: FakeTwilio
) -> None:
    told: list[str] = []

    def started(**_: Any) -> None:
        told.append("started")

    def finished(**_: Any) -> None:
        told.append("finished")

    request_started.connect(started)
    request_finished.connect(finished)
    try:
        carrier.text(cast.front_desk, MARIA, "Hello")
    finally:
        request_started.disconnect(started)
        request_finished.disconnect(finished)
    assert told == ["started", "finished"]


@pytest.mark.parametrize("away", [OperationalError, InterfaceError])
def test_with_the_database_away_a_carrier_is_asked_to_come_again(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, caplog: Any, away: type[Exception]
) -> None:
    def refuse(*_: Any) -> None:
        raise away("the server closed the connection unexpectedly")

    monkeypatch.setattr(carrier_webhooks, "receive", refuse)
    response = post_signed(cast.front_desk, MESSAGES, text_fields(cast.front_desk, MARIA, "STOP"))
    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert response["Content-Type"] == "text/plain"
    assert "the server closed the connection" in caplog.text
    assert b"the server closed" not in response.content


def test_a_fault_of_ours_is_logged_and_not_shown(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError("what only we should see")

    monkeypatch.setattr(carrier_webhooks, "receive", fail)
    with pytest.raises(AssertionError, match=r"500 .*Nothing was saved") as answered:
        post_signed(cast.front_desk, MESSAGES, text_fields(cast.front_desk, MARIA, "STOP"))
    assert "only we" not in str(answered.value)
    assert "what only we should see" in caplog.text


def test_an_address_with_too_many_fields_is_refused(cast: Cast, caplog: Any) -> None:
    fields = text_fields(cast.front_desk, MARIA, "STOP") | {"MessageStatus": "sent"}
    endless = f"{STATUS}?" + "&".join(f"x{i}=1" for i in range(2000))
    response = post_signed(cast.front_desk, endless, fields)
    assert (response.status_code, response["Content-Type"]) == (400, "text/plain")
    assert "webhook refused with 400" in caplog.text


@pytest.mark.parametrize("address", [MESSAGES, STATUS])
@pytest.mark.django_db(transaction=True)
def test_only_posts_are_taken(address: str) -> None:
    environ = RequestFactory().get(address).environ
    started: list[str] = []
    carrier_entry(lambda *_: HttpResponse())(environ, lambda status, _: started.append(status))
    assert started == ["405 Method Not Allowed"]


def test_the_front_door_takes_a_webhook_too(client: Client) -> None:
    """For whoever serves Django's own application, without the entrance."""
    assert client.post(MESSAGES).status_code == 415


# -- remembered for a moment -------------------------------------------------------------------------------------


def test_a_removed_token_counts_for_a_moment_and_then_no_more(
    cast: Cast, carrier: FakeTwilio, texts: Any, remembering: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def send() -> int:
        fields = text_fields(cast.front_desk, MARIA, "Hello")
        return post_signed(cast.front_desk, MESSAGES, fields, token="front-desk-token").status_code

    assert send() == 200
    with scope(cast.northside.id):
        cast.front_desk.auth_tokens = ["another"]
        cast.front_desk.save()
    assert send() == 200
    carrier_webhooks._find_cached.cache_clear()  # the moment is over
    assert send() == 403
    assert len(texts()) == 2


def test_that_a_number_is_nobodys_is_not_remembered(
    cast: Cast, carrier: FakeTwilio, remembering: None
) -> None:
    new = Inbox(
        team=cast.northside, name="New", number="+15105550999", account_id="AC9", auth_tokens=["new-token"]
    )
    assert carrier.text(new, MARIA, "Hello").status_code == 404
    with scope(cast.northside.id):
        new.save()
    assert carrier.text(new, MARIA, "Hello").status_code == 200


def test_a_block_counts_at_once(cast: Cast, carrier: FakeTwilio, texts: Any, remembering: None) -> None:
    """Whether a number may be texted is no part of what is remembered."""
    carrier.text(cast.front_desk, STRANGER, "one")
    with scope(cast.northside.id):
        consent.block(cast.northside.id, STRANGER, Actor(Origin.MEMBER, "Maya Chen", 7))
    carrier.text(cast.front_desk, STRANGER, "two")
    assert [text.body for text in texts()] == ["one", ""]
