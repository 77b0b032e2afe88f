"""Outcomes of confirmations: on time, late, or the reason why they were not sent."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from kernel.tenancy import scope
from messaging.models import Conversation, Message
from optout import consent
from optout.number_locks import lock_number
from optout.number_state import fetch_number_state
from optout.reader.outcome import Outcome
from reports import figures, rollup
from reports.figures import FigureQuery
from reports.periods import Period
from tests.cast import MARIA, Cast

AT = datetime(2026, 5, 4, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "row", "outcome"),
    [
        (0, {"status": "sent"}, "on_time"),
        (60, {"status": "delivered"}, "on_time"),
        (61, {"status": "delivered"}, "late"),
        (299, {"status": "sent"}, "late"),
        (1, {"status": "undelivered", "error_code": "30005"}, "undelivered 30005"),
        (1, {"status": "failed", "error_code": "30007"}, "failed 30007"),
        (1, {"status": "failed"}, "failed"),
        (1, {"status": "unknown"}, "unknown"),
        (1, {"status": "sending"}, "waiting"),
        (None, {"status": "queued"}, "waiting"),
        (None, {"status": "refused", "reason": "too_late"}, "refused too_late"),
        (None, {"status": "refused", "reason": "overtaken"}, "refused overtaken"),
        (1, {"status": "refused", "reason": "carrier_opted_out", "error_code": "21610"}, "refused carrier_opted_out"),
    ],
)  # fmt: skip
def test_a_confirmation_has_its_outcome(
    cast: Cast, seconds: int | None, row: dict[str, Any], outcome: str
) -> None:
    team = cast.northside
    with scope(team.id):
        lock_number(team.id, MARIA)
        applied = consent.apply_keyword(
            cast.front_desk, MARIA, Outcome.OPT_OUT, before=fetch_number_state(team.id, MARIA), now=AT, at=AT,
            words="STOP", message_id=1, carrier_answers=False,
        )  # fmt: skip
        assert applied.event
        conversation = Conversation.objects.create(
            team=team, inbox=cast.front_desk, number=MARIA, last_message_at=AT
        )
        Message.objects.create(
            team=team, conversation=conversation, inbox=cast.front_desk, number=MARIA, outbound=True,
            purpose="confirmation", event_id=applied.event.id, at=AT,
            claimed_at=None if seconds is None else AT + timedelta(seconds=seconds), **row,
        )  # fmt: skip
        assert rollup.catch_up(team)
        counts = figures.totals(FigureQuery(team.id, Period(date(2026, 5, 4), date(2026, 5, 4))))
    assert counts.counts_by_reason("confirmation") == {outcome: 1}
