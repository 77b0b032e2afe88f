"""Opt-out latency: measured for each STOP that a webhook brings, without delaying the webhook."""

import time
from typing import Any

import pytest
from django.http import HttpRequest

from kernel.tenancy import scope
from messaging import missed_texts, opt_out_latency, verified_webhook
from messaging.carriers.twilio import webhook_reader
from messaging.carriers.twilio.webhooks import WebhookFields, read_fields
from messaging.models import OptOutLatency
from optout.models import ConsentEvent
from tests.cast import MARIA, STRANGER, TOM, Cast
from tests.messaging.fake_twilio import FakeTwilio, new_sid
from tests.statements import captured


def latencies(cast: Cast) -> list[OptOutLatency]:
    with scope(cast.northside.id):
        return list(OptOutLatency.objects.filter(team=cast.northside).order_by("id"))


def test_the_latency_is_the_time_from_the_webhook_to_the_commit(cast: Cast, carrier: FakeTwilio) -> None:
    before = time.perf_counter()
    carrier.text(cast.front_desk, MARIA, "STOP")
    took = (time.perf_counter() - before) * 1_000_000
    (measured,) = latencies(cast)
    with scope(cast.northside.id):
        event = ConsentEvent.objects.get(team=cast.northside)
    assert (measured.event_id, measured.at) == (event.id, event.happened_at)
    assert 0 < measured.microseconds < took


def test_the_time_before_the_view_counts(
    cast: Cast, carrier: FakeTwilio, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_slowly(request: HttpRequest) -> WebhookFields:
        request.META[verified_webhook.ARRIVED_AT] -= 60  # as if reading took a minute
        return read_fields(request)

    monkeypatch.setattr(webhook_reader, "read_fields", read_slowly)
    carrier.text(cast.front_desk, MARIA, "STOP")
    assert latencies(cast)[0].microseconds > 60_000_000


def test_a_second_stop_is_measured_and_a_repeated_delivery_is_not(cast: Cast, carrier: FakeTwilio) -> None:
    sid = new_sid()
    carrier.text(cast.front_desk, MARIA, "STOP", sid=sid)
    carrier.text(cast.front_desk, MARIA, "STOP", sid=sid)
    assert len(latencies(cast)) == 1
    carrier.text(cast.front_desk, MARIA, "Stop!")
    assert len(latencies(cast)) == 2


@pytest.mark.parametrize("body", ["START", "HELP", "YES", "See you at four"])
def test_other_texts_are_not_measured(cast: Cast, carrier: FakeTwilio, body: str) -> None:
    carrier.text(cast.front_desk, MARIA, "STOP")
    carrier.text(cast.front_desk, MARIA, body)
    assert len(latencies(cast)) == 1


def test_a_fetched_stop_is_not_measured(cast: Cast, carrier: FakeTwilio) -> None:
    with scope(cast.northside.id):
        now = cast.northside.created_at
    carrier.add_received(TOM, cast.front_desk, "STOP", now)
    assert missed_texts.fetch_missed(cast.northside.id, cast.front_desk.id) == 1
    assert latencies(cast) == []


def test_the_webhook_runs_no_statement_for_the_measurement(
    cast: Cast, carrier: FakeTwilio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The webhook only calls `put`; another thread writes the measurement."""
    put: list[Any] = []
    monkeypatch.setattr(opt_out_latency.latency_queue, "put", put.append)
    with captured() as found:
        carrier.text(cast.front_desk, MARIA, "STOP")
        carrier.text(cast.front_desk, STRANGER, "STOP")
    assert len(put) == 2 and not any("optoutlatency" in query for query in found)
    opt_out_latency._write(put)
    assert len(latencies(cast)) == 2
    opt_out_latency._write(put)
    assert len(latencies(cast)) == 2, "written once"


def test_measurements_of_several_teams_are_written_together(
    cast: Cast, carrier: FakeTwilio, monkeypatch: Any
) -> None:
    put: list[Any] = []
    monkeypatch.setattr(opt_out_latency.latency_queue, "put", put.append)
    for inbox in (cast.front_desk, cast.shop, cast.billing):
        carrier.text(inbox, MARIA, "STOP")
    opt_out_latency._write(put)
    assert len(latencies(cast)) == 2
    with scope(cast.harbor.id):
        assert OptOutLatency.objects.count() == 1
