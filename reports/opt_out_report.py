"""Opt-out report: opt-outs and opt-ins by initiator, with their rates."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from optout.models import Action, Origin
from reports import figures, opt_out_changes, wording
from reports.charts import axis
from reports.charts.chart import Chart, ChartSeries, bar_chart
from reports.figures import MeasureCounts
from reports.headlines import change_headline, opt_out_headline
from reports.opt_out_changes import ChangeQuery, measure_of
from reports.opt_out_query import LIST_ORIGINS, PERSON_ORIGINS, TEAM_ORIGINS, OptOutReportQuery
from reports.opt_out_rates import OptOutRates, format_rate, opt_out_rate, opt_out_rates
from reports.tables import Figure, describe_change


@dataclass(frozen=True)
class ChangeGroup:
    """Changes that are shown as one figure and one series."""

    label: str
    action: Action
    origins: tuple[Origin, ...]
    look: str  # in the chart
    shown_when_zero: bool = True
    charted: bool = True  # a list of thousands would make the bars of all other days too low to be read

    def count(self, counts: MeasureCounts, change_query: ChangeQuery) -> int:
        """The number of changes of this group that match the query."""
        return sum(
            counts[measure_of(kind)]
            for kind in change_query.kinds
            if kind[0] == self.action and kind[1] in self.origins
        )

    def is_included(self, change_query: ChangeQuery) -> bool:
        return self.action in change_query.actions and bool({*self.origins} & {*change_query.origins})


CHANGE_GROUPS = (
    ChangeGroup("Opt-outs by the person", Action.OPTED_OUT, PERSON_ORIGINS, "stop"),
    ChangeGroup(
        "Opt-outs by your team",
        Action.OPTED_OUT,
        tuple(origin for origin in TEAM_ORIGINS if origin != Origin.IMPORT),
        "two",
    ),
    ChangeGroup(
        "Opt-outs from imports and lists",
        Action.OPTED_OUT,
        (*LIST_ORIGINS, Origin.IMPORT),
        "four",
        shown_when_zero=False,
        charted=False,
    ),
    ChangeGroup("Opt-ins", Action.OPTED_IN, tuple(Origin), "three"),
)


# -- the report --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class OptOutReport:
    """The page without its list. A search has no chart and no rates, because rollups have no numbers."""

    headline: str
    total: int
    figures: tuple[Figure, ...]
    chart: Chart | None = None
    rates: OptOutRates | None = None


def build_opt_out_report(query: OptOutReportQuery) -> OptOutReport | None:
    """None without changes in this period and the previous period."""
    change_query, figure_query = query.change_query, query.figure_query
    if change_query.q:
        now = opt_out_changes.count_changes(change_query)
        before = opt_out_changes.count_changes(replace(change_query, period=change_query.period.before()))
        total, previous = count_rows(now, change_query), count_rows(before, change_query)
        headline = change_headline(total, previous, change_query.period)
        return OptOutReport(headline, total, tuple(_counts(now, before, change_query)))
    now, before = figures.totals(figure_query), figures.totals(figure_query.before())
    total, previous = count_rows(now, change_query), count_rows(before, change_query)
    if not (total or previous):
        return None
    rated = Action.OPTED_OUT in change_query.actions and {*PERSON_ORIGINS} <= {*change_query.origins}
    shown = [*_counts(now, before, change_query), *([_rate(now, before)] if rated else [])]
    period = change_query.period
    return OptOutReport(
        headline=opt_out_headline(now, before, period) if rated else change_headline(total, previous, period),
        total=total,
        figures=tuple(shown),
        chart=_chart(query),
        rates=opt_out_rates(query, now) if rated else None,
    )


def count_rows(counts: MeasureCounts, change_query: ChangeQuery) -> int:
    """The number of rows of the list."""
    return sum(counts[measure_of(kind)] for kind in change_query.kinds)


# -- parts -------------------------------------------------------------------------------------------------------


def _counts(now: MeasureCounts, before: MeasureCounts, change_query: ChangeQuery) -> Iterator[Figure]:
    for group in CHANGE_GROUPS:
        count, previous = group.count(now, change_query), group.count(before, change_query)
        if group.is_included(change_query) and (group.shown_when_zero or count or previous):
            yield Figure.compare(group.label, count, previous, hint=_repeated(group, now, change_query))


def _repeated(group: ChangeGroup, now: MeasureCounts, change_query: ChangeQuery) -> str:
    repeated = group.count(now, change_query) - group.count(now, replace(change_query, repeated=False))
    return f"{repeated:,} repeated" if repeated else ""


def _rate(now: MeasureCounts, before: MeasureCounts) -> Figure:
    change = describe_change(opt_out_rate(now), opt_out_rate(before))
    hint = "opt-outs by the person, without repeats"
    return Figure("Per 1,000 texts", format_rate(now), format_rate(before), change, hint)


def _chart(query: OptOutReportQuery) -> Chart:
    period, step, change_query = query.period, query.step, query.change_query
    buckets = period.buckets(step, query.zone)
    now = query.by_step(query.figure_query)
    included = [group for group in CHANGE_GROUPS if group.is_included(change_query)]
    others = any(group.charted and group.action == Action.OPTED_OUT for group in included)
    charted = [group for group in included if group.charted or not others]
    series = [
        (group, ChartSeries(group.label, [group.count(counts, change_query) for counts in now], group.look))
        for group in charted
    ]
    left_out = sum(
        group.count(counts, change_query) for group in included if group not in charted for counts in now
    )
    notes = wording.cut_steps_note(buckets, step, query.clock), wording.left_out_note(left_out)
    return bar_chart(
        "changes", f"Opt-outs and opt-ins by {step}", axis.x_axis(period, step, query.clock),
        [bars for group, bars in series if group.shown_when_zero or any(bars.values)],
        beside=True,
        note=" ".join(filter(None, notes)),
    )  # fmt: skip
