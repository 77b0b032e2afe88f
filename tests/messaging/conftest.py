"""What the stories of texts share: a carrier at both edges, the worker's round, and what the database holds."""

import threading
from collections.abc import Callable, Iterator
from typing import Any
from typing import cast as typed

import psycopg
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


@pytest.fixture
def write(owner: psycopg.Connection) -> Callable[..., None]:
    """Change the columns of a message behind the product's back: its clock, mostly."""

    def change(message: Message, **columns: str) -> None:
        told = ", ".join(f"{name} = {value}" for name, value in columns.items())
        owner.execute(typed(Any, f"UPDATE messaging_message SET {told} WHERE id = %s"), [message.id])

    return change


class Gate:
    """A named point at which a thread waits for its turn, and tells when it has passed."""

    def __init__(self) -> None:
        self._open, self._passed = threading.Event(), threading.Event()

    def wait(self) -> None:
        assert self._open.wait(10), "nobody opened the gate"

    def passed(self) -> None:
        self._passed.set()

    def open(self) -> None:
        self._open.set()

    def has_passed(self) -> None:
        assert self._passed.wait(10), "nobody came through the gate"
