"""Bandwidth's webhooks: several events in one, the callback credentials, and pictures that need the API user."""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.test import RequestFactory

from kernel.tenancy import scope
from messaging.carriers.base import MediaSource
from messaging.carriers.basic_auth import is_authorized
from messaging.carriers.registry import adapter_for
from messaging.models import Message
from tests.cast import MARIA, TOM, Cast
from tests.messaging.fake_bandwidth import FakeBandwidth

Texts = Callable[..., list[Message]]
# RFC 7617, 2 and 2.1: the published headers of "Aladdin" with "open sesame", and of "test" with "123£"
PUBLISHED = (
    ("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "Aladdin", "open sesame", True),
    ("Basic dGVzdDoxMjPCow==", "test", "123£", True),
    ("basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "Aladdin", "open sesame", True),
    ("Basic QWxhZGRpbjpvcGVuIHNlc2FtZR==", "Aladdin", "open sesamf", False),
    ("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "Aladdin", "", False),
    ("Bearer QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "Aladdin", "open sesame", False),
    ("Basic Og==", "", "", False),
    ("Basic %%%", "", "", False),
    ("Basic é", "", "", False),
    ("", "", "", False),
)


def test_published_credentials_pass_and_others_fail() -> None:
    for header, name, password, expected in PUBLISHED:
        request = RequestFactory().post("/", headers={"Authorization": header})
        assert is_authorized(request, name, password) is expected, header


@pytest.fixture
def bandwidth(cast: Cast) -> FakeBandwidth:
    with scope(cast.northside.id):
        FakeBandwidth.move_in(cast.front_desk)
    return FakeBandwidth()


def test_one_webhook_brings_several_texts(cast: Cast, bandwidth: FakeBandwidth, texts: Texts) -> None:
    """One that is refused stops no other; the webhook is then sent again, and each text counts once."""
    desk, at = cast.front_desk, datetime(2026, 3, 1, 12, 30, 5, tzinfo=UTC)
    foreign = bandwidth.received(desk, MARIA, "For another number", owner="+15105550999")
    known = [bandwidth.received(desk, number, "STOP", at=at) for number in (MARIA, TOM)]
    ignored = [{"type": "message-sending", "message": {}}, {}, "?", None]
    posting = bandwidth.events([known[0], foreign, *ignored, known[1]])
    assert posting.post().status_code == 404
    assert posting.post().status_code == 404
    assert [(text.number, text.at) for text in texts(outbound=False)] == [(MARIA, at), (TOM, at)]
    assert bandwidth.events([{"type": "message-sending", "message": {}}]).post().status_code == 200
    assert bandwidth.events([{}] * 101).post().status_code == 413


def test_webhook_of_another_user_is_refused(cast: Cast, bandwidth: FakeBandwidth, texts: Texts) -> None:
    posting = bandwidth.text(cast.front_desk, MARIA, "STOP")
    for user in ("webhooks:wrong", ":", "webhooks", "heymarket-api:api-password-of-bandwidth"):
        headers = {"Authorization": f"Basic {b64encode(user.encode()).decode()}"}
        assert replace(posting, headers=headers).post().status_code == 403, user
    assert not texts()


def test_group_and_pictures(cast: Cast, bandwidth: FakeBandwidth, texts: Texts) -> None:
    desk = cast.front_desk
    own = "https://messaging.bandwidth.com/api/v2/users/9900000/media/1/0/bw.png"
    other = "https://messaging.bandwidth.com.example/api/v2/users/1"
    to = [desk.number, TOM]
    assert (
        bandwidth.text(desk, MARIA, "Dinner?", media=[own, "http://plain.example/"], to=to).post().status_code
        == 200
    )
    (text,) = texts()
    assert [item["url"] for item in text.media] == [own, ""]
    adapter = adapter_for(desk)
    assert adapter.media_source(desk, own) == MediaSource(own, ("heymarket-api", bandwidth.token))
    assert adapter.media_source(desk, other) == MediaSource(other)
