"""Opt-out report: opt-outs and opt-ins by initiator, and opt-outs per 1,000 texts by inbox, sender and hour."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from optout.models import Action, Origin
from reports import figures, opt_out_changes, senders, wording
from reports.charts import axis
from reports.charts.chart import AxisLabel, Chart, ChartRow, ChartSeries, XAxis, bar_chart
from reports.charts.scales import Scale
from reports.figures import MeasureCounts
from reports.opt_out_changes import ChangeQuery, measure_of
from reports.opt_out_query import LIST_ORIGINS, PERSON_ORIGINS, TEAM_ORIGINS, OptOutReportQuery
from reports.tables import (
    Figure,
    FigureColumn,
    FigureRow,
    FigureTable,
    column_heads,
    describe_change,
    row_cells,
)

MIN_TEXTS_FOR_RATE = 100  # fewer texts give no meaningful rate
TOP_ROWS = 5  # rows of a table until the user opens all


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
    ChangeGroup("Opt-outs by the person", Action.OPTED_OUT, PERSON_ORIGINS, "one"),
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


# -- rates -------------------------------------------------------------------------------------------------------


def own_opt_outs(counts: MeasureCounts) -> int:
    """Opt-outs by the person, without repeated requests."""
    return sum(counts[f"{Action.OPTED_OUT} {origin}"] for origin in PERSON_ORIGINS)


def opt_out_rate(counts: MeasureCounts) -> float | None:
    """Opt-outs by the person per 1,000 texts; None below MIN_TEXTS_FOR_RATE texts."""
    texts = counts.non_automatic
    return 1000 * own_opt_outs(counts) / texts if texts >= MIN_TEXTS_FOR_RATE else None


RATE_COLUMNS: tuple[FigureColumn[MeasureCounts], ...] = (
    FigureColumn(
        "Opt-outs", own_opt_outs, hint="By the person: by text, through the carrier, or told to your team"
    ),
    FigureColumn("Texts", lambda counts: counts.non_automatic, hint="Sent texts, without automatic ones"),
    FigureColumn(
        "Per 1,000",
        opt_out_rate,
        Scale.RATE,
        hint=f"Opt-outs per 1,000 texts; shown from {MIN_TEXTS_FOR_RATE} texts on",
    ),
)


def format_rate(counts: MeasureCounts) -> str:
    """The rate, or "2 of 14 texts" for too few texts."""
    rate, texts = opt_out_rate(counts), counts.non_automatic
    if rate is not None:
        return Scale.RATE.format_value(rate)
    return f"{own_opt_outs(counts):,} of {texts:,} text{'s' * (texts != 1)}" if texts else "–"


# -- the report --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class OptOutRates:
    """Opt-out rates by inbox, by sender and by hour of the day."""

    inboxes: FigureTable
    senders: FigureTable
    hours: Chart

    @property
    def tables(self) -> list[tuple[FigureTable, FigureTable | None]]:
        """Each table with its top rows, and the whole table if it has more."""
        return [
            (
                replace(table, rows=table.rows[:TOP_ROWS]),
                _whole(table) if len(table.rows) > TOP_ROWS else None,
            )
            for table in (self.inboxes, self.senders)
        ]


def _whole(table: FigureTable) -> FigureTable:
    return replace(table, name=f"all-{table.name}")


@dataclass(frozen=True)
class OptOutReport:
    """The page without its list. A search has no chart and no rates, because rollups have no numbers."""

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
        return OptOutReport(count_rows(now, change_query), tuple(_counts(now, before, change_query)))
    now, before = figures.totals(figure_query), figures.totals(figure_query.before())
    if not (count_rows(now, change_query) or count_rows(before, change_query)):
        return None
    rated = Action.OPTED_OUT in change_query.actions and {*PERSON_ORIGINS} <= {*change_query.origins}
    shown = [*_counts(now, before, change_query), *([_rate(now, before)] if rated else [])]
    return OptOutReport(
        count_rows(now, change_query), tuple(shown), _chart(query), _rates(query, now) if rated else None
    )  # fmt: skip


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
    return bar_chart(
        "changes", f"Opt-outs and opt-ins by {step}", axis.x_axis(period, step, query.zone),
        [bars for group, bars in series if group.shown_when_zero or any(bars.values)],
        beside=True,
        note=" ".join(filter(None, [wording.cut_steps_note(buckets, step), wording.left_out_note(left_out)])),
    )  # fmt: skip


def _rates(query: OptOutReportQuery, now: MeasureCounts) -> OptOutRates:
    names = dict(query.team.inboxes.values_list("id", "name"))
    by_inbox = [
        (names.get(id, "No inbox"), counts) for id, counts in figures.by_inbox(query.figure_query).items()
    ]
    return OptOutRates(
        _table("inboxes", "By inbox", "Inbox", by_inbox, now),
        _table("senders", "By sender of the last text", "Sender", _by_sender(query, now), now),
        _hours(query, now),
    )


def _by_sender(query: OptOutReportQuery, now: MeasureCounts) -> Iterator[tuple[str, MeasureCounts]]:
    """Figures by sender, with a row for the rest, so that the rows add up to the total."""
    by_sender = figures.by_sender(query.figure_query)
    names = senders.sender_names(query.team, by_sender)
    yield from ((names[sender], counts) for sender, counts in by_sender.items())
    yield "No earlier text, or an automatic one", now.minus(by_sender.values())


def _table(
    name: str, title: str, first: str, labelled: Iterable[tuple[str, MeasureCounts]], now: MeasureCounts
) -> FigureTable:
    ordered = sorted(
        ((label, counts) for label, counts in labelled if own_opt_outs(counts) or counts.non_automatic),
        key=lambda item: (-own_opt_outs(item[1]), -item[1].non_automatic, item[0].casefold()),
    )
    rows = tuple(FigureRow(label, row_cells(RATE_COLUMNS, counts)) for label, counts in ordered)
    total_row = FigureRow("Total", row_cells(RATE_COLUMNS, now))
    return FigureTable(name, title, column_heads(first, RATE_COLUMNS), rows, total_row)


def _hours(query: OptOutReportQuery, now: MeasureCounts) -> Chart:
    """A chart by hour of the day. Its table also has the rates."""
    by_hour = figures.by_hour_of_day(query.figure_query)
    of_hours = [by_hour.get(hour, MeasureCounts()) for hour in range(24)]
    names = [f"{hour:02}:00" for hour in range(24)]
    labels = [AxisLabel(hour, names[hour]) for hour in range(0, 24, 3)]
    x_axis = XAxis("Hour", names, labels, labels[::2])
    chart = bar_chart(
        "hours",
        "By hour of the day",
        x_axis,
        [ChartSeries("Opt-outs by the person", [*map(own_opt_outs, of_hours)])],
    )
    return replace(
        chart,
        head=("Hour", *(column.label for column in RATE_COLUMNS)),
        rows=tuple(
            ChartRow(name, row_cells(RATE_COLUMNS, counts))
            for name, counts in zip(names, of_hours, strict=True)
        ),
        total_row=ChartRow("Total", row_cells(RATE_COLUMNS, now)),
    )
