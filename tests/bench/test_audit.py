"""The audit of `make chaos` detects each way to break a promise."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from bench import audit
from bench.audit import AuditedMessage, AuditFinding
from bench.chaos_scenario import read_messages
from bench.fake_carrier import CarrierNumber, DeliveredText, HandsetText
from bench.simulated_users import Person
from messaging.carriers.base import InboundText
from messaging.inbound import receive
from tests.cast import STRANGER, TOM, Cast
from tests.messaging.fake_twilio import new_sid

LINE = CarrierNumber("+15105550101", "AC1", "token")
MARIA = "+14155550101"
TEXT_IN = AuditedMessage(1, MARIA, "STOP", False, "text", "received", "", "SM1", False)
TEXT_OUT = AuditedMessage(2, MARIA, "Hello", True, "text", "delivered", "", "SM8", False)
CONFIRMATION = AuditedMessage(
    3, MARIA, "You are opted out", True, "confirmation", "delivered", "", "SM9", False
)
SENT = DeliveredText("SM8", MARIA, "Hello", 2, at=10.0)
CONFIRMED = DeliveredText("SM9", MARIA, "You are opted out", 3, at=21.0)


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
        audit.confirmations([maria()], [], [replace(TEXT_IN, late=True)]),
        audit.confirmations([maria()], [], [replace(CONFIRMATION, status="refused", reason="overtaken")]),
        audit.nothing_after_stop([maria()], [SENT, CONFIRMED], [TEXT_OUT, CONFIRMATION]),
        audit.nothing_after_stop([maria()], [replace(SENT, at=20.1)], [replace(TEXT_OUT, crossed=True)]),
        audit.nothing_after_stop([maria(start=30.0)], [replace(SENT, at=31.0)], [TEXT_OUT]),
        audit.sent_once([SENT, CONFIRMED], [TEXT_OUT, CONFIRMATION]),
        audit.composed_once({"Hello": 302, "Lost": 503}, [TEXT_OUT]),
        audit.final_statuses([SENT], [TEXT_OUT, replace(TEXT_OUT, id=4, status="refused")]),
        audit.answers_are_expected({200: 9, 503: 2, 0: 1}, {302: 3, 422: 1}),
        audit.kept_rows({"shop": Counter(["text 1"])}, {"shop": Counter(["text 1", "text 2"])}),
    ],
)
def test_a_kept_promise_has_no_findings(finding: AuditFinding) -> None:
    assert finding.is_kept


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
        audit.confirmations([maria()], [CONFIRMED], [CONFIRMATION, replace(TEXT_IN, late=True)]),
        audit.confirmations([maria()], [], [TEXT_IN]),
        audit.confirmations([], [CONFIRMED], [CONFIRMATION]),
        audit.nothing_after_stop([maria()], [replace(SENT, at=20.1)], [TEXT_OUT]),
        audit.nothing_after_stop([maria(start=30.0)], [replace(SENT, at=29.0)], [TEXT_OUT]),
        audit.nothing_after_stop([maria()], [replace(SENT, at=20.1)], []),
        audit.sent_once([SENT, SENT], [TEXT_OUT]),
        audit.sent_once([SENT], []),
        audit.composed_once({"Hello": 302}, []),
        audit.composed_once({"Hello": 503}, [TEXT_OUT, TEXT_OUT]),
        audit.composed_once({"Hello": 422}, [TEXT_OUT]),
        audit.final_statuses([], [replace(TEXT_OUT, status="sending")]),
        audit.final_statuses([], [TEXT_OUT]),
        audit.final_statuses([SENT], [replace(TEXT_OUT, status="refused")]),
        audit.answers_are_expected({500: 1}, {}),
        audit.answers_are_expected({}, {500: 1}),
        audit.answers_are_expected({404: 1}, {}),
        audit.kept_rows({"shop": Counter(["text 1"])}, {"shop": Counter(["text 2"])}),
        audit.kept_rows({"shop": Counter(["text 1"])}, {"shop": Counter(["text 1", "text 1"])}),
        audit.kept_rows({"shop": Counter(["text 1"])}, {}),
    ],
)
def test_a_broken_promise_is_found(finding: AuditFinding) -> None:
    assert len(finding.broken) == 1
    assert not finding.is_kept


def test_a_check_that_looked_at_nothing_does_not_pass() -> None:
    finding = audit.received_once([], [])
    assert not finding.is_kept
    (line,) = audit.format_findings([finding])
    assert line.endswith("0  NOT CHECKED")


def test_a_text_that_is_stored_after_five_minutes_is_late(cast: Cast) -> None:
    for number, minutes in (TOM, 4), (STRANGER, 6):
        sent_at = timezone.now() - timedelta(minutes=minutes)
        receive(cast.front_desk, InboundText(new_sid(), number, "STOP", sent_at=sent_at))
    rows = read_messages(cast.northside.id)
    assert {row.number: row.late for row in rows if not row.outbound} == {TOM: False, STRANGER: True}
    assert [row.number for row in rows if row.purpose == audit.CONFIRMATION] == [TOM]
