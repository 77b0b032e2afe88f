"""Stops of workers and beat: on SIGTERM they end what they have begun, within twenty seconds."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from celery import Celery
from django.conf import settings
from django.db import connection
from psycopg.conninfo import make_conninfo

from devserver.addresses import ROOT
from devserver.processes import wait_until
from kernel.tenancy import scope
from messaging.compose import compose_text
from messaging.models import Message, MessageStatus
from tests.cast import TOM, Cast
from tests.messaging.fake_twilio import FakeTwilio, SendAnswer

PATIENCE = 20.0  # seconds
BROKER = f"{settings.REDIS_URL.rpartition('/')[0]}/6"  # a part of Valkey of its own


class CeleryProgram:
    """A worker or beat on the tests' database, which shows by a file that it is ready."""

    def __init__(self, folder: Path, *words: str) -> None:
        self.log, self.sign = folder / f"{words[0]}.log", folder / f"{words[0]}-lives"
        environment = os.environ | {
            "DATABASE_URL": make_conninfo(settings.DATABASE_URL, dbname=connection.settings_dict["NAME"]),
            "REDIS_URL": BROKER,
            "TWILIO_API_URL": settings.TWILIO_API_URL,
            "SIGN_OF_LIFE_FILE": str(self.sign),
        }
        command = [
            sys.executable,
            "-m",
            "celery",
            "--quiet",
            "-A",
            "heymarket",
            *words,
            "--loglevel",
            "WARNING",
        ]
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output)

    def await_ready(self) -> None:
        assert wait_until(self.sign.exists, lambda: self.process.poll() is None, 90), self.log.read_text()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., CeleryProgram]]:
    started: list[CeleryProgram] = []

    def run(*words: str) -> CeleryProgram:
        started.append(CeleryProgram(tmp_path, *words))
        return started[-1]

    yield run
    for program in started:
        program.process.kill()
        program.process.wait(30)


def test_worker_ends_its_call_and_beat_ends_at_once(
    cast: Cast,
    carrier: FakeTwilio,
    texts: Callable[..., list[Message]],
    start: Callable[..., CeleryProgram],
    tmp_path: Path,
) -> None:
    answer = threading.Event()
    called = threading.Event()
    carrier.answers = [SendAnswer(before=called.set, wait=lambda: answer.wait(PATIENCE))]
    worker = start(
        "worker", "--pool", "threads", "--concurrency", "2", "--without-gossip", "--without-mingle"
    )
    beat = start("beat", "--schedule", str(tmp_path / "schedule"), "--pidfile=")
    with scope(cast.northside.id):
        text = compose_text(cast.front_desk, TOM, "On our way", author=cast.member)
    worker.await_ready()
    beat.await_ready()
    task = (cast.northside.id, text.conversation_id)
    with Celery(broker=BROKER, set_as_current=False) as sender:
        sender.send_task("messaging.tasks.deliver", task, expires=60)
    assert called.wait(60), worker.log.read_text()
    worker.process.terminate()
    beat.process.terminate()
    assert beat.process.wait(PATIENCE) == 0, beat.log.read_text()
    assert worker.process.poll() is None, "it waits for the carrier"
    answer.set()
    assert worker.process.wait(PATIENCE) == 0, worker.log.read_text()
    assert [found.status for found in texts(id=text.id)] == [MessageStatus.SENT]
    assert carrier.bodies(TOM) == ["On our way"]
