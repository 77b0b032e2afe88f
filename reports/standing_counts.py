"""StandingCounts: who may be texted, from the snapshots of a period. A part of the consent report."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from reports.charts import axis
from reports.charts.chart import Chart, ChartSeries, line_chart
from reports.charts.scales import Scale
from reports.models import Snapshot
from reports.periods import DAY, Bucket, Period, Step
from reports.query import ReportQuery
from reports.tables import Figure


@dataclass(frozen=True)
class StandingCounts:
    """Who may be texted, from the snapshots of the period."""

    newest: Snapshot
    figures: tuple[Figure, ...]
    chart: Chart


def snapshots_by_step(query: ReportQuery, buckets: list[Bucket]) -> list[Snapshot | None]:
    """The last snapshot of each step; None for a step without any."""
    figure_query = query.figure_query
    days = (figure_query.period.first, figure_query.period.last)
    snapshots = Snapshot.objects.filter(team_id=figure_query.team_id, day__range=days)
    by_day = {snapshot.day: snapshot for snapshot in snapshots}
    return [_last(by_day, bucket) for bucket in buckets]


def _last(by_day: dict[date, Snapshot], bucket: Bucket) -> Snapshot | None:
    length = (bucket.last - bucket.first).days + 1
    return next((by_day[day] for n in range(length) if (day := bucket.last - n * DAY) in by_day), None)


def _newest(team_id: int, period: Period) -> Snapshot | None:
    days = (period.first, period.last)
    return Snapshot.objects.filter(team_id=team_id, day__range=days).order_by("-day").first()


def build_standing_counts(query: ReportQuery) -> StandingCounts | None:
    figure_query = query.figure_query
    now, before = (
        _newest(figure_query.team_id, period)
        for period in (figure_query.period, figure_query.period.before())
    )
    if now is None:
        return None
    pairs = zip(_counts(now), _counts(before), strict=True)
    compared = tuple(Figure.compare(label, count, previous) for (label, count), (_, previous) in pairs)
    return StandingCounts(now, compared, _levels(query))


def _counts(snapshot: Snapshot | None) -> Iterator[tuple[str, int | None]]:
    yield "May be texted", snapshot.textable if snapshot else None
    yield "Opted out", snapshot.opted_out if snapshot else None
    yield "Blocked", snapshot.blocked if snapshot else None
    yield "Contacts", snapshot.contacts if snapshot else None


def _levels(query: ReportQuery) -> Chart:
    """A chart by day, or at the end of each week or month."""
    step = Step.DAY if query.step == Step.HOUR else query.step
    period = query.period
    snapshots = snapshots_by_step(query, period.buckets(step, query.zone))
    return line_chart(
        "levels",
        "Contacts by status" + ("" if step == Step.DAY else f", at the end of each {step}"),
        axis.x_axis(period, step, query.clock),
        [
            ChartSeries("May be texted", [snapshot.textable if snapshot else None for snapshot in snapshots]),
            ChartSeries(
                "Opted out", [snapshot.opted_out if snapshot else None for snapshot in snapshots], "stop"
            ),
            ChartSeries("Blocked", [snapshot.blocked if snapshot else None for snapshot in snapshots], "two"),
        ],
        scale=Scale.LEVEL,
        note="" if all(snapshots) else "Gaps: no snapshot that day.",
    )
