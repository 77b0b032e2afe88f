"""Tables of business hours: openings and business time, with breaks, midnights, holidays and changes of the clock."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from kernel.clock import HourFormat
from messaging.hours.business_hours import ALL_DAY, BusinessHours, OverlappingHours, Week, check_overlaps
from messaging.hours.spelling import BadHours, read_holidays, read_spans, write_holidays, write_spans

NEW_YORK = ZoneInfo("America/New_York")
SPLIT = ((540, 720), (780, 1050))  # 9:00–12:00, 13:00–17:30
OFFICE: Week = (SPLIT,) * 5 + ((), ())
BAR: Week = ((),) * 4 + (((22 * 60, 26 * 60),),) + ((),) * 2  # Friday 22:00 – Saturday 2:00
CHRISTMAS = date(2026, 12, 25)  # a Friday
FAR = timedelta(days=400)


def at(text: str) -> datetime:
    """A moment of New York, such as "2026-11-27 09:00"; "+" means the second of two equal times."""
    local = datetime.fromisoformat(text.rstrip("+")).replace(tzinfo=NEW_YORK, fold=text.endswith("+"))
    return local.astimezone(UTC)


def shown(moment: datetime | None) -> str:
    local = moment.astimezone(NEW_YORK) if moment else None
    return f"{local:%Y-%m-%d %H:%M}{'+' if local.fold else ''}" if local else "never"


def hours(week: Week = OFFICE, *holidays: date) -> BusinessHours:
    return BusinessHours(NEW_YORK, week, frozenset(holidays))


@pytest.mark.parametrize(
    ("week", "holidays", "moment", "is_open", "opens"),
    [
        (OFFICE, (), "2026-11-27 08:59", False, "2026-11-27 09:00"),  # a Friday
        (OFFICE, (), "2026-11-27 09:00", True, "2026-11-27 13:00"),
        (OFFICE, (), "2026-11-27 11:59", True, "2026-11-27 13:00"),
        (OFFICE, (), "2026-11-27 12:00", False, "2026-11-27 13:00"),
        (OFFICE, (), "2026-11-27 17:29", True, "2026-11-30 09:00"),
        (OFFICE, (), "2026-11-27 17:30", False, "2026-11-30 09:00"),
        (OFFICE, (), "2026-11-29 12:00", False, "2026-11-30 09:00"),
        (OFFICE, (CHRISTMAS,), "2026-12-24 18:00", False, "2026-12-28 09:00"),
        (OFFICE, (CHRISTMAS,), "2026-12-25 10:00", False, "2026-12-28 09:00"),
        (BAR, (), "2026-11-27 23:59", True, "2026-12-04 22:00"),
        (BAR, (), "2026-11-28 01:59", True, "2026-12-04 22:00"),
        (BAR, (), "2026-11-28 02:00", False, "2026-12-04 22:00"),
        (BAR, (date(2026, 11, 28),), "2026-11-28 01:00", True, "2026-12-04 22:00"),  # the hours of Friday
        (BAR, (date(2026, 11, 27),), "2026-11-28 01:00", False, "2026-12-04 22:00"),
        (((),) * 7, (), "2026-11-28 03:00", True, "2026-11-29 00:00"),  # no hours: always open
        (((),) * 7, (CHRISTMAS,), "2026-12-25 03:00", False, "2026-12-26 00:00"),
        (ALL_DAY, (CHRISTMAS,), "2026-12-24 23:59", True, "2026-12-26 00:00"),
    ],
)
def test_openings(week: Week, holidays: tuple[date, ...], moment: str, is_open: bool, opens: str) -> None:
    found = hours(week, *holidays)
    opening = found.next_opening(at(moment))
    assert (found.is_open(at(moment)), shown(opening.opens if opening else None)) == (is_open, opens)


def test_hours_that_never_come() -> None:
    closed = hours(OFFICE, *(date(2026, 11, 27) + timedelta(days=n) for n in range(500)))
    now = at("2026-11-27 10:00")
    assert closed.next_opening(now) is None
    assert closed.after(now, timedelta(minutes=1)) is closed.before(now, FAR) is None
    assert closed.between(now, now + timedelta(days=400)) == timedelta()


MINUTES = [
    # within an opening, across the break, across days, weekends and holidays
    (OFFICE, "2026-11-27 09:10", "2026-11-27 09:24", 14),
    (OFFICE, "2026-11-27 11:50", "2026-11-27 13:10", 20),
    (OFFICE, "2026-11-27 12:10", "2026-11-27 12:50", 0),
    (OFFICE, "2026-11-26 17:20", "2026-11-27 09:05", 15),
    (OFFICE, "2026-11-27 17:00", "2026-11-30 09:30", 60),
    (OFFICE, "2026-11-27 20:00", "2026-11-30 09:00", 0),
    (OFFICE, "2026-12-24 17:00", "2026-12-28 09:15", 45),
    (OFFICE, "2026-11-16 00:00", "2026-11-23 00:00", 5 * 450),
    (OFFICE, "2026-11-27 10:00", "2026-11-27 10:00", 0),
    (OFFICE, "2026-11-27 11:00", "2026-11-27 10:00", 0),
    # midnight
    (BAR, "2026-11-27 23:30", "2026-11-28 00:30", 60),
    (BAR, "2026-11-28 01:30", "2026-12-04 22:30", 60),
    (ALL_DAY, "2026-11-27 23:00", "2026-11-28 01:00", 120),
    (((),) * 7, "2026-11-27 23:00", "2026-11-28 01:00", 120),
    # clocks go forward on 8 March 2026 at 2:00, and back on 1 November 2026 at 2:00
    (ALL_DAY, "2026-03-08 00:00", "2026-03-09 00:00", 23 * 60),
    (ALL_DAY, "2026-11-01 00:00", "2026-11-02 00:00", 25 * 60),
    ((((60, 180),),) * 7, "2026-03-08 00:00", "2026-03-08 12:00", 60),  # 1:00–3:00, without 2:00–3:00
    ((((60, 120),),) * 7, "2026-11-01 00:00", "2026-11-01 12:00", 120),  # 1:00–2:00, twice
    ((((60, 90),),) * 7, "2026-11-01 00:00", "2026-11-01 12:00", 90),  # 1:00–1:30 the second time
    (OFFICE, "2026-10-30 17:00", "2026-11-02 09:30", 60),
]


@pytest.mark.parametrize(("week", "start", "end", "minutes"), MINUTES)
def test_business_time(week: Week, start: str, end: str, minutes: int) -> None:
    found = hours(week, CHRISTMAS)
    assert found.between(at(start), at(end)) == timedelta(minutes=minutes)


@pytest.mark.parametrize(("week", "start", "end", "minutes"), [row for row in MINUTES if row[3]])
def test_business_time_is_inverted(week: Week, start: str, end: str, minutes: int) -> None:
    """The moment at which a goal is reached, and the one since when it has passed, agree with the time between."""
    found, goal = hours(week, CHRISTMAS), timedelta(minutes=minutes)
    due, since = found.after(at(start), goal), found.before(at(end), goal)
    assert due and since
    assert due <= at(end) and since >= at(start)
    assert found.between(at(start), due) == found.between(since, at(end)) == goal
    moment = timedelta(microseconds=1)
    assert found.between(at(start), due - moment) < goal > found.between(since + moment, at(end))


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("", ()),
        ("closed", ()),
        ("9:00–12:00, 13:00–17:30", SPLIT),
        ("13-17.30; 9-12", SPLIT),
        ("9am-12pm and 1 pm to 5:30 pm", SPLIT),
        ("22:00-2:00", ((1320, 1560),)),
        ("12am-12am", ((0, 1440),)),
        ("0:00-24:00", ((0, 1440),)),
        ("9-9", ((540, 1980),)),
        ("noon", "“noon” is no time span"),
        ("9-12, 11-13", "overlap"),
        ("25-26", "no time 25:00"),
        ("9:60-10", "no time 9:60"),
        ("13pm-14pm", "no 13 pm"),
        ("24:00-1:00", "begins at 0:00"),
        ("1-2,3-4,5-6,7-8,9-10", "at most 4"),
    ],
)
def test_spelling_of_spans(text: str, spans: tuple[tuple[int, int], ...] | str) -> None:
    if isinstance(spans, str):
        with pytest.raises(BadHours, match=spans):
            read_spans(text)
    else:
        assert read_spans(text) == spans
        assert all(read_spans(write_spans(spans, hours)) == spans for hours in HourFormat)


@pytest.mark.parametrize(
    ("text", "holidays"),
    [
        ("", {}),
        ("2026-12-25 Christmas  Day\n\n2026-1-1", {date(2026, 1, 1): "", CHRISTMAS: "Christmas Day"}),
        ("2026-12-25 A\n2026-12-25 B", "listed twice"),
        ("2026-02-30 Never", "is no holiday"),
        ("Christmas", "is no holiday"),
        ("\n".join(f"2026-{m}-{d}" for m in range(1, 6) for d in range(1, 25)), "at most 100"),
    ],
)
def test_spelling_of_holidays(text: str, holidays: dict[date, str] | str) -> None:
    if isinstance(holidays, str):
        with pytest.raises(BadHours, match=holidays):
            read_holidays(text)
    else:
        assert read_holidays(text) == holidays == read_holidays(write_holidays(holidays))


@pytest.mark.parametrize(
    ("week", "overlaps"),
    [
        (OFFICE, False),
        (BAR, False),
        (ALL_DAY, False),
        ((((1320, 1560),), ((60, 120),), (), (), (), (), ()), True),
        ((((60, 120),), (), (), (), (), (), ((1320, 1560),)), True),  # Sunday runs into Monday
        ((((120, 180),), (), (), (), (), (), ((1320, 1560),)), False),
        (((),) * 7, False),
    ],
)
def test_hours_do_not_overlap(week: Week, overlaps: bool) -> None:
    if overlaps:
        with pytest.raises(OverlappingHours):
            check_overlaps(week)
    else:
        check_overlaps(week)
