"""The audit of `make chaos` notices each way in which a promise can break; else its "kept" would mean nothing."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bench import audit
from bench.audit import Finding, Row
from bench.carrier import Delivered, HandsetText, Line
from bench.crowd import Person

LINE = Line("+15105550101", "AC1", "token")
MARIA = "+14155550101"
TEXT_IN = Row(1, MARIA, "STOP", False, "text", "received", "", "SM1", False)
TEXT_OUT = Row(2, MARIA, "Hello", True, "text", "delivered", "", "SM8", False)
CONFIRMATION = Row(3, MARIA, "You are opted out", True, "confirmation", "delivered", "", "SM9", False)
SENT = Delivered("SM8", MARIA, "Hello", 2, at=10.0)
CONFIRMED = Delivered("SM9", MARIA, "You are opted out", 3, at=21.0)


def text(body: str, at: float) -> HandsetText:
    return HandsetText("SM1", LINE, MARIA, body, datetime(2026, 11, 22, tzinfo=UTC), at, [200], at)


def maria(*, start: float | None = None) -> Person:
    return Person(MARIA, LINE, stop=text("STOP", 20.0), start=text("START", start) if start else None)


@pytest.mark.parametrize(
    "finding",
    [
        audit.received_once(["SM1"], [TEXT_IN, TEXT_OUT]),
        audit.counted_once({MARIA: 1}, [TEXT_IN, TEXT_OUT]),
        audit.standings([maria()], {MARIA}),
        audit.standings([maria(start=30.0)], set()),
        audit.confirmations([maria()], [CONFIRMED], [CONFIRMATION]),
        audit.confirmations([maria()], [], [replace(CONFIRMATION, status="unknown")]),
        audit.confirmations([maria()], [], [replace(CONFIRMATION, status="refused", reason="overtaken")]),
        audit.silence([maria()], [SENT, CONFIRMED], [TEXT_OUT, CONFIRMATION]),
        audit.silence([maria()], [replace(SENT, at=20.1)], [replace(TEXT_OUT, crossed=True)]),
        audit.silence([maria(start=30.0)], [replace(SENT, at=31.0)], [TEXT_OUT]),
        audit.sent_once([SENT, CONFIRMED], [TEXT_OUT, CONFIRMATION]),
        audit.composed_once({"Hello": 302, "Lost": 503}, [TEXT_OUT]),
        audit.known_ends([SENT], [TEXT_OUT, replace(TEXT_OUT, id=4, status="refused")]),
        audit.answers({200: 9, 503: 2, 0: 1}, {302: 3, 422: 1}),
    ],
)
def test_kept(finding: Finding) -> None:
    assert finding.looked_at
    assert finding.broken == []


@pytest.mark.parametrize(
    "finding",
    [
        audit.received_once(["SM1"], []),
        audit.received_once(["SM1"], [TEXT_IN, TEXT_IN]),
        audit.received_once(["SM1"], [TEXT_IN, replace(TEXT_IN, carrier_id="SM2")]),
        audit.counted_once({MARIA: 2}, [TEXT_IN]),
        audit.standings([maria()], set()),
        audit.standings([maria(start=30.0)], {MARIA}),
        audit.standings([], {MARIA}),
        audit.confirmations([maria()], [], [replace(CONFIRMATION, status="failed")]),
        audit.confirmations([maria()], [CONFIRMED, CONFIRMED], [CONFIRMATION]),
        audit.confirmations([], [CONFIRMED], [CONFIRMATION]),
        audit.silence([maria()], [replace(SENT, at=20.1)], [TEXT_OUT]),
        audit.silence([maria(start=30.0)], [replace(SENT, at=29.0)], [TEXT_OUT]),
        audit.silence([maria()], [replace(SENT, at=20.1)], []),
        audit.sent_once([SENT, SENT], [TEXT_OUT]),
        audit.sent_once([SENT], []),
        audit.composed_once({"Hello": 302}, []),
        audit.composed_once({"Hello": 503}, [TEXT_OUT, TEXT_OUT]),
        audit.composed_once({"Hello": 422}, [TEXT_OUT]),
        audit.known_ends([], [replace(TEXT_OUT, status="sending")]),
        audit.known_ends([], [TEXT_OUT]),
        audit.known_ends([SENT], [replace(TEXT_OUT, status="refused")]),
        audit.answers({500: 1}, {}),
        audit.answers({}, {500: 1}),
        audit.answers({404: 1}, {}),
    ],
)
def test_broken(finding: Finding) -> None:
    assert len(finding.broken) == 1
