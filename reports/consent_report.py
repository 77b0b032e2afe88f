"""Consent report: who may be texted, texts that were stopped, opt-out latency, and confirmations."""

from collections.abc import Iterator
from dataclasses import dataclass

from messaging.carriers import error_codes
from reports import figures, reasons, wording
from reports.charts import axis
from reports.charts.chart import Chart, ChartSeries, bar_chart
from reports.charts.scales import Scale
from reports.figures import MeasureCounts
from reports.forms import InboxFilterForm, StepFilterForm
from reports.headlines import consent_headline
from reports.query import ReportQuery
from reports.standing_counts import StandingCounts, build_standing_counts
from reports.tables import Figure, FigureColumnHead, FigureRow, FigureTable, count_cells, share

# The label of each outcome of a confirmation, and what it means.
CONFIRMATION_OUTCOMES = {
    "on_time": ("On time", "The carrier accepted it within 60 seconds of the opt-out."),
    "late": ("Late", "The carrier accepted it more than 60 seconds after the opt-out, but within five minutes."),
    "waiting": ("Queued", "Waiting to be sent."),
    "unknown": ("Unknown", "The connection to the carrier broke. The confirmation may have arrived."),
    "refused too_late": ("Not sent: too late", "It could not be sent within five minutes."),
    "refused overtaken": ("Not sent: overtaken", "Consent changed again before it was sent."),
    "refused blocked": ("Not sent: blocked", "A member blocked the number before it was sent."),
    "refused carrier_opted_out": ("Not sent: the carrier’s own list", "The carrier refused it."),
}  # fmt: skip
OPT_OUTS_BY_TEXT = ("opted_out contact", "opted_out contact repeated")
MAX_REASONS = 3  # reasons with a colour of their own; the others share one
HEADS = (FigureColumnHead("Texts"), FigureColumnHead("Share"), FigureColumnHead("Previous"))


class ConsentReportForm(StepFilterForm, InboxFilterForm):
    """Days and steps, and an inbox."""


@dataclass(frozen=True)
class ConsentReport:
    """The page."""

    headline: str
    standings: StandingCounts | None
    refused: tuple[Figure, ...]
    chart: Chart | None  # of refused texts
    reasons: FigureTable | None
    stops: tuple[Figure, ...]
    opt_outs_by_text: int
    measured: int  # opt-outs with a latency
    confirmations: FigureTable | None
    confirmed: int
    opted_out: int  # by text, without repeated requests


def build_consent_report(query: ReportQuery) -> ConsentReport:
    figure_query = query.figure_query
    now, before = figures.totals(figure_query), figures.totals(figure_query.before())
    any_refused = now.total_of("refused") or before.total_of("refused")
    standings = build_standing_counts(query)
    return ConsentReport(
        headline=consent_headline(standings.newest if standings else None, now),
        standings=standings,
        refused=tuple(_refused(now, before)),
        chart=_chart(query, now) if any_refused else None,
        reasons=_reasons(now, before) if any_refused else None,
        stops=tuple(_stops(now, before)),
        opt_outs_by_text=count_opt_outs_by_text(now),
        measured=now.total_of("opt_out_latency"),
        confirmations=_confirmations(now, before),
        confirmed=now.total_of("confirmation"),
        opted_out=now["opted_out contact"],
    )


# -- texts that were not sent ------------------------------------------------------------------------------------


def _refused(now: MeasureCounts, before: MeasureCounts) -> Iterator[Figure]:
    yield Figure.compare("Not sent", now.total_of("refused"), before.total_of("refused"), hint="of all texts")
    yield Figure.compare("Share of our texts", _refused_share(now), _refused_share(before), Scale.SHARE)
    yield Figure.compare(
        "Crossed", now["crossed"], before["crossed"], hint="already with the carrier when the opt-out arrived"
    )


def _refused_share(counts: MeasureCounts) -> float | None:
    return share(counts.total_of("refused"), counts.outbound)


def _chart(query: ReportQuery, now: MeasureCounts) -> Chart:
    figure_query, step = query.figure_query, query.step
    buckets = figure_query.period.buckets(step, query.zone)
    steps = query.by_step(figure_query)
    found = list(now.counts_by_reason("refused"))
    shown = found if len(found) <= MAX_REASONS + 1 else found[:MAX_REASONS]
    series = [
        ChartSeries(reasons.refusal_reason(reason), [counts[_measure(reason)] for counts in steps])
        for reason in shown
    ]
    if shown != found:
        rest = [
            counts.total_of("refused") - sum(counts[_measure(reason)] for reason in shown) for counts in steps
        ]
        series.append(ChartSeries("Other reasons", rest))
    previous = [counts.total_of("refused") for counts in query.by_step(figure_query.before())]
    return bar_chart(
        "refused", f"Texts not sent by {step}", axis.x_axis(figure_query.period, step, query.clock),
        series or [ChartSeries("Not sent", [0] * len(buckets))],
        before=ChartSeries("Previous period", previous),
        note=wording.cut_steps_note(buckets, step, query.clock),
    )  # fmt: skip


def _measure(reason: str) -> str:
    return f"refused {reason}".rstrip()


def _reasons(now: MeasureCounts, before: MeasureCounts) -> FigureTable:
    rows = tuple(
        FigureRow(reasons.refusal_reason(measure.partition(" ")[2]), _cells(measure, now, before))
        for measure in figures.list_measures("refused", now, before)
    )
    total_row = FigureRow("Total", _total_cells(now, before, "refused"))
    return FigureTable("reasons", "Reasons", (FigureColumnHead("Reason"), *HEADS), rows, total_row)


def _cells(measure: str, now: MeasureCounts, before: MeasureCounts) -> tuple[str, ...]:
    """Counts of a measure, with its share of all measures with the same first word."""
    return count_cells(now[measure], now.total_of(measure.partition(" ")[0]), before[measure])


def _total_cells(now: MeasureCounts, before: MeasureCounts, word: str) -> tuple[str, ...]:
    return count_cells(now.total_of(word), now.total_of(word), before.total_of(word))


# -- opt-out latency ---------------------------------------------------------------------------------------------


def count_opt_outs_by_text(counts: MeasureCounts) -> int:
    """Opt-outs by text, including repeated requests."""
    return sum(counts[measure] for measure in OPT_OUTS_BY_TEXT)


def _stops(now: MeasureCounts, before: MeasureCounts) -> Iterator[Figure]:
    yield Figure.compare(
        "Opt-outs by text",
        count_opt_outs_by_text(now),
        count_opt_outs_by_text(before),
        hint="including repeats",
    )
    yield _latency_figure("Median time to take effect", now, before, 0.5, "half took effect within this time")
    yield _latency_figure("99th percentile", now, before, 0.99, "99% took effect within this time")


def _latency_figure(label: str, now: MeasureCounts, before: MeasureCounts, at: float, hint: str) -> Figure:
    latency, previous = now.percentile("opt_out_latency", at), before.percentile("opt_out_latency", at)
    change = wording.format_change(latency, previous)
    return Figure(label, format_latency(latency), format_latency(previous), change, hint)


def format_latency(microseconds: float | None) -> str:
    """0.9 ms, 12 ms, 1.4 s."""
    if microseconds is None:
        return "–"
    if microseconds < 999_500:
        return f"{microseconds / 1000:.2g} ms" if microseconds < 99_500 else f"{microseconds / 1000:.0f} ms"
    return f"{microseconds / 1_000_000:,.1f} s"


# -- confirmations -----------------------------------------------------------------------------------------------


def _confirmations(now: MeasureCounts, before: MeasureCounts) -> FigureTable | None:
    rows = tuple(
        _outcome_row(measure, now, before) for measure in figures.list_measures("confirmation", now, before)
    )
    total_row = FigureRow("Total", _total_cells(now, before, "confirmation"))
    heads = (FigureColumnHead("Outcome"), *HEADS)
    return FigureTable("confirmations", "Confirmations of opt-outs", heads, rows, total_row) if rows else None


def _outcome_row(measure: str, now: MeasureCounts, before: MeasureCounts) -> FigureRow:
    outcome, cells = measure.partition(" ")[2], _cells(measure, now, before)
    if outcome in CONFIRMATION_OUTCOMES:
        label, meaning = CONFIRMATION_OUTCOMES[outcome]
        return FigureRow(label, cells, meaning)
    word, _, reason = outcome.partition(" ")
    if word == "refused":
        return FigureRow(f"Not sent: {reasons.refusal_reason(reason)}", cells)
    label = f"{word.capitalize()}: {error_codes.carrier_reason(reason)}"
    return FigureRow(label, cells, reason, error_codes.carrier_page_url(reason))
