"""Metrics: each process publishes its own, /metrics tells them all, and the dashboard asks for nothing else."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from celery.app.trace import trace_task
from django.conf import settings as product
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Inbox, Member
from heymarket.celery import app as celery_app
from heymarket.front import application
from heymarket.health.signs_of_life import BEAT, give_sign
from heymarket.metrics import publishing
from heymarket.metrics.publishing import SILENT_AFTER, publish, published
from kernel.cache import cache
from kernel.metrics import REGISTRY
from kernel.tenancy import scope
from messaging import tasks
from messaging.metrics import texts
from messaging.models import Message
from tests.cast import MARIA, TOM, Cast
from tests.messaging.fake_twilio import FakeTwilio, refusal
from webhooks import delivery

MEASURED_ELSEWHERE = (application.refused, delivery.posts)
DASHBOARD = product.BASE_DIR / "docs/grafana/heymarket.json"
NAME = re.compile(r"\bheymarket_\w+")


@pytest.fixture(autouse=True)
def _cache(settings: Any) -> None:
    in_memory = {"BACKEND": "tests.fake_valkey.CacheInMemory", "LOCATION": "metrics"}
    settings.CACHES = {**settings.CACHES, "valkey": in_memory}
    cache.clear()


@pytest.fixture
def day(
    cast: Cast, carrier: FakeTwilio, as_client: Callable[[Member], Client], work: Callable[[], None]
) -> dict[str, float]:
    """What /metrics tells after texts, a STOP, errors, a page, a task and a post: values by name and labels."""
    carrier.text(cast.front_desk, MARIA, "Hi")
    carrier.text(cast.front_desk, TOM, "STOP")
    browser = as_client(cast.owner)
    with scope(cast.northside.id):
        conversation = Message.objects.filter(number=MARIA).values_list("conversation_id", flat=True)[0]
    for _ in range(2):
        browser.post(reverse("messages", args=[cast.northside.slug, conversation]), {"body": "Hello"})
    carrier.answers = [refusal(21211), refusal(99999)]
    work()
    sweep = celery_app.tasks[tasks.sweep.name]
    trace_task(sweep, "id", (), {}, request={"delivery_info": {}}, app=celery_app)
    with scope(cast.northside.id):
        Inbox.objects.filter(id=cast.billing.id).update(created_at=timezone.now() - timedelta(minutes=11))
    give_sign([BEAT])
    publish("front-1")
    told = Client().get("/metrics").text
    pairs = [line.rsplit(" ", 1) for line in told.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in pairs}


def test_metrics_of_a_day(day: dict[str, float], cast: Cast) -> None:
    for name in (
        'heymarket_texts_total{carrier="twilio",direction="inbound",process="front-1",status="received"}',
        'heymarket_texts_total{carrier="twilio",direction="outbound",process="front-1",status="failed"}',
        'heymarket_carrier_errors_total{carrier="twilio",code="21211",process="front-1"}',
        'heymarket_carrier_errors_total{carrier="twilio",code="other",process="front-1"}',
        'heymarket_carrier_call_seconds_count{carrier="twilio",outcome="Rejected",process="front-1"}',
        'heymarket_carrier_webhook_seconds_count{carrier="twilio",process="front-1",status="200"}',
        'heymarket_consent_changes_total{action="opted_out",origin="contact",process="front-1"}',
        'heymarket_opt_out_seconds_count{origin="contact",process="front-1"}',
        'heymarket_http_requests_total{process="front-1",status="302",view="messages"}',
        'heymarket_tasks_total{process="front-1",state="success",task="messaging.tasks.sweep"}',
        'heymarket_database_connections{state="active"}',
        'heymarket_build_info{version="0.1.0"}',
    ):
        assert day.get(name, 0) > 0, (name, sorted(day))
    assert day['heymarket_up{part="database"}'] == day['heymarket_up{part="cache"}'] == 1
    assert day["heymarket_lists_behind"] == 1, "of three inboxes; two are new or have a list that was read"
    assert day['heymarket_backlog_limit_seconds{kind="texts"}'] == 60
    everything = " ".join(day)
    for private in (MARIA[1:], TOM[1:], "Northside", "northside", "99999", cast.front_desk.account_id):
        assert private not in everything


def test_the_dashboard_asks_for_what_exists(day: dict[str, float]) -> None:
    """What a scenario does not cause exists by its definition."""
    told = {NAME.match(name)[0] for name in day if NAME.match(name)}  # type: ignore[index]
    assert MEASURED_ELSEWHERE, "loaded"
    for metric in REGISTRY.collect():
        suffixes = {"counter": ["_total"], "histogram": ["_bucket", "_count", "_sum"]}[metric.type]
        told |= {metric.name + suffix for suffix in suffixes}
    expressions = [
        target["expr"]
        for panel in json.loads(DASHBOARD.read_text())["panels"]
        for target in panel.get("targets", [])
    ]
    asked = {name for expression in expressions for name in NAME.findall(expression)}
    assert len(asked) > 15 and asked <= told, asked - told
    graphed = {name.removesuffix("_count").removesuffix("_bucket") for name in asked}
    told = {name for name in told if not name.endswith(("_sum", "_count", "_bucket"))}
    assert told <= graphed | {"heymarket_backlog_limit_seconds"}, "each metric is on the dashboard"


def test_processes_are_told_apart_and_ended_ones_forgotten() -> None:
    texts.labels("inbound", "twilio", "received").inc()
    with time_machine.travel(1_800_000_000, tick=False) as clock:
        publish("old-1")
        clock.shift(SILENT_AFTER / 2)
        publish("new-1")
        processes = {sample.labels["process"] for metric in published() for sample in metric.samples}
        assert processes == {"old-1", "new-1"}
        clock.shift(SILENT_AFTER / 2 + 1)
        assert not any(sample.labels["process"] == "old-1" for m in published() for sample in m.samples)
        assert list(cache.on_server(lambda server: server.hgetall(publishing.HASH), {})) == [b"new-1"]


def test_without_the_cache_only_the_state_is_told(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "tests.fake_valkey.CacheInMemory.on_server", lambda cache, commands, otherwise: otherwise
    )
    publish("front-1")
    told = Client().get("/metrics").text
    assert 'heymarket_up{part="cache"} 0.0' in told and 'heymarket_backlog{kind="texts"} 0.0' in told
    assert "process=" not in told
