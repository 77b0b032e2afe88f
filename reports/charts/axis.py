"""What stands below a chart: which of a period's steps get a label, on a wide page and on a narrow one. Pure."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils.formats import date_format

from reports import wording
from reports.charts.chart import AxisLabel, XAxis
from reports.periods import Bucket, Period, Step

MAX_WIDE_LABELS, MAX_NARROW_LABELS = 12, 5  # labels that fit

HEADS = {Step.HOUR: "Hour", Step.DAY: "Day", Step.WEEK: "Week", Step.MONTH: "Month"}

# Picks the steps that are labelled, with their words; the ways of a step go from fine to coarse.
LabelRule = Callable[[Sequence[Bucket], ZoneInfo], list[AxisLabel]]


def x_axis(period: Period, step: Step, zone: ZoneInfo) -> XAxis:
    buckets = period.buckets(step, zone)
    names = [wording.format_step(bucket, step, zone) for bucket in buckets]
    return XAxis(
        HEADS[step], names, axis_labels(buckets, step, zone, MAX_WIDE_LABELS), axis_labels(buckets, step, zone, MAX_NARROW_LABELS)
    )  # fmt: skip


def axis_labels(buckets: Sequence[Bucket], step: Step, zone: ZoneInfo, most: int) -> list[AxisLabel]:
    """As many as fit, at steps that one counts by: each third hour, Mondays, the first of a month."""
    found: list[AxisLabel] = []
    for way in _LABEL_RULES[step]:
        found = way(buckets, zone)
        if len(found) <= most:
            return found
    return found[:: -(-len(found) // most)]


# -- ways --------------------------------------------------------------------------------------------------------


def _hours(every: int) -> LabelRule:
    """Each so many hours by the clock; midnight is told by its day."""

    def way(buckets: Sequence[Bucket], zone: ZoneInfo) -> list[AxisLabel]:
        return list(_on_the_clock(buckets, zone, every))

    return way


def _on_the_clock(buckets: Sequence[Bucket], zone: ZoneInfo, every: int) -> Iterator[AxisLabel]:
    day: date | None = None
    for place, bucket in enumerate(buckets):
        assert isinstance(bucket.key, datetime)
        local = bucket.key.astimezone(zone)
        first, day = bucket.first != day, bucket.first  # where clocks skip midnight, a day begins later
        if first or (local.hour % every == 0 and local.hour):
            yield AxisLabel(place, _day(bucket) if first else date_format(local, "H:i"))


def _midnights(every: int) -> LabelRule:
    def way(buckets: Sequence[Bucket], zone: ZoneInfo) -> list[AxisLabel]:
        days = [
            place for place, one in enumerate(buckets) if not place or one.first != buckets[place - 1].first
        ]
        return [AxisLabel(place, _day(buckets[place])) for place in days[::every]]

    return way


def _each(every: int) -> LabelRule:
    return lambda buckets, zone: [
        AxisLabel(place, _day(buckets[place])) for place in range(0, len(buckets), every)
    ]


def _mondays(every: int) -> LabelRule:
    def way(buckets: Sequence[Bucket], zone: ZoneInfo) -> list[AxisLabel]:
        found = [place for place, bucket in enumerate(buckets) if bucket.first.weekday() == 0]
        return [AxisLabel(place, _day(buckets[place])) for place in found[::every]]

    return way


def _months(every: int) -> LabelRule:
    """The steps in which each so many months begin, counted from January, which is told by its year."""

    def way(buckets: Sequence[Bucket], zone: ZoneInfo) -> list[AxisLabel]:
        begun = ((place, _begun(bucket)) for place, bucket in enumerate(buckets))
        return [AxisLabel(place, _month(day)) for place, day in begun if day and (day.month - 1) % every == 0]

    return way


def _begun(bucket: Bucket) -> date | None:
    """The first of a month, if one is in it."""
    if bucket.first.day == 1:
        return bucket.first
    return bucket.last.replace(day=1) if bucket.last.month != bucket.first.month else None


def _each_month(buckets: Sequence[Bucket], zone: ZoneInfo) -> list[AxisLabel]:
    return [AxisLabel(place, _month(bucket.first)) for place, bucket in enumerate(buckets)]


def _day(bucket: Bucket) -> str:
    return date_format(bucket.first, "j M")


def _month(day: date) -> str:
    return date_format(day, "Y" if day.month == 1 else "M")


_COARSE = (_months(1), _months(2), _months(3), _months(6), _months(12))
_LABEL_RULES: dict[Step, tuple[LabelRule, ...]] = {
    Step.HOUR: (*(_hours(n) for n in (1, 2, 3, 6, 12)), *(_midnights(n) for n in (1, 2, 3, 7))),
    Step.DAY: (_each(1), _each(2), _each(3), _mondays(1), _mondays(2), *_COARSE),
    Step.WEEK: (_each(1), _each(2), *_COARSE),
    Step.MONTH: (_each_month, *_COARSE),
}
