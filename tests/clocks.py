"""Clocks of tests: New York's in the form of the United States, and UTC in the form of most other countries."""

from zoneinfo import ZoneInfo

from kernel.clock import Clock, DateOrder, HourFormat

NEW_YORK_CLOCK = Clock(ZoneInfo("America/New_York"), HourFormat.TWELVE, DateOrder.MONTH_FIRST)
UTC_CLOCK = Clock(ZoneInfo("UTC"), HourFormat.TWENTY_FOUR, DateOrder.DAY_FIRST)


def earlier(column: str, by: str) -> str:
    """SQL of a column's time moved back. A cluster takes only immutable functions of columns in an UPDATE."""
    return f"({column} AT TIME ZONE 'UTC' - interval '{by}') AT TIME ZONE 'UTC'"
