"""Opt-out rates: the person's opt-outs per 1,000 texts, by inbox, sender and hour of the day."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from optout.models import Action
from reports import figures, senders
from reports.charts.chart import AxisLabel, Chart, ChartRow, ChartSeries, XAxis, bar_chart
from reports.charts.scales import Scale
from reports.figures import MeasureCounts
from reports.opt_out_query import PERSON_ORIGINS, OptOutReportQuery
from reports.tables import FigureColumn, FigureRow, FigureTable, column_heads, row_cells

MIN_TEXTS_FOR_RATE = 100  # fewer texts give no meaningful rate
TOP_ROWS = 5  # rows of a table until the user opens all


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


# -- tables and chart -----------------------------------------------------------------------------------------------


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


def opt_out_rates(query: OptOutReportQuery, now: MeasureCounts) -> OptOutRates:
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
    names = [query.clock.time_of_day(hour * 60) for hour in range(24)]
    labels = [AxisLabel(hour, names[hour]) for hour in range(0, 24, 3)]
    x_axis = XAxis("Hour", names, labels, labels[::2])
    chart = bar_chart(
        "hours",
        "By hour of the day",
        x_axis,
        [ChartSeries("Opt-outs by the person", [*map(own_opt_outs, of_hours)], "stop")],
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
