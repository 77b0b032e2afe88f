"""The alarm clock is away: texts are taken and kept, nobody is woken, and the sweep finds what waits."""

import os
import socket
import time
from collections.abc import Callable
from typing import Any

import pytest
from celery import Celery, current_app
from celery.contrib.testing.worker import start_worker
from django.db import connection
from kombu.exceptions import OperationalError

from heymarket.celery import app
from kernel.tenancy import scope
from messaging import tasks
from messaging.compose import compose_text
from messaging.models import MessageStatus
from tests.cast import MARIA, Cast
from tests.messaging.fake_twilio import FakeTwilio


@pytest.fixture
def broker_away(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Publishing fails as it does when nothing listens; gives the names of what was to be published."""
    tried: list[str] = []

    def refuse(name: str, *_: Any, **__: Any) -> None:
        tried.append(name)
        raise OperationalError("Error 111 connecting. Connection refused.")

    monkeypatch.setattr(current_app, "send_task", refuse)
    return tried


def test_with_the_broker_away_nothing_is_lost(
    cast: Cast,
    carrier: FakeTwilio,
    texts: Any,
    broker_away: list[str],
    monkeypatch: pytest.MonkeyPatch,
    caplog: Any,
) -> None:
    assert carrier.text(cast.front_desk, MARIA, "STOP").status_code == 200
    assert carrier.text(cast.front_desk, MARIA, "START").status_code == 200
    with scope(cast.northside.id):
        message = compose_text(cast.front_desk, MARIA, "Hello", author=cast.member)
    assert len(broker_away) == 3
    assert "wake-up not published" in caplog.text
    assert {text.status for text in texts(outbound=True)} == {MessageStatus.QUEUED}
    # It comes back: the sweep wakes for the conversation, once.
    woken: list[Any] = []
    monkeypatch.setattr(current_app, "send_task", lambda name, args, **_: woken.append((name, args)))
    tasks.sweep()
    assert woken == [("messaging.tasks.deliver_batch", ([(message.team_id, message.conversation_id)],))]
    tasks.deliver_batch(*woken[0][1])
    assert carrier.bodies()[-1] == "Hello" and len(carrier.sent) == 2
    woken.clear()
    tasks.sweep()
    assert woken == []


def test_with_a_broker_that_is_really_dead_a_stop_is_taken_without_waiting_long(
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
    assert time.monotonic() - begun < 3  # kombu's own patience is six seconds, at each STOP
    assert "wake-up not published" in caplog.text
    work()
    assert [text.status for text in texts(outbound=True)] == [MessageStatus.SENT]


def test_a_wake_up_reaches_a_worker(cast: Cast, carrier: FakeTwilio, texts: Any) -> None:
    """The whole way through Celery itself, with its broker in memory."""
    app.control.purge()  # what other tests left to nobody
    with start_worker(app, pool="solo", perform_ping_check=False, loglevel="ERROR"):
        carrier.text(cast.front_desk, MARIA, "STOP")
        until = time.monotonic() + 10
        while [text.status for text in texts(outbound=True)] != [MessageStatus.SENT]:
            assert time.monotonic() < until, "the worker did not send it"
            time.sleep(0.05)
    assert len(carrier.sent) == 1


def test_nobody_is_woken_by_what_was_rolled_back(cast: Cast, broker_away: list[str]) -> None:
    class Changed(Exception):
        pass

    with pytest.raises(Changed), scope(cast.northside.id):
        compose_text(cast.front_desk, MARIA, "Hello", author=cast.member)
        raise Changed
    assert broker_away == []


def test_a_webhook_on_a_connection_that_died_meanwhile_is_taken_on_a_new_one(
    cast: Cast, carrier: FakeTwilio, texts: Any
) -> None:
    assert carrier.text(cast.front_desk, MARIA, "Hello").status_code == 200
    died = connection.connection
    with socket.socket(fileno=os.dup(died.fileno())) as wire:
        wire.shutdown(socket.SHUT_RDWR)  # as when PostgreSQL was restarted
    assert carrier.text(cast.front_desk, MARIA, "STOP").status_code == 200
    assert connection.connection is not died
    assert [text.body for text in texts(outbound=False)] == ["Hello", "STOP"]
