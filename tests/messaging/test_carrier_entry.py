"""The carriers' entry: it does the work of the middlewares for webhooks, and inboxes are cached for a second."""

from typing import Any

import pytest
from django.core.signals import request_finished, request_started
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse
from django.test import Client, RequestFactory

from accounts.models import Inbox
from heymarket.carrier_entry import carrier_entry
from kernel.tenancy import scope
from messaging import verified_webhook, webhook_claims
from optout import consent
from optout.consent_types import Actor
from optout.models import Origin
from tests.cast import MARIA, STRANGER, Cast
from tests.messaging.fake_twilio import MESSAGES, STATUS, FakeTwilio, post_raw, post_signed, text_fields


@pytest.fixture
def caching(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache that lasts for the whole test."""
    monkeypatch.setattr(webhook_claims, "CACHE_SECONDS", 1e9)
    webhook_claims._find_cached.cache_clear()


# -- instead of the middlewares ----------------------------------------------------------------------------------


def test_other_urls_go_to_the_pages() -> None:
    page = HttpResponse()
    application = carrier_entry(lambda *_: page)
    for address in ("/", "/healthz", "/webhooks/twilio", MESSAGES + "/", "/t/x/inbox/"):
        assert application(RequestFactory().get(address).environ, None) is page


def test_responses_have_a_content_length(cast: Cast, carrier: FakeTwilio) -> None:
    response = carrier.text(cast.front_desk, MARIA, "Hello")
    assert response["Content-Length"] == str(len(response.content)) != "0"
    assert post_raw(MESSAGES, "a=b")["Content-Length"]


def test_request_signals_are_sent_so_that_django_closes_old_connections(
    cast: Cast, carrier: FakeTwilio
) -> None:
    signals: list[str] = []

    def started(**_: Any) -> None:
        signals.append("started")

    def finished(**_: Any) -> None:
        signals.append("finished")

    request_started.connect(started)
    request_finished.connect(finished)
    try:
        carrier.text(cast.front_desk, MARIA, "Hello")
    finally:
        request_started.disconnect(started)
        request_finished.disconnect(finished)
    assert signals == ["started", "finished"]


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_an_unavailable_database_makes_the_carrier_retry(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, caplog: Any, error: type[Exception]
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise error("the server closed the connection unexpectedly")

    monkeypatch.setattr(verified_webhook, "store", refuse)
    response = post_signed(cast.front_desk, MESSAGES, text_fields(cast.front_desk, MARIA, "STOP"))
    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert response["Content-Type"] == "text/plain"
    assert "the server closed the connection" in caplog.text
    assert b"the server closed" not in response.content


def test_an_internal_error_is_logged_and_not_shown(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("an internal detail")

    monkeypatch.setattr(verified_webhook, "store", fail)
    with pytest.raises(AssertionError, match=r"500 .*Nothing was saved") as response:
        post_signed(cast.front_desk, MESSAGES, text_fields(cast.front_desk, MARIA, "STOP"))
    assert "internal detail" not in str(response.value)
    assert "an internal detail" in caplog.text


def test_a_url_with_too_many_parameters_is_refused(cast: Cast, caplog: Any) -> None:
    fields = text_fields(cast.front_desk, MARIA, "STOP") | {"MessageStatus": "sent"}
    url = f"{STATUS}?" + "&".join(f"x{i}=1" for i in range(2000))
    response = post_signed(cast.front_desk, url, fields)
    assert (response.status_code, response["Content-Type"]) == (400, "text/plain")
    assert "webhook refused with 400" in caplog.text


@pytest.mark.parametrize("address", [MESSAGES, STATUS])
@pytest.mark.django_db(transaction=True)
def test_only_post_is_allowed_at_the_entry(address: str) -> None:
    environ = RequestFactory().get(address).environ
    started: list[str] = []
    carrier_entry(lambda *_: HttpResponse())(environ, lambda status, _: started.append(status))
    assert started == ["405 Method Not Allowed"]


def test_django_itself_also_receives_webhooks(client: Client) -> None:
    """For installations that serve Django's own application."""
    assert client.post(MESSAGES).status_code == 415


# -- cached inboxes ----------------------------------------------------------------------------------------------


def test_a_removed_token_is_accepted_until_the_cache_expires(
    cast: Cast, carrier: FakeTwilio, texts: Any, caching: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def send() -> int:
        fields = text_fields(cast.front_desk, MARIA, "Hello")
        return post_signed(cast.front_desk, MESSAGES, fields, token="front-desk-token").status_code

    assert send() == 200
    with scope(cast.northside.id):
        cast.front_desk.auth_tokens = ["another"]
        cast.front_desk.save()
    assert send() == 200
    webhook_claims._find_cached.cache_clear()  # as when it expires
    assert send() == 403
    assert len(texts()) == 2


def test_an_unknown_number_is_not_cached(cast: Cast, carrier: FakeTwilio, caching: None) -> None:
    new = Inbox(
        team=cast.northside,
        name="New",
        number="+15105550999",
        account_id="AC" + "9" * 32,
        auth_tokens=["new-token"],
    )
    assert carrier.text(new, MARIA, "Hello").status_code == 404
    with scope(cast.northside.id):
        new.save()
    assert carrier.text(new, MARIA, "Hello").status_code == 200


def test_a_block_applies_at_once(cast: Cast, carrier: FakeTwilio, texts: Any, caching: None) -> None:
    """Standings are not cached."""
    carrier.text(cast.front_desk, STRANGER, "one")
    with scope(cast.northside.id):
        consent.block(cast.northside.id, STRANGER, Actor(Origin.MEMBER, "Maya Chen", 7))
    carrier.text(cast.front_desk, STRANGER, "two")
    assert [text.body for text in texts()] == ["one", ""]
