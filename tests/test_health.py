"""Health: /healthz, /readyz and /status, whose 503 names the causes."""

import re
import time
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from contacts.bulk.models import BulkActionRun
from devserver.supervision import app_programs
from heymarket.celery import app
from heymarket.health import signs_of_life
from heymarket.health import status as health
from heymarket.health.signs_of_life import BEAT, QUEUES, give_sign
from heymarket.health.status import CACHE_DOWN, DATABASE_DOWN, LIMITS, Status, find_problems, read_status
from kernel.backlog import Backlog
from kernel.cache import cache
from kernel.tenancy import scope
from messaging.compose import compose_text
from messaging.models import Message
from tests.cast import MARIA, Cast
from tests.fake_valkey import CacheInMemory

ALIVE: dict[str, float | None] = dict.fromkeys((BEAT, *QUEUES), 3.0)
TOKEN = "a-long-token"


@pytest.fixture
def token(settings: Any) -> dict[str, str]:
    settings.STATUS_TOKEN = TOKEN
    return {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture(autouse=True)
def _cache(settings: Any) -> None:
    in_memory = {"BACKEND": "tests.fake_valkey.CacheInMemory", "LOCATION": "health"}
    settings.CACHES = {**settings.CACHES, "valkey": in_memory}
    cache.clear()


@pytest.fixture
def alive() -> None:
    give_sign([BEAT, *QUEUES])


def test_problems() -> None:
    ago = timezone.now() - timedelta(seconds=90)
    late = [Backlog("texts", 2, ago), Backlog("webhooks", 9, ago), Backlog("runs", 0, None)]
    table = [
        (Status(True, True, ALIVE), []),
        (Status(False, True, ALIVE), [DATABASE_DOWN]),
        (Status(True, False, {}), [CACHE_DOWN]),
        (
            Status(True, True, {**ALIVE, "bulk": 31.0}),
            ["Every worker of the queue bulk is silent for 31 seconds."],
        ),
        (Status(True, True, {**ALIVE, "bulk": 30.0}), []),
        (Status(True, True, {**ALIVE, BEAT: None}), ["Beat is silent."]),
        (Status(True, True, ALIVE, late), ["2 texts are due, the oldest for 90 seconds."]),
    ]
    for status, problems in table:
        assert list(find_problems(status)) == problems


def test_every_queue_is_watched_and_has_a_worker(tmp_path: Any) -> None:
    commands = [
        program.command for program in app_programs(tmp_path, "127.0.0.1", 1) if "worker" in program.command
    ]
    own = {line[line.index("--queues") + 1] for line in commands if "--queues" in line}
    assert own | set(app.amqp.queues.consume_from) == set(QUEUES)
    assert len(own) == len(commands) - 1, "one worker has no queue of its own and consumes the others"


def test_a_worker_signs_for_its_queues(monkeypatch: pytest.MonkeyPatch) -> None:
    signed: list[str] = []
    monkeypatch.setattr(signs_of_life, "_keep_giving_signs", signed.extend)
    queues = SimpleNamespace(consume_from={"bulk": None, "missed": None})
    signs_of_life._worker_is_ready(SimpleNamespace(app=SimpleNamespace(amqp=SimpleNamespace(queues=queues))))
    signs_of_life._beat_is_ready()
    assert signed == ["bulk", "missed", BEAT]


def test_signs_of_life() -> None:
    give_sign(["bulk"])
    signs = signs_of_life.last_signs()
    assert signs.pop("bulk") == pytest.approx(time.time(), abs=5)
    assert set(signs.values()) == {None}


@pytest.mark.usefixtures("alive")
def test_status(cast: Cast, client: Client, token: dict[str, str]) -> None:
    found = client.get("/status", headers=token)
    assert found.status_code == 200, found.json()
    assert found.json()["ok"] and found.json()["database"] and found.json()["cache"]
    assert set(found.json()["backlog"]) == set(LIMITS)


@pytest.mark.usefixtures("alive")
def test_what_waits(cast: Cast, client: Client, token: dict[str, str]) -> None:
    """A text that nobody sends, and a run that no worker takes: of all teams."""
    ago = timezone.now() - timedelta(hours=1)
    with scope(cast.northside.id):
        compose_text(cast.front_desk, MARIA, "Hi", author=cast.member)
        Message.objects.filter(team_id=cast.northside.id).update(due_at=ago)
    with scope(cast.harbor.id):
        BulkActionRun.objects.create(team=cast.harbor, created_at=ago)
    found = client.get("/status", headers=token)
    assert found.status_code == 503
    first, second = found.json()["problems"]
    assert re.fullmatch(r"1 text is due for 36\d\d seconds\.", first)
    assert re.fullmatch(r"1 import or other run is due for 36\d\d seconds\.", second)
    assert found.json()["backlog"]["texts"]["waiting"] == 1
    assert MARIA not in found.text and "Northside" not in found.text


@pytest.mark.parametrize("address", ["/status", "/metrics"])
def test_token(cast: Cast, client: Client, settings: Any, address: str) -> None:
    settings.STATUS_TOKEN = TOKEN
    for sent in ("", "Bearer ", "Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN}x"):
        assert client.get(address, headers={"Authorization": sent}).status_code == 401
    settings.STATUS_TOKEN = ""
    assert client.get(address).status_code in (200, 503), "in development without a token"
    settings.DEVELOPMENT = False
    assert client.get(address, headers={"Authorization": "Bearer "}).status_code == 403


def test_without_the_database(
    cast: Cast, client: Client, token: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    def refuse(*_: Any) -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(health, "fetch", refuse)
    assert client.get("/readyz").status_code == 503
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"ok": True})
    found = client.get("/status", headers=token)
    assert found.status_code == 503 and found.json()["problems"][0] == DATABASE_DOWN
    assert 'heymarket_up{part="database"} 0.0' in client.get("/metrics", headers=token).text
    assert "Service Unavailable" not in capsys.readouterr().err, (
        "asked every few seconds: no line in the log each time"
    )


def test_without_the_cache(
    cast: Cast, client: Client, token: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not a reason to take the server out of service."""
    monkeypatch.setattr(CacheInMemory, "on_server", lambda cache, commands, otherwise: otherwise)
    assert client.get("/readyz").json() == {"ok": True, "database": True}
    assert client.get("/status", headers=token).json()["problems"] == [CACHE_DOWN]
    assert read_status().signs == {}
