"""Outages of the broker and the database: texts are received and kept, and the sweep finds the waiting texts."""

import os
import socket
import threading
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from celery import Celery, current_app
from celery.contrib.testing.worker import start_worker
from django.db import connection
from kombu.exceptions import OperationalError

from heymarket.celery import app
from kernel.cache import OptionalCache
from kernel.tenancy import scope
from messaging import tasks
from messaging.compose import compose_text
from messaging.models import MessageStatus
from messaging.worker_wakeups import BUSY
from tests.cast import MARIA, Cast
from tests.messaging.fake_twilio import FakeTwilio, SendAnswer


@pytest.fixture
def broker_down(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Publishing fails as without a broker. Returns the names of the tasks that were to be published."""
    attempts: list[str] = []

    def refuse(name: str, *_: Any, **__: Any) -> None:
        attempts.append(name)
        raise OperationalError("Error 111 connecting. Connection refused.")

    monkeypatch.setattr(current_app, "send_task", refuse)
    return attempts


def test_without_a_broker_no_text_is_lost(
    cast: Cast,
    carrier: FakeTwilio,
    texts: Any,
    broker_down: list[str],
    monkeypatch: pytest.MonkeyPatch,
    caplog: Any,
) -> None:
    assert carrier.text(cast.front_desk, MARIA, "STOP").status_code == 200
    assert carrier.text(cast.front_desk, MARIA, "START").status_code == 200
    with scope(cast.northside.id):
        message = compose_text(cast.front_desk, MARIA, "Hello", author=cast.member)
    assert len(broker_down) == 3
    assert "wake-up not published" in caplog.text
    assert {text.status for text in texts(outbound=True)} == {MessageStatus.QUEUED}
    # The broker is back: the sweep wakes the worker for the conversation, once.
    published: list[Any] = []
    monkeypatch.setattr(current_app, "send_task", lambda name, args, **_: published.append((name, args)))
    tasks.sweep()
    assert published == [("messaging.tasks.deliver_batch", ([(message.team_id, message.conversation_id)],))]
    tasks.deliver_batch(*published[0][1])
    assert carrier.bodies()[-1] == "Hello" and len(carrier.sent) == 2
    published.clear()
    tasks.sweep()
    assert published == []


def test_a_sweep_adds_nothing_for_busy_workers(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    published: list[Any] = []
    with scope(cast.northside.id):
        compose_text(cast.front_desk, MARIA, "Hello", author=cast.member)
    monkeypatch.setattr(current_app, "send_task", lambda *sent, **_: published.append(sent))
    waiting = {"celery": BUSY}
    broker = SimpleNamespace(llen=waiting.get)
    monkeypatch.setattr(OptionalCache, "on_server", lambda cache, ask, otherwise: ask(broker))
    monkeypatch.setattr(tasks, "opt_ins_due", lambda count: [cast.maria])
    monkeypatch.setattr(tasks.check_opt_in, "apply_async", lambda *sent, **_: published.append(sent))
    tasks.sweep()
    tasks.check_due_opt_ins()
    assert published == []
    waiting["celery"] -= 1
    tasks.sweep()
    tasks.check_due_opt_ins()
    assert len(published) == 2


def test_an_unreachable_broker_does_not_delay_a_stop(
    cast: Cast,
    carrier: FakeTwilio,
    texts: Any,
    work: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
    caplog: Any,
) -> None:
    dead = Celery("dead", set_as_current=False)
    dead.config_from_object("django.conf:settings", namespace="CELERY")
    dead.conf.update(broker_url="redis://127.0.0.1:9/0")
    monkeypatch.setattr(current_app, "send_task", dead.send_task)
    begun = time.monotonic()
    assert carrier.text(cast.front_desk, MARIA, "STOP").status_code == 200
    assert time.monotonic() - begun < 3  # kombu alone would wait six seconds
    assert "wake-up not published" in caplog.text
    work()
    assert [text.status for text in texts(outbound=True)] == [MessageStatus.SENT]


def test_a_wake_up_reaches_a_worker(cast: Cast, carrier: FakeTwilio, texts: Any) -> None:
    """Through Celery itself, with an in-memory broker."""
    app.control.purge()  # tasks that other tests left
    calling = threading.Event()
    carrier.answers.append(SendAnswer(before=calling.set))
    with start_worker(app, pool="solo", perform_ping_check=False, loglevel="ERROR"):
        carrier.text(cast.front_desk, MARIA, "STOP")
        assert calling.wait(10), "the worker did not send the reply"
    # A stopping worker has finished its task.
    assert [text.status for text in texts(outbound=True)] == [MessageStatus.SENT]
    assert len(carrier.sent) == 1


def test_a_rollback_publishes_no_wake_up(cast: Cast, broker_down: list[str]) -> None:
    class Changed(Exception):
        pass

    with pytest.raises(Changed), scope(cast.northside.id):
        compose_text(cast.front_desk, MARIA, "Hello", author=cast.member)
        raise Changed
    assert broker_down == []


def test_a_webhook_on_a_dead_connection_is_received_on_a_new_connection(
    cast: Cast, carrier: FakeTwilio, texts: Any
) -> None:
    assert carrier.text(cast.front_desk, MARIA, "Hello").status_code == 200
    dead = connection.connection
    with socket.socket(fileno=os.dup(dead.fileno())) as copy:
        copy.shutdown(socket.SHUT_RDWR)  # as when PostgreSQL was restarted
    assert carrier.text(cast.front_desk, MARIA, "STOP").status_code == 200
    assert connection.connection is not dead
    assert [text.body for text in texts(outbound=False)] == ["Hello", "STOP"]
