"""What no answer waits for is done all the same: together, in order, whatever one of them raises."""

import os
import threading
from typing import Any

import pytest
from django.db import connection

from kernel.background import BatchQueue


def test_nobody_waits_and_everything_is_done_together_and_in_order() -> None:
    done: list[list[int]] = []
    gate = threading.Event()

    def do(items: list[int]) -> None:
        gate.wait(5)
        done.append(items)

    soon = BatchQueue(do)
    for item in range(50):
        soon.put(item)
    assert done == [], "put does not wait for what is being done"
    gate.set()
    soon.flush()
    assert [item for items in done for item in items] == list(range(50))
    assert len(done) < 50


def test_what_raises_is_logged_and_the_next_is_done(caplog: pytest.LogCaptureFixture) -> None:
    done: list[int] = []

    def do(items: list[int]) -> None:
        if 1 in items:
            raise RuntimeError("the store is away")
        done.extend(items)

    soon = BatchQueue(do)
    soon.put(1)
    soon.flush()
    soon.put(2)
    soon.flush()
    assert done == [2]
    assert "the store is away" in caplog.text


def test_the_thread_keeps_no_connection_while_it_rests(transactional_db: None) -> None:
    used: list[Any] = []

    def do(_: list[int]) -> None:
        connection.ensure_connection()
        used.append(connection.connection)

    soon = BatchQueue(do)
    soon.put(1)
    soon.flush()
    assert used[0].closed and used[0] is not connection.connection


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_process_does_its_own() -> None:
    done: list[int] = []
    soon = BatchQueue(done.extend)
    soon.put(1)
    soon.flush()
    child = os.fork()
    if child == 0:
        soon.put(2)
        soon.flush()
        os._exit(0 if done == [1, 2] else 1)
    assert os.waitpid(child, 0)[1] == 0
