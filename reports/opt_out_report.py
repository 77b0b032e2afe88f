"""The report Opt Out: how many left and came back, by whom, and how many of 1,000 texts made somebody leave."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from optout.models import Action, Origin
from reports import figures, opt_out_changes, senders, wording
from reports.charts import axis
from reports.charts.chart import AxisLabel, Chart, ChartRow, ChartSeries, XAxis, bar_chart
from reports.charts.scales import Scale
from reports.figures import MeasureCounts
from reports.opt_out_changes import ChangeQuery, measure_of
from reports.opt_out_query import PERSON_ORIGINS, TEAM_ORIGINS, OptOutReportQuery
from reports.tables import (
    Figure,
    FigureColumn,
    FigureRow,
    FigureTable,
    column_heads,
    describe_change,
    row_cells,
)

MIN_TEXTS_FOR_RATE = 100  # texts: of fewer, a rate says nothing
TOP_ROWS = 5  # rows of a table before one asks for all


@dataclass(frozen=True)
class ChangeGroup:
    """What is told as one figure and one series."""

    label: str
    action: Action
    origins: tuple[Origin, ...]
    look: str  # in the chart
    always: bool = True  # else where there is something

    def of(self, seen: MeasureCounts, wanted: ChangeQuery) -> int:
        """How many of them, within what is asked for."""
        return sum(
            seen[measure_of(kind)]
            for kind in wanted.kinds
            if kind[0] == self.action and kind[1] in self.origins
        )

    def is_asked(self, wanted: ChangeQuery) -> bool:
        return self.action in wanted.actions and bool({*self.origins} & {*wanted.origins})


CHANGE_GROUPS = (
    ChangeGroup("Opt-outs by the person", Action.OPTED_OUT, PERSON_ORIGINS, "one"),
    ChangeGroup("Opt-outs by your team", Action.OPTED_OUT, TEAM_ORIGINS, "two"),
    ChangeGroup("Opt-outs moved in", Action.OPTED_OUT, (Origin.VENDOR_LIST,), "four", always=False),
    ChangeGroup("Opt-ins", Action.OPTED_IN, tuple(Origin), "three"),
)


# -- rates -------------------------------------------------------------------------------------------------------


def own_opt_outs(of: MeasureCounts) -> int:
    """People who opted out themselves, each once: repeated requests are not counted."""
    return sum(of[f"{Action.OPTED_OUT} {origin}"] for origin in PERSON_ORIGINS)


def opt_out_rate(of: MeasureCounts) -> float | None:
    """Of 1,000 texts; None where there are too few to tell."""
    return 1000 * own_opt_outs(of) / of.written if of.written >= MIN_TEXTS_FOR_RATE else None


RATE_COLUMNS: tuple[FigureColumn[MeasureCounts], ...] = (
    FigureColumn("Opt-outs", own_opt_outs, hint="By the person, by text or through the carrier"),
    FigureColumn("Texts", lambda of: of.written, hint="That left, without automatic ones"),
    FigureColumn(
        "Per 1,000",
        opt_out_rate,
        Scale.RATE,
        hint=f"Opt-outs of 1,000 texts; of fewer than {MIN_TEXTS_FOR_RATE} texts it says nothing",
    ),
)


def format_rate(of: MeasureCounts) -> str:
    told = opt_out_rate(of)
    if told is not None:
        return Scale.RATE.words(told)
    return f"{own_opt_outs(of):,} of {of.written:,} text{'s' * (of.written != 1)}" if of.written else "–"


# -- the report --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class OptOutRates:
    """Where and when people leave."""

    inboxes: FigureTable
    senders: FigureTable
    hours: Chart

    @property
    def tables(self) -> list[tuple[FigureTable, FigureTable | None]]:
        """Each as it opens, and the whole of it where that is more."""
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
    """The page, but for its list. A search has no chart and no rates: of single numbers there are no tallies."""

    total: int
    figures: tuple[Figure, ...]
    chart: Chart | None = None
    rates: OptOutRates | None = None


def build_opt_out_report(question: OptOutReportQuery) -> OptOutReport | None:
    """None where there was nothing, nor in the period before."""
    wanted, asked = question.change_query, question.figures
    if wanted.q:
        now, before = (
            opt_out_changes.count_changes(one)
            for one in (wanted, replace(wanted, period=wanted.period.before()))
        )
        return OptOutReport(count_rows(now, wanted), tuple(_counts(now, before, wanted)))
    now, before = figures.totals(asked), figures.totals(asked.before())
    if not (count_rows(now, wanted) or count_rows(before, wanted)):
        return None
    rated = Action.OPTED_OUT in wanted.actions and {*PERSON_ORIGINS} <= {*wanted.origins}
    shown = [*_counts(now, before, wanted), *([_rate(now, before)] if rated else [])]
    return OptOutReport(
        count_rows(now, wanted), tuple(shown), _chart(question), _rates(question, now) if rated else None
    )  # fmt: skip


def count_rows(seen: MeasureCounts, wanted: ChangeQuery) -> int:
    """How many lines the list has."""
    return sum(seen[measure_of(kind)] for kind in wanted.kinds)


# -- its parts ---------------------------------------------------------------------------------------------------


def _counts(now: MeasureCounts, before: MeasureCounts, wanted: ChangeQuery) -> Iterator[Figure]:
    for side in CHANGE_GROUPS:
        here, earlier = side.of(now, wanted), side.of(before, wanted)
        if side.is_asked(wanted) and (side.always or here or earlier):
            yield Figure.of(side.label, here, earlier, hint=_again(side, now, wanted))


def _again(side: ChangeGroup, now: MeasureCounts, wanted: ChangeQuery) -> str:
    repeated = side.of(now, wanted) - side.of(now, replace(wanted, repeated=False))
    return f"{repeated:,} of them repeated" if repeated else ""


def _rate(now: MeasureCounts, before: MeasureCounts) -> Figure:
    return Figure(
        "Per 1,000 texts", format_rate(now), format_rate(before), describe_change(opt_out_rate(now), opt_out_rate(before)),
        hint="opt-outs by the person, each once",
    )  # fmt: skip


def _chart(question: OptOutReportQuery) -> Chart:
    period, step, wanted = question.period, question.step, question.change_query
    buckets = period.buckets(step, question.zone)
    now = question.by_step(question.figures)
    told = [side for side in CHANGE_GROUPS if side.is_asked(wanted)]
    series = [
        (side, ChartSeries(side.label, [side.of(of, wanted) for of in now], side.look)) for side in told
    ]
    return bar_chart(
        "changes", f"Opt-outs and opt-ins by {step}", axis.x_axis(period, step, question.zone),
        [one for side, one in series if side.always or any(one.values)],
        beside=True, note=wording.cut_steps_note(buckets, step),
    )  # fmt: skip


def _rates(question: OptOutReportQuery, now: MeasureCounts) -> OptOutRates:
    boxes = dict(question.team.inboxes.values_list("id", "name"))
    by_inbox = [(boxes.get(id, "No inbox"), of) for id, of in figures.by_inbox(question.figures).items()]
    return OptOutRates(
        _table("inboxes", "By inbox", "Inbox", by_inbox, now),
        _table("senders", "By who wrote the last text before", "Sender", _by_sender(question, now), now),
        _hours(question, now),
    )


def _by_sender(question: OptOutReportQuery, now: MeasureCounts) -> Iterator[tuple[str, MeasureCounts]]:
    """What nobody wrote is a line of its own, so that all of it adds up."""
    seen = figures.by_sender(question.figures)
    names = senders.sender_names(question.team, seen)
    yield from ((names[sender], of) for sender, of in seen.items())
    yield "No text before, or nobody’s", now.without(seen.values())


def _table(
    name: str, title: str, first: str, seen: Iterable[tuple[str, MeasureCounts]], now: MeasureCounts
) -> FigureTable:
    found = sorted(
        ((label, of) for label, of in seen if own_opt_outs(of) or of.written),
        key=lambda one: (-own_opt_outs(one[1]), -one[1].written, one[0].casefold()),
    )
    rows = tuple(FigureRow(label, row_cells(RATE_COLUMNS, of)) for label, of in found)
    return FigureTable(
        name, title, column_heads(first, RATE_COLUMNS), rows, FigureRow("All", row_cells(RATE_COLUMNS, now))
    )


def _hours(question: OptOutReportQuery, now: MeasureCounts) -> Chart:
    """By the hour of the day; the table behind the picture tells the rates."""
    seen = figures.by_hour_of_day(question.figures)
    of_hours = [seen.get(hour, MeasureCounts()) for hour in range(24)]
    names = [f"{hour:02}:00" for hour in range(24)]
    labels = [AxisLabel(hour, names[hour]) for hour in range(0, 24, 3)]
    across = XAxis("Hour", names, labels, labels[::2])
    chart = bar_chart(
        "hours",
        "By hour of the day",
        across,
        [ChartSeries("Opt-outs by the person", [*map(own_opt_outs, of_hours)])],
    )
    return replace(
        chart,
        head=("Hour", *(column.label for column in RATE_COLUMNS)),
        rows=tuple(
            ChartRow(name, row_cells(RATE_COLUMNS, of)) for name, of in zip(names, of_hours, strict=True)
        ),
        sums=ChartRow("All", row_cells(RATE_COLUMNS, now)),
    )
