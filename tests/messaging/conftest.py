"""Fixtures of the tests of messaging."""

import threading
from collections.abc import Callable
from typing import Any
from typing import cast as typed

import psycopg
import pytest

from messaging.models import Message


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
