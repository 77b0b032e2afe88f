"""Ages of the retention rule: how old texts become before they are erased, and the time before which that is."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import TextChoices


class AgeUnit(TextChoices):
    """Units of an age, as the calendar counts them."""

    DAYS = "days"
    MONTHS = "months"
    YEARS = "years"


# At most a hundred years; days at least so many as stored webhook events are kept with their words.
FEWEST = {AgeUnit.DAYS: 30, AgeUnit.MONTHS: 1, AgeUnit.YEARS: 1}
MOST = {AgeUnit.DAYS: 36_500, AgeUnit.MONTHS: 1_200, AgeUnit.YEARS: 100}


@dataclass(frozen=True)
class Age:
    """An age such as 90 days, 6 months or 1 year."""

    count: int
    unit: AgeUnit

    def __str__(self) -> str:
        return f"{self.count:,} {self.unit.value if self.count != 1 else self.unit.value.removesuffix('s')}"

    @property
    def is_allowed(self) -> bool:
        return FEWEST[self.unit] <= self.count <= MOST[self.unit]

    def cutoff(self, today: date, zone: ZoneInfo) -> datetime:
        """The beginning of the first day that is kept, by a clock of that zone. Older texts are erased."""
        return datetime.combine(self.first_day(today), time(), zone)

    def first_day(self, today: date) -> date:
        """The same day so long ago, or the last day of its month: 1 month before 31 March is 28 February."""
        if self.unit == AgeUnit.DAYS:
            return today - timedelta(days=self.count)
        months = today.year * 12 + today.month - 1 - self.count * (12 if self.unit == AgeUnit.YEARS else 1)
        year, month = months // 12, months % 12 + 1
        return date(year, month, min(today.day, monthrange(year, month)[1]))
