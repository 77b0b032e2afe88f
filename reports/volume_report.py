"""The report Volume: texts in and out, what became of ours, and by which inboxes and senders."""

from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass

from reports import figures, reasons, senders, wording
from reports.charts import axis
from reports.charts.chart import Chart, ChartSeries, bar_chart, line_chart
from reports.charts.scales import Scale
from reports.figures import MeasureCounts
from reports.forms import InboxFilterForm, SenderFilterForm, StepFilterForm
from reports.models import ALL_SENDERS
from reports.periods import Step
from reports.query import ReportQuery
from reports.tables import (
    Figure,
    FigureColumn,
    FigureColumnHead,
    FigureRow,
    FigureTable,
    column_heads,
    count_cells,
    row_cells,
    share,
)

# -- what is told of figures -------------------------------------------------------------------------------------


def delivered_share(of: MeasureCounts) -> float | None:
    return share(of["delivered"], of.left)


def not_arrived(of: MeasureCounts) -> int:
    return of.of("undelivered") + of.of("failed")


SENT_COLUMNS: tuple[FigureColumn[MeasureCounts], ...] = (
    FigureColumn("Sent", lambda of: of.left, hint="Texts that left us"),
    FigureColumn("Delivered", delivered_share, Scale.SHARE, hint="Of those that were sent"),
    FigureColumn("Not delivered", not_arrived, hint="Undelivered or failed at the carrier"),
    FigureColumn("Not sent", lambda of: of.of("refused"), hint="Refused before they left"),
    FigureColumn("Segments", lambda of: of["segments out"], hint="Of the texts that were sent"),
    FigureColumn("First answers", lambda of: of.answers),
    FigureColumn(
        "Median", lambda of: of.waited(0.5), Scale.SECONDS, hint="Half of the first answers came within it"
    ),
    FigureColumn(
        "90th", lambda of: of.waited(0.9), Scale.SECONDS, hint="Nine of ten first answers came within it"
    ),
)
ALL_COLUMNS = (
    FigureColumn("Received", lambda of: of.received),
    *SENT_COLUMNS[:5],
    FigureColumn("Begun", lambda of: of["begun"], hint="Conversations that began, after a day of quiet"),
    *SENT_COLUMNS[5:],
)


# Each way in which a text of ours ends, by the word of its measure, with what explains what stands behind it.
OUTCOMES: tuple[tuple[str, str, Callable[[str], str] | None], ...] = (
    ("delivered", "Delivered", None),
    ("sent", "Sent; the carrier has told no more", None),
    ("unknown", "Not known whether it left", None),
    ("waiting", "On its way to the carrier", None),
    ("undelivered", "Undelivered", reasons.carrier_reason),
    ("failed", "Failed", reasons.carrier_reason),
    ("refused", "Not sent", reasons.refusal_reason),
)
OUTCOME_HEADS = (
    FigureColumnHead("Outcome"),
    FigureColumnHead("Texts"),
    FigureColumnHead("Share"),
    FigureColumnHead("Before"),
)


class VolumeReportForm(StepFilterForm, InboxFilterForm, SenderFilterForm):
    """Days and steps, an inbox, a sender."""


@dataclass(frozen=True)
class VolumeReport:
    """The page. Of one sender, nothing that came in is told: that was sent by nobody of us."""

    figures: tuple[Figure, ...]
    chart: Chart
    answers: Chart | None  # where that is asked for in steps that are quickly read
    outcomes: FigureTable
    inboxes: FigureTable
    senders: FigureTable | None


def build_volume_report(question: ReportQuery) -> VolumeReport | None:
    """None where nothing was texted, nor in the period before."""
    asked = question.figures
    now, before = figures.totals(asked), figures.totals(asked.before())
    if not (now.received or now.outbound or before.received or before.outbound):
        return None
    everybody = asked.sender == ALL_SENDERS
    return VolumeReport(
        figures=tuple(_figures(now, before, everybody)),
        chart=_chart(question, everybody),
        answers=_answers(question) if now.answers and shows_answer_times(question) else None,
        outcomes=_outcomes(now, before),
        inboxes=_inboxes(question, now, everybody),
        senders=_senders(question, now) if everybody else None,
    )


# -- its parts ---------------------------------------------------------------------------------------------------


def _figures(now: MeasureCounts, before: MeasureCounts, everybody: bool) -> Iterator[Figure]:
    if everybody:
        yield Figure.of("Received", now.received, before.received)
    yield Figure.of("Sent", now.left, before.left, hint=_automatic(now))
    yield Figure.of(
        "Delivered", delivered_share(now), delivered_share(before), Scale.SHARE, hint="of those sent"
    )
    more = f"{now['segments in']:,} more were received" if everybody else ""
    yield Figure.of("Segments sent", now["segments out"], before["segments out"], hint=more)
    yield Figure.of("Conversations begun", now["begun"], before["begun"], hint="after a day of quiet")
    yield Figure.of("First answers", now.answers, before.answers, hint="to somebody who waited")
    yield Figure.of("Median time to answer", now.waited(0.5), before.waited(0.5), Scale.SECONDS)
    yield Figure.of(
        "90th percentile",
        now.waited(0.9),
        before.waited(0.9),
        Scale.SECONDS,
        hint="nine of ten came within it",
    )


def _automatic(now: MeasureCounts) -> str:
    return f"{now['automatic']:,} of them automatic" if now["automatic"] else ""


def _chart(question: ReportQuery, everybody: bool) -> Chart:
    asked, step = question.figures, question.step
    buckets = asked.period.buckets(step, question.zone)
    now = question.by_step(asked)
    sent = ChartSeries("Sent", [of.left for of in now])
    received = [ChartSeries("Received", [of.received for of in now])] if everybody else []
    earlier = [of.left + of.received for of in question.by_step(asked.before())]
    notes = wording.cut_steps_note(buckets, step), wording.longer_before_note(len(now), len(earlier), step)
    return bar_chart(
        "texts", f"Texts by {step}", axis.x_axis(asked.period, step, question.zone), [sent, *received],
        before=ChartSeries(f"{'Both' if everybody else 'Sent'} in the period before", earlier),
        note=" ".join(filter(None, notes)),
    )  # fmt: skip


def shows_answer_times(question: ReportQuery) -> bool:
    """Whether times are drawn: each step of them has as many rows as there are buckets."""
    days = question.period.days
    return question.step == Step.MONTH or days <= (3 if question.step == Step.HOUR else 92)


def _answers(question: ReportQuery) -> Chart:
    asked, step = question.figures, question.step
    steps = question.by_step(asked, is_histogram=True)
    median = ChartSeries("Median", [of.waited(0.5) for of in steps])
    slowest = ChartSeries("90th percentile", [of.waited(0.9) for of in steps])
    return line_chart(
        "answers", "Time to the first answer", axis.x_axis(asked.period, step, question.zone), [median, slowest],
        scale=Scale.SECONDS, note="The lines break where nobody was answered." if None in median.values else "",
    )  # fmt: skip


def _outcomes(now: MeasureCounts, before: MeasureCounts) -> FigureTable:
    """What became of every text of ours: the rows add up to all of them."""
    rows = [
        FigureRow(
            f"{label}: {explain(why)}" if explain else label,
            count_cells(now[measure], now.outbound, before[measure]),
            why if explain is reasons.carrier_reason else "",
            reasons.carrier_page_url(why) if explain is reasons.carrier_reason else "",
        )
        for word, label, explain in OUTCOMES
        for measure in figures.list_measures(word, now, before)
        for why in [measure.partition(" ")[2]]
    ]
    sums = FigureRow("All", count_cells(now.outbound, now.outbound, before.outbound))
    return FigureTable("fates", "What became of our texts", OUTCOME_HEADS, tuple(rows), sums)


def _inboxes(question: ReportQuery, now: MeasureCounts, everybody: bool) -> FigureTable:
    seen, columns = figures.by_inbox(question.figures), ALL_COLUMNS if everybody else SENT_COLUMNS
    names = dict(question.team.inboxes.order_by("name", "id").values_list("id", "name"))
    wanted = question.figures.inboxes or names
    found = [(names.get(id, "No inbox"), seen.get(id, MeasureCounts())) for id in wanted]
    found.sort(key=lambda one: -(one[1].received + one[1].outbound))
    rows = tuple(FigureRow(name, row_cells(columns, of)) for name, of in found)
    return FigureTable(
        "inboxes", "By inbox", column_heads("Inbox", columns), rows, FigureRow("All", row_cells(columns, now))
    )


def _senders(question: ReportQuery, now: MeasureCounts) -> FigureTable:
    """Who sent; what nobody did, as the product's own answers, is a row of its own, so that all of it adds up."""
    seen = {sender: of for sender, of in figures.by_sender(question.figures).items() if of.outbound}
    names = senders.sender_names(question.team, seen)
    found = sorted(seen.items(), key=lambda one: (-one[1].outbound, names[one[0]].casefold()))
    here = senders.current_members(question.team)
    rows = [
        FigureRow(names[sender], row_cells(SENT_COLUMNS, of), _sender_note(sender, here))
        for sender, of in found
    ]
    rest = now.without(seen.values())
    if rest.outbound:
        rows.append(FigureRow("Nobody: automatic answers", row_cells(SENT_COLUMNS, rest)))
    return FigureTable(
        "senders",
        "By sender",
        column_heads("Sender", SENT_COLUMNS),
        tuple(rows),
        FigureRow("All", row_cells(SENT_COLUMNS, now)),
    )


def _sender_note(sender: str, here: Container[str]) -> str:
    if sender.startswith(senders.NAMED_PREFIX):
        return "program"
    return "" if sender in here else "left"
