"""The report Consent: who may be texted, what was not sent and why, how promptly a STOP stood and was confirmed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from reports import figures, reasons, wording
from reports.charts import axis
from reports.charts.chart import Chart, ChartSeries, bar_chart, line_chart
from reports.charts.scales import Scale
from reports.figures import MeasureCounts
from reports.forms import InboxFilterForm, StepFilterForm
from reports.models import Snapshot
from reports.periods import DAY, Bucket, Period, Step
from reports.query import ReportQuery
from reports.tables import Figure, FigureColumnHead, FigureRow, FigureTable, count_cells, share

# Of confirmations: the words of each verdict, and what it means.
CONFIRMATION_OUTCOMES = {
    "on_time": ("On time", "The carrier took it within 60 seconds of the opt-out."),
    "late": ("Late", "The carrier took it later than 60 seconds after the opt-out, and within five minutes."),
    "waiting": ("On its way", "It waits for a worker, or is with the carrier just now."),
    "unknown": ("Not known", "The connection to the carrier broke while it was sent: it may have arrived."),
    "refused too_late": ("Not sent: too late", "It could not leave within five minutes, and after that it may not."),
    "refused overtaken": ("Not sent: overtaken", "Consent changed again before it left."),
    "refused blocked": ("Not sent: blocked", "Somebody blocked the number before it left."),
    "refused carrier_opted_out": ("Not sent: the carrier’s own list", "The carrier keeps opt-outs too, and refused."),
}  # fmt: skip
OPT_OUTS_BY_TEXT = ("opted_out contact", "opted_out contact again")
MAX_REASONS = 3  # reasons that have a colour of their own; the others share one
HEADS = (FigureColumnHead("Texts"), FigureColumnHead("Share"), FigureColumnHead("Before"))


class ConsentReportForm(StepFilterForm, InboxFilterForm):
    """Days and steps, and an inbox."""


@dataclass(frozen=True)
class StandingCounts:
    """Who may be texted: as the newest snapshot of the period has it, and over its days."""

    newest: Snapshot
    figures: tuple[Figure, ...]
    chart: Chart


@dataclass(frozen=True)
class ConsentReport:
    """The page."""

    standings: StandingCounts | None
    refused: tuple[Figure, ...]
    chart: Chart | None  # of the refused
    reasons: FigureTable | None
    stops: tuple[Figure, ...]
    heard: int
    measured: int
    confirmations: FigureTable | None
    confirmed: int
    opted_out: int  # by a text, and it changed something


def build_consent_report(question: ReportQuery) -> ConsentReport:
    asked = question.figures
    now, before = figures.totals(asked), figures.totals(asked.before())
    any_refused = now.of("refused") or before.of("refused")
    return ConsentReport(
        standings=_standings(question),
        refused=tuple(_refused(now, before)),
        chart=_chart(question, now) if any_refused else None,
        reasons=_reasons(now, before) if any_refused else None,
        stops=tuple(_stops(now, before)),
        heard=count_opt_outs_by_text(now),
        measured=now.of("heard"),
        confirmations=_confirmations(now, before),
        confirmed=now.of("confirmation"),
        opted_out=now["opted_out contact"],
    )


# -- who may be texted -------------------------------------------------------------------------------------------


def snapshots_by_step(question: ReportQuery, buckets: list[Bucket]) -> list[Snapshot | None]:
    """The last snapshot of each step; None where no day of it has one."""
    asked = question.figures
    found = Snapshot.objects.filter(team_id=asked.team_id, day__range=(asked.period.first, asked.period.last))
    days = {snapshot.day: snapshot for snapshot in found}
    return [_last(days, bucket) for bucket in buckets]


def _last(days: dict[date, Snapshot], bucket: Bucket) -> Snapshot | None:
    length = (bucket.last - bucket.first).days + 1
    return next((days[day] for n in range(length) if (day := bucket.last - n * DAY) in days), None)


def _newest(team_id: int, period: Period) -> Snapshot | None:
    days = (period.first, period.last)
    return Snapshot.objects.filter(team_id=team_id, day__range=days).order_by("-day").first()


def _standings(question: ReportQuery) -> StandingCounts | None:
    asked = question.figures
    now, before = (_newest(asked.team_id, period) for period in (asked.period, asked.period.before()))
    if now is None:
        return None
    pairs = zip(_counts(now), _counts(before), strict=True)
    told = tuple(Figure.of(label, one, other) for (label, one), (_, other) in pairs)
    return StandingCounts(now, told, _levels(question))


def _counts(of: Snapshot | None) -> Iterator[tuple[str, int | None]]:
    yield "May be texted", of.textable if of else None
    yield "Opted out", of.opted_out if of else None
    yield "Blocked", of.blocked if of else None
    yield "Contacts", of.contacts if of else None


def _levels(question: ReportQuery) -> Chart:
    """By day, or as it was at the end of each week or month."""
    step = Step.DAY if question.step == Step.HOUR else question.step
    period = question.period
    taken = snapshots_by_step(question, period.buckets(step, question.zone))
    return line_chart(
        "levels",
        "Contacts whose number may be texted" + ("" if step == Step.DAY else f", at the end of each {step}"),
        axis.x_axis(period, step, question.zone),
        [
            ChartSeries("May be texted", [one.textable if one else None for one in taken]),
            ChartSeries("Opted out", [one.opted_out if one else None for one in taken], "stop"),
            ChartSeries("Blocked", [one.blocked if one else None for one in taken], "two"),
        ],
        scale=Scale.LEVEL,
        note="" if all(taken) else "Where a line breaks, no snapshot was taken.",
    )


# -- what was not sent -------------------------------------------------------------------------------------------


def _refused(now: MeasureCounts, before: MeasureCounts) -> Iterator[Figure]:
    yield Figure.of(
        "Not sent", now.of("refused"), before.of("refused"), hint="of all texts that somebody wanted to send"
    )
    yield Figure.of(
        "Of all texts of ours", share(now.of("refused"), now.outbound), share(before.of("refused"), before.outbound),
        Scale.SHARE,
    )  # fmt: skip
    yield Figure.of(
        "Crossed", now["crossed"], before["crossed"], hint="with the carrier when the opt-out came"
    )


def _chart(question: ReportQuery, now: MeasureCounts) -> Chart:
    asked, step = question.figures, question.step
    buckets = asked.period.buckets(step, question.zone)
    seen = question.by_step(asked)
    most = list(now.reasons("refused"))
    shown = most if len(most) <= MAX_REASONS + 1 else most[:MAX_REASONS]
    series = [ChartSeries(reasons.refusal_reason(why), [of[_measure(why)] for of in seen]) for why in shown]
    if shown != most:
        rest = [of.of("refused") - sum(of[_measure(why)] for why in shown) for of in seen]
        series.append(ChartSeries("For other reasons", rest))
    return bar_chart(
        "refused", f"Texts not sent by {step}", axis.x_axis(asked.period, step, question.zone),
        series or [ChartSeries("Not sent", [0] * len(buckets))],
        before=ChartSeries("All in the period before", [of.of("refused") for of in question.by_step(asked.before())]),
        note=wording.cut_steps_note(buckets, step),
    )  # fmt: skip


def _measure(why: str) -> str:
    return f"refused {why}".rstrip()


def _reasons(now: MeasureCounts, before: MeasureCounts) -> FigureTable:
    rows = tuple(
        FigureRow(reasons.refusal_reason(measure.partition(" ")[2]), _counted(measure, now, before))
        for measure in figures.list_measures("refused", now, before)
    )
    sums = FigureRow("All", _summed(now, before, "refused"))
    return FigureTable("reasons", "Why they were not sent", (FigureColumnHead("Reason"), *HEADS), rows, sums)


def _counted(measure: str, now: MeasureCounts, before: MeasureCounts) -> tuple[str, ...]:
    """With its share of all that begin with the same word."""
    return count_cells(now[measure], now.of(measure.partition(" ")[0]), before[measure])


def _summed(now: MeasureCounts, before: MeasureCounts, word: str) -> tuple[str, ...]:
    return count_cells(now.of(word), now.of(word), before.of(word))


# -- from STOP to standing ---------------------------------------------------------------------------------------


def count_opt_outs_by_text(of: MeasureCounts) -> int:
    """Opt-outs by text, also those that changed nothing."""
    return sum(of[measure] for measure in OPT_OUTS_BY_TEXT)


def _stops(now: MeasureCounts, before: MeasureCounts) -> Iterator[Figure]:
    yield Figure.of(
        "Opt-outs by text",
        count_opt_outs_by_text(now),
        count_opt_outs_by_text(before),
        hint="a second STOP counts too",
    )
    yield _latency_figure("Median time to standing", now, before, 0.5, "half of them stood within it")
    yield _latency_figure("99th percentile", now, before, 0.99, "99 of 100 stood within it")


def _latency_figure(label: str, now: MeasureCounts, before: MeasureCounts, at: float, hint: str) -> Figure:
    one, other = now.percentile("heard", at), before.percentile("heard", at)
    return Figure(label, format_latency(one), format_latency(other), wording.format_change(one, other), hint)


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
    sums = FigureRow("All", _summed(now, before, "confirmation"))
    heads = (FigureColumnHead("What became of it"), *HEADS)
    return FigureTable("confirmations", "Confirmations of opt-outs", heads, rows, sums) if rows else None


def _outcome_row(measure: str, now: MeasureCounts, before: MeasureCounts) -> FigureRow:
    verdict, cells = measure.partition(" ")[2], _counted(measure, now, before)
    if verdict in CONFIRMATION_OUTCOMES:
        return FigureRow(CONFIRMATION_OUTCOMES[verdict][0], cells, CONFIRMATION_OUTCOMES[verdict][1])
    word, _, why = verdict.partition(" ")
    if word == "refused":
        return FigureRow(f"Not sent: {reasons.refusal_reason(why)}", cells)
    return FigureRow(
        f"{word.capitalize()}: {reasons.carrier_reason(why)}", cells, why, reasons.carrier_page_url(why)
    )
