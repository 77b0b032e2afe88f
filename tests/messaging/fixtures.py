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
    playing: list[FakeTwilio] = [FakeTwilio()]
    with serving(lambda: playing[-1]) as address:
        yield address, playing


@pytest.fixture
def carrier(_api: tuple[str, list[FakeTwilio]], settings: Any) -> FakeTwilio:
    """Twilio, as it stands at the other end of the test."""
    address, playing = _api
    settings.TWILIO_API_URL = address
    playing.append(FakeTwilio())
    return playing[-1]


@pytest.fixture
def work() -> Callable[[], None]:
    """One round of the worker: deliver wherever something is due, as the sweep finds it."""

    def round() -> None:
        for found in conversations_due(100):
            outbound.deliver(found.team_id, found.id)

    return round


@pytest.fixture
def texts(cast: Cast) -> Callable[..., list[Message]]:
    """The front desk's team's messages, oldest first, narrowed by lookups."""

    def read(**lookups: Any) -> list[Message]:
        with scope(cast.northside.id):
            found = Message.objects.filter(team_id=cast.northside.id, **lookups).select_related("inbox__team")
            return list(found.order_by("id"))

    return read
