"""X axes of charts: the steps of a period that get a label, on a wide and on a narrow page. Pure."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime

from kernel.clock import Clock
from reports import wording
from reports.charts.chart import AxisLabel, XAxis
from reports.periods import Bucket, Period, Step

MAX_WIDE_LABELS, MAX_NARROW_LABELS = 12, 5  # labels that fit

HEADS = {Step.HOUR: "Hour", Step.DAY: "Day", Step.WEEK: "Week", Step.MONTH: "Month"}

# Selects the steps that get a label. The rules of a step go from fine to coarse.
LabelRule = Callable[[Sequence[Bucket], Clock], list[AxisLabel]]


def x_axis(period: Period, step: Step, clock: Clock) -> XAxis:
    buckets = period.buckets(step, clock.zone)
    names = [wording.format_step(bucket, step, clock) for bucket in buckets]
    wide, narrow = (axis_labels(buckets, step, clock, fit) for fit in (MAX_WIDE_LABELS, MAX_NARROW_LABELS))
    return XAxis(HEADS[step], names, wide, narrow)


def axis_labels(buckets: Sequence[Bucket], step: Step, clock: Clock, max_labels: int) -> list[AxisLabel]:
    """As many labels as fit, at regular steps: every third hour, Mondays, the first of a month."""
    labels: list[AxisLabel] = []
    for rule in _LABEL_RULES[step]:
        labels = rule(buckets, clock)
        if len(labels) <= max_labels:
            return labels
    return labels[:: -(-len(labels) // max_labels)]


# -- rules -------------------------------------------------------------------------------------------------------


def _hours(every: int) -> LabelRule:
    """Every `every` hours; midnight has the day as its label."""

    def rule(buckets: Sequence[Bucket], clock: Clock) -> list[AxisLabel]:
        return list(_on_the_clock(buckets, clock, every))

    return rule


def _on_the_clock(buckets: Sequence[Bucket], clock: Clock, every: int) -> Iterator[AxisLabel]:
    day: date | None = None
    for step, bucket in enumerate(buckets):
        assert isinstance(bucket.key, datetime)
        local = clock.local(bucket.key)
        first, day = bucket.first != day, bucket.first  # where clocks skip midnight, a day starts later
        if first or (local.hour % every == 0 and local.hour):
            yield AxisLabel(
                step, _day(bucket, clock) if first else clock.time_of_day(local.hour * 60 + local.minute)
            )


def _midnights(every: int) -> LabelRule:
    def rule(buckets: Sequence[Bucket], clock: Clock) -> list[AxisLabel]:
        days = [
            step for step, bucket in enumerate(buckets) if not step or bucket.first != buckets[step - 1].first
        ]
        return [AxisLabel(step, _day(buckets[step], clock)) for step in days[::every]]

    return rule


def _each(every: int) -> LabelRule:
    return lambda buckets, clock: [
        AxisLabel(step, _day(buckets[step], clock)) for step in range(0, len(buckets), every)
    ]


def _mondays(every: int) -> LabelRule:
    def rule(buckets: Sequence[Bucket], clock: Clock) -> list[AxisLabel]:
        found = [step for step, bucket in enumerate(buckets) if bucket.first.weekday() == 0]
        return [AxisLabel(step, _day(buckets[step], clock)) for step in found[::every]]

    return rule


def _months(every: int) -> LabelRule:
    """The steps in which every `every`th month starts, counted from January, which has the year as its label."""

    def rule(buckets: Sequence[Bucket], clock: Clock) -> list[AxisLabel]:
        starts = ((step, _month_start(bucket)) for step, bucket in enumerate(buckets))
        return [AxisLabel(step, _month(day)) for step, day in starts if day and (day.month - 1) % every == 0]

    return rule


def _month_start(bucket: Bucket) -> date | None:
    """The first of a month if it is in this step."""
    if bucket.first.day == 1:
        return bucket.first
    return bucket.last.replace(day=1) if bucket.last.month != bucket.first.month else None


def _each_month(buckets: Sequence[Bucket], clock: Clock) -> list[AxisLabel]:
    return [AxisLabel(step, _month(bucket.first)) for step, bucket in enumerate(buckets)]


def _day(bucket: Bucket, clock: Clock) -> str:
    return clock.write_day(bucket.first, "j M")


def _month(day: date) -> str:
    return str(day.year) if day.month == 1 else f"{day:%b}"


_COARSE = (_months(1), _months(2), _months(3), _months(6), _months(12))
_LABEL_RULES: dict[Step, tuple[LabelRule, ...]] = {
    Step.HOUR: (*(_hours(n) for n in (1, 2, 3, 6, 12)), *(_midnights(n) for n in (1, 2, 3, 7))),
    Step.DAY: (_each(1), _each(2), _each(3), _mondays(1), _mondays(2), *_COARSE),
    Step.WEEK: (_each(1), _each(2), *_COARSE),
    Step.MONTH: (_each_month, *_COARSE),
}
