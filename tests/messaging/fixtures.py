"""Fixtures for tests that send and receive texts: a fake Twilio, the worker, and the stored messages."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from kernel.tenancy import scope
from messaging import outbound
from messaging.models import Message
from messaging.scope_lookups import conversations_due
from tests.cast import Cast
from tests.messaging.fake_twilio import FakeTwilio, serving


@pytest.fixture(scope="session")
def _api() -> Iterator[tuple[str, list[FakeTwilio]]]:
    carriers: list[FakeTwilio] = [FakeTwilio()]
    with serving(lambda: carriers[-1]) as url:
        yield url, carriers


@pytest.fixture
def carrier(_api: tuple[str, list[FakeTwilio]], settings: Any) -> FakeTwilio:
    """A fresh fake Twilio, to which the product sends its texts."""
    url, carriers = _api
    settings.TWILIO_API_URL = url
    carriers.append(FakeTwilio())
    return carriers[-1]


@pytest.fixture
def work() -> Callable[[], None]:
    """One round of the worker: deliver in all conversations that the sweep would find."""

    def round() -> None:
        for found in conversations_due(100):
            outbound.deliver(found.team_id, found.id)

    return round


@pytest.fixture
def texts(cast: Cast) -> Callable[..., list[Message]]:
    """Northside's messages that match the lookups, oldest first."""

    def read(**lookups: Any) -> list[Message]:
        with scope(cast.northside.id):
            messages = Message.objects.filter(team_id=cast.northside.id, **lookups)
            return list(messages.select_related("inbox__team").order_by("id"))

    return read
