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
    """Set columns of a message directly, mostly its times. Values are SQL."""

    def change(message: Message, **columns: str) -> None:
        assignments = ", ".join(f"{name} = {value}" for name, value in columns.items())
        owner.execute(typed(Any, f"UPDATE messaging_message SET {assignments} WHERE id = %s"), [message.id])

    return change


class Gate:
    """A point at which a thread waits until the test opens it, and at which the test waits for the thread."""

    def __init__(self) -> None:
        self._open, self._passed = threading.Event(), threading.Event()

    def await_open(self) -> None:
        assert self._open.wait(10), "the gate was not opened"

    def passed(self) -> None:
        self._passed.set()

    def open(self) -> None:
        self._open.set()

    def await_passed(self) -> None:
        assert self._passed.wait(10), "no thread passed the gate"
