"""Business hours of an inbox, from its row and as its row stores them."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from accounts.models import Inbox
from messaging.hours.business_hours import ALL_DAY, BusinessHours, Week


def hours_of(inbox: Inbox) -> BusinessHours:
    """The hours of an inbox, in its own time zone or in its team's. Needs the inbox's team only for the latter."""
    zone = ZoneInfo(inbox.time_zone or inbox.team.time_zone)
    return BusinessHours(zone, stored_week(inbox) or ALL_DAY, frozenset(stored_holidays(inbox)))


def stored_week(inbox: Inbox) -> Week:
    """The spans of the seven days; empty if the inbox has no hours."""
    days = inbox.business_hours.get("week", [])
    return tuple(tuple((start, end) for start, end in spans) for spans in days)


def stored_holidays(inbox: Inbox) -> dict[date, str]:
    holidays = inbox.business_hours.get("holidays", {})
    return {date.fromisoformat(day): name for day, name in holidays.items()}


def as_stored(week: Week, holidays: Mapping[date, str]) -> dict[str, Any]:
    """The value of the column `business_hours`."""
    return {
        "week": [[list(span) for span in spans] for spans in week] if any(week) else [],
        "holidays": {day.isoformat(): name for day, name in sorted(holidays.items())},
    }
