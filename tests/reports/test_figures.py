"""Figures agree with the rows for each inbox, sender and step, in the team's time zone."""

from datetime import UTC, date, datetime, timedelta

import pytest

from kernel.tenancy import scope
from reports import figures
from reports.figures import FigureQuery
from reports.periods import Period, Step
from tests.cast import Cast
from tests.reports.messages import NEW_YORK, create_message, create_outbound, update_rollups_of


def test_each_measure_is_counted(cast: Cast) -> None:
    at = datetime(2026, 5, 4, 15, tzinfo=UTC)
    desk, billing = cast.front_desk, cast.billing
    with scope(cast.northside.id):
        create_message(desk, at, starts_conversation=True, segments=2)
        create_outbound(
            desk, at, author_id=cast.member.id, author_name="Maya Chen", waited_seconds=60, segments=3
        )
        create_outbound(desk, at, author_name="API (CRM)", status="sent")
        create_outbound(billing, at, author_id=cast.second.id, status="undelivered", error_code="30003")
        create_outbound(
            billing, at, author_id=cast.second.id, status="failed", error_code="30007", waited_seconds=9
        )
        create_outbound(billing, at, status="refused", reason="opted_out", segments=None)
        create_outbound(billing, at, purpose="confirmation")
        create_outbound(billing, at, status="sending", segments=None)
        query = FigureQuery(update_rollups_of(cast.northside), Period(date(2026, 5, 4), date(2026, 5, 4)))
        counts = figures.totals(query)
        assert dict(counts) == {
            "received": 1, "segments in": 2, "conversations_started": 1, "delivered": 2, "sent": 1,
            "undelivered 30003": 1, "failed 30007": 1, "refused opted_out": 1, "waiting": 1, "segments out": 6,
            "automatic": 1, "reply_time 42": 1,
            "confirmation late": 1,  # its opt-out is unknown
        }  # fmt: skip
        assert (
            counts.received,
            counts.handed_over,
            counts.outbound,
            counts.non_automatic,
            counts.first_replies,
        ) == (
            1,
            4,
            7,
            3,
            1,
        )
        assert counts.counts_by_reason("failed") == {"30007": 1} and counts.total_of("refused") == 1
        assert counts.reply_time(0.5) == pytest.approx(60, rel=0.05)
        by_inbox = figures.by_inbox(query)
        assert by_inbox[desk.id].handed_over == 2 and by_inbox[billing.id].handed_over == 2
        assert by_inbox[desk.id] + by_inbox[billing.id] == counts
        senders = figures.by_sender(query)
        assert {sender: part.outbound for sender, part in senders.items()} == {
            f"member {cast.member.id}": 1, f"member {cast.second.id}": 2, "named API (CRM)": 1,
        }  # fmt: skip
        mine = figures.totals(
            FigureQuery(cast.northside.id, query.period, (desk.id,), f"member {cast.member.id}")
        )
        assert mine == senders[f"member {cast.member.id}"]
        assert figures.totals(FigureQuery(cast.northside.id, query.period, (cast.shop.id,))) == {}
        assert figures.by_hour_of_day(query)[11].received == 1  # in New York


def test_days_with_a_clock_change_are_whole(cast: Cast) -> None:
    """1 November 2026 has 25 hours in New York; one text in each hour is counted in that hour."""
    day = Period(date(2026, 11, 1), date(2026, 11, 1))
    start, end = day.bounds(NEW_YORK)
    assert end - start == timedelta(hours=25)
    with scope(cast.northside.id):
        for hour in range(-1, 26):
            create_message(cast.front_desk, start + timedelta(hours=hour, minutes=59))
        query = FigureQuery(update_rollups_of(cast.northside), day)
        hours = figures.by_step(query, Step.HOUR)
        assert sorted(hours) == [bucket.key for bucket in day.buckets(Step.HOUR, NEW_YORK)]
        assert [part.received for part in hours.values()] == [1] * 25
        assert figures.by_step(query, Step.DAY) == {day.first: {"received": 25, "segments in": 25}}
        assert {clock: part.received for clock, part in figures.by_hour_of_day(query).items()} == {
            **dict.fromkeys(range(24), 1), 1: 2,
        }  # fmt: skip


def test_every_step_adds_up(cast: Cast) -> None:
    period = Period(date(2026, 1, 20), date(2026, 4, 10))
    with scope(cast.northside.id):
        for n in range(-3, 100):
            create_message(cast.front_desk, datetime(2026, 1, 20, 12, tzinfo=UTC) + timedelta(days=n))
        query = FigureQuery(update_rollups_of(cast.northside), period)
        assert figures.totals(query).received == period.days == 81
        for step in Step:
            keys = [bucket.key for bucket in period.buckets(step, NEW_YORK)]
            counts = figures.by_step(query, step)
            assert set(counts) <= set(keys) and sum(part.received for part in counts.values()) == 81, step
        assert figures.by_step(query, Step.MONTH)[date(2026, 1, 1)].received == 12
        assert figures.by_step(query, Step.WEEK)[date(2026, 1, 19)].received == 6
        by_inbox = figures.by_step_and_inbox(query, Step.MONTH)
        assert by_inbox[date(2026, 4, 1), cast.front_desk.id].received == 10
        assert sum(part.received for part in figures.by_hour_of_day(query).values()) == 81


def test_a_new_time_zone_recounts_everything(cast: Cast) -> None:
    with scope(cast.northside.id):
        create_message(cast.front_desk, datetime(2026, 5, 4, 2, tzinfo=UTC))
        period = Period(date(2026, 5, 3), date(2026, 5, 3))
        assert figures.totals(FigureQuery(update_rollups_of(cast.northside), period)).received == 1
        cast.northside.time_zone = "Asia/Kolkata"
        cast.northside.save(update_fields=["time_zone"])
        assert figures.totals(FigureQuery(update_rollups_of(cast.northside), period)).received == 0
        query = FigureQuery(cast.northside.id, Period(date(2026, 5, 4), date(2026, 5, 4)))
        assert list(figures.by_step(query, Step.HOUR)) == [datetime(2026, 5, 4, 1, 30, tzinfo=UTC)]
