"""Clock: in which time zone and in which form a team or a person reads times and dates."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from datetime import time as TimeOfDay
from zoneinfo import ZoneInfo

from django.db.models import TextChoices
from django.utils import timezone
from django.utils.dateformat import format as written

from kernel.regions import format_zone


class HourFormat(TextChoices):
    """How a time of day is written."""

    TWELVE = "12", "3:46 PM"
    TWENTY_FOUR = "24", "15:46"


class DateOrder(TextChoices):
    """Whether a date begins with its month or with its day."""

    MONTH_FIRST = "month", "Nov 28"
    DAY_FIRST = "day", "28 Nov"


# Of the countries that a team may choose: where times have AM and PM, and where dates have the month first (CLDR).
_TWELVE_HOUR_COUNTRIES = frozenset("AE AU CA DO HK IN JM KR MY NZ PH PR SG TW US".split())
_MONTH_FIRST_COUNTRIES = frozenset("CA HU JP KR LT PH PR TW US".split())

_TIME = {HourFormat.TWELVE: "g:i A", HourFormat.TWENTY_FOUR: "H:i"}
_SECOND = {HourFormat.TWELVE: "g:i:s A", HourFormat.TWENTY_FOUR: "H:i:s"}
# The forms of dates, with the day first and with the month first.
_MONTH_FIRST = {
    "j M": "M j",
    "j M Y": "M j, Y",
    "D j M Y": "D, M j, Y",
    "j F": "F j",
    "j F Y": "F j, Y",
    "l j F": "l, F j",
    "l j F Y": "l, F j, Y",
}


def usual_hours(country: str) -> HourFormat:
    return HourFormat.TWELVE if country in _TWELVE_HOUR_COUNTRIES else HourFormat.TWENTY_FOUR


def usual_order(country: str) -> DateOrder:
    return DateOrder.MONTH_FIRST if country in _MONTH_FIRST_COUNTRIES else DateOrder.DAY_FIRST


@dataclass(frozen=True, slots=True)
class Clock:
    """A time zone, and the form of times and dates. Moments are aware datetimes of any zone."""

    zone: ZoneInfo
    hours: HourFormat
    order: DateOrder

    @property
    def zone_name(self) -> str:
        """Pacific time"""
        return format_zone(self.zone.key)

    def in_zone(self, time_zone: str) -> "Clock":
        """The same form of times in another zone."""
        return replace(self, zone=ZoneInfo(time_zone))

    def local(self, at: datetime) -> datetime:
        return at.astimezone(self.zone)

    @property
    def today(self) -> date:
        return self.local(timezone.now()).date()

    # -- in words ------------------------------------------------------------------------------------------------

    def time(self, at: datetime) -> str:
        """3:46 PM; 15:46"""
        return self.write_time(self.local(at))

    def second(self, at: datetime) -> str:
        """3:46:05 PM; 15:46:05"""
        return written(self.local(at), _SECOND[self.hours])

    def time_of_day(self, minutes: int) -> str:
        """The time that many minutes after midnight: 9 AM, 5:30 PM; 09:00, 17:30. The end of a day is 12 AM; 24:00."""
        return write_minutes(minutes, self.hours)

    def day(self, day: date) -> str:
        """Nov 28; 28 Nov; with the year if it is not the current one."""
        return self.write_day(day, "j M" if day.year == self.today.year else "j M Y")

    def weekday(self, day: date) -> str:
        """Saturday, November 28; Saturday 28 November; with the year if it is not the current one."""
        return self.write_day(day, "l j F" if day.year == self.today.year else "l j F Y")

    def moment(self, at: datetime) -> str:
        """Nov 28, 3:46 PM; 28 Nov, 15:46; with the year if it is not the current one."""
        return f"{self.day(self.local(at).date())}, {self.time(at)}"

    def exact(self, at: datetime) -> str:
        """Saturday, November 28, 2026, 3:46:05 PM PST; Saturday 28 November 2026, 15:46:05 GMT"""
        local = self.local(at)
        return f"{self.write_day(local, 'l j F Y')}, {self.second(local)} {local.tzname()}"

    def write_time(self, local: datetime | TimeOfDay) -> str:
        """A time of any clock as it is."""
        return written(local, _TIME[self.hours])

    def write_day(self, day: date, form: str) -> str:
        """A date in one of the forms, which are named with the day first: "j M Y" gives Nov 28, 2026 or 28 Nov 2026."""
        return written(day, form if self.order == DateOrder.DAY_FIRST else _MONTH_FIRST[form])


def write_minutes(minutes: int, hours: HourFormat) -> str:
    """The time that many minutes after midnight. The end of a day is 12 AM or 24:00."""
    hour, minute = divmod(minutes, 60)
    if hours == HourFormat.TWENTY_FOUR:
        return f"{hour:02}:{minute:02}"
    return written(TimeOfDay(hour % 24, minute), "g:i A" if minute else "g A")
