"""Background batches: items are done together, in order, and after errors."""

import os
import threading
from typing import Any

import pytest
from django.db import connection

from kernel.background import BatchQueue


def test_items_are_done_together_and_in_order_without_waiting() -> None:
    done: list[list[int]] = []
    gate = threading.Event()

    def do(items: list[int]) -> None:
        gate.wait(5)
        done.append(items)

    queue = BatchQueue(do)
    for item in range(50):
        queue.put(item)
    assert done == [], "put does not wait"
    gate.set()
    queue.flush()
    assert [item for items in done for item in items] == list(range(50))
    assert len(done) < 50


def test_exception_is_logged_and_the_next_item_is_done(caplog: pytest.LogCaptureFixture) -> None:
    done: list[int] = []

    def do(items: list[int]) -> None:
        if 1 in items:
            raise RuntimeError("cache unavailable")
        done.extend(items)

    queue = BatchQueue(do)
    queue.put(1)
    queue.flush()
    queue.put(2)
    queue.flush()
    assert done == [2]
    assert "cache unavailable" in caplog.text


def test_idle_thread_keeps_no_connection(transactional_db: None) -> None:
    used: list[Any] = []

    def do(_: list[int]) -> None:
        connection.ensure_connection()
        used.append(connection.connection)

    queue = BatchQueue(do)
    queue.put(1)
    queue.flush()
    assert used[0].closed and used[0] is not connection.connection


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_forked_process_does_its_own_items() -> None:
    done: list[int] = []
    queue = BatchQueue(done.extend)
    queue.put(1)
    queue.flush()
    child = os.fork()
    if child == 0:
        queue.put(2)
        queue.flush()
        os._exit(0 if done == [1, 2] else 1)
    assert os.waitpid(child, 0)[1] == 0
