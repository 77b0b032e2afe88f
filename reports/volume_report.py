"""Volume report: texts received and sent, delivery outcomes, and figures by inbox and sender."""

from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass

from messaging.carriers import error_codes
from reports import figures, reasons, senders, wording
from reports.charts import axis
from reports.charts.chart import Chart, ChartSeries, bar_chart, line_chart
from reports.charts.scales import Scale
from reports.figures import MeasureCounts
from reports.forms import InboxFilterForm, SenderFilterForm, StepFilterForm
from reports.headlines import volume_headline
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

# -- columns -----------------------------------------------------------------------------------------------------


def delivered_share(counts: MeasureCounts) -> float | None:
    return share(counts["delivered"], counts.handed_over)


def not_arrived(counts: MeasureCounts) -> int:
    return counts.total_of("undelivered") + counts.total_of("failed")


SENT_COLUMNS: tuple[FigureColumn[MeasureCounts], ...] = (
    FigureColumn("Sent", lambda counts: counts.handed_over, hint="Texts sent to the carrier"),
    FigureColumn("Delivered", delivered_share, Scale.SHARE, hint="Share of sent texts"),
    FigureColumn("Not delivered", not_arrived, hint="Undelivered or failed at the carrier"),
    FigureColumn("Not sent", lambda counts: counts.total_of("refused"), hint="Stopped before sending"),
    FigureColumn("Segments", lambda counts: counts["segments out"], hint="Of sent texts"),
    FigureColumn("First replies", lambda counts: counts.first_replies),
    FigureColumn(
        "Median",
        lambda counts: counts.reply_time(0.5),
        Scale.SECONDS,
        hint="Half of first replies were this fast or faster",
    ),
    FigureColumn(
        "90th",
        lambda counts: counts.reply_time(0.9),
        Scale.SECONDS,
        hint="90% of first replies were this fast or faster",
    ),
)
ALL_COLUMNS = (
    FigureColumn("Received", lambda counts: counts.received),
    *SENT_COLUMNS[:5],
    FigureColumn(
        "Started",
        lambda counts: counts["conversations_started"],
        hint="Conversations started, after 24 hours without a text",
    ),
    *SENT_COLUMNS[5:],
)


# The first word of each outcome's measure, its label, and the function that explains the rest of the measure.
OUTCOMES: tuple[tuple[str, str, Callable[[str], str] | None], ...] = (
    ("delivered", "Delivered", None),
    ("sent", "Sent, no delivery report", None),
    ("unknown", "Unknown", None),
    ("waiting", "Queued", None),
    ("undelivered", "Undelivered", error_codes.carrier_reason),
    ("failed", "Failed", error_codes.carrier_reason),
    ("refused", "Not sent", reasons.refusal_reason),
)
OUTCOME_HEADS = (
    FigureColumnHead("Outcome"),
    FigureColumnHead("Texts"),
    FigureColumnHead("Share"),
    FigureColumnHead("Previous"),
)


class VolumeReportForm(StepFilterForm, InboxFilterForm, SenderFilterForm):
    """Days and steps, an inbox, a sender."""


@dataclass(frozen=True)
class VolumeReport:
    """The page. Filtered by a sender, it has no received texts."""

    headline: str
    figures: tuple[Figure, ...]
    chart: Chart
    reply_times: Chart | None  # for steps whose rows are read quickly
    outcomes: FigureTable
    inboxes: FigureTable
    senders: FigureTable | None


def build_volume_report(query: ReportQuery) -> VolumeReport | None:
    """None without texts in this period and the previous period."""
    figure_query = query.figure_query
    now, before = figures.totals(figure_query), figures.totals(figure_query.before())
    if not (now.received or now.outbound or before.received or before.outbound):
        return None
    everybody = figure_query.sender == ALL_SENDERS
    return VolumeReport(
        headline=volume_headline(now, before, query.period, everybody=everybody),
        figures=tuple(_figures(now, before, everybody)),
        chart=_chart(query, everybody),
        reply_times=_reply_times(query) if now.first_replies and shows_reply_times(query) else None,
        outcomes=_outcomes(now, before),
        inboxes=_inboxes(query, now, everybody),
        senders=_senders(query, now) if everybody else None,
    )


# -- parts -------------------------------------------------------------------------------------------------------


def _figures(now: MeasureCounts, before: MeasureCounts, everybody: bool) -> Iterator[Figure]:
    if everybody:
        yield Figure.compare("Received", now.received, before.received)
    yield Figure.compare("Sent", now.handed_over, before.handed_over, hint=_automatic(now))
    yield Figure.compare(
        "Delivered", delivered_share(now), delivered_share(before), Scale.SHARE, hint="of sent texts"
    )
    more = f"plus {now['segments in']:,} received" if everybody else ""
    yield Figure.compare("Segments sent", now["segments out"], before["segments out"], hint=more)
    yield Figure.compare(
        "Conversations started", now["conversations_started"], before["conversations_started"],
        hint="after 24 hours without a text",
    )  # fmt: skip
    yield Figure.compare(
        "First replies", now.first_replies, before.first_replies, hint="to people who were waiting"
    )
    yield Figure.compare("Median reply time", now.reply_time(0.5), before.reply_time(0.5), Scale.SECONDS)
    yield Figure.compare(
        "90th percentile",
        now.reply_time(0.9),
        before.reply_time(0.9),
        Scale.SECONDS,
        hint="90% were this fast or faster",
    )


def _automatic(now: MeasureCounts) -> str:
    return f"{now['automatic']:,} automatic" if now["automatic"] else ""


def _chart(query: ReportQuery, everybody: bool) -> Chart:
    figure_query, step = query.figure_query, query.step
    buckets = figure_query.period.buckets(step, query.zone)
    now = query.by_step(figure_query)
    sent = ChartSeries("Sent", [counts.handed_over for counts in now])
    received = [ChartSeries("Received", [counts.received for counts in now])] if everybody else []
    earlier = [counts.handed_over + counts.received for counts in query.by_step(figure_query.before())]
    notes = (
        wording.cut_steps_note(buckets, step, query.clock),
        wording.longer_before_note(len(now), len(earlier), step),
    )
    return bar_chart(
        "texts", f"Texts by {step}", axis.x_axis(figure_query.period, step, query.clock), [sent, *received],
        before=ChartSeries("Previous period", earlier),
        note=" ".join(filter(None, notes)),
    )  # fmt: skip


def shows_reply_times(query: ReportQuery) -> bool:
    """Whether reply times have a chart: each step reads as many rows as its histogram has buckets."""
    days = query.period.days
    return query.step == Step.MONTH or days <= (3 if query.step == Step.HOUR else 92)


def _reply_times(query: ReportQuery) -> Chart:
    figure_query, step = query.figure_query, query.step
    steps = query.by_step(figure_query, with_histograms=True)
    median = ChartSeries("Median", [counts.reply_time(0.5) for counts in steps])
    slowest = ChartSeries("90th percentile", [counts.reply_time(0.9) for counts in steps])
    return line_chart(
        "reply-times", "Time to first reply", axis.x_axis(figure_query.period, step, query.clock), [median, slowest],
        scale=Scale.SECONDS, note="Gaps: no replies." if None in median.values else "",
    )  # fmt: skip


def _outcomes(now: MeasureCounts, before: MeasureCounts) -> FigureTable:
    """Outcomes of all outbound texts; the rows add up to the total."""
    rows = [
        FigureRow(
            f"{label}: {explain(reason)}" if explain else label,
            count_cells(now[measure], now.outbound, before[measure]),
            reason if explain is error_codes.carrier_reason else "",
            error_codes.carrier_page_url(reason) if explain is error_codes.carrier_reason else "",
        )
        for word, label, explain in OUTCOMES
        for measure in figures.list_measures(word, now, before)
        for reason in [measure.partition(" ")[2]]
    ]
    total_row = FigureRow("Total", count_cells(now.outbound, now.outbound, before.outbound))
    return FigureTable("outcomes", "Delivery outcomes", OUTCOME_HEADS, tuple(rows), total_row)


def _inboxes(query: ReportQuery, now: MeasureCounts, everybody: bool) -> FigureTable:
    by_inbox, columns = figures.by_inbox(query.figure_query), ALL_COLUMNS if everybody else SENT_COLUMNS
    names = dict(query.team.inboxes.order_by("name", "id").values_list("id", "name"))
    ids = query.figure_query.inboxes or names
    inboxes = [(names.get(id, "No inbox"), by_inbox.get(id, MeasureCounts())) for id in ids]
    inboxes.sort(key=lambda item: -(item[1].received + item[1].outbound))
    rows = tuple(FigureRow(name, row_cells(columns, counts)) for name, counts in inboxes)
    total_row = FigureRow("Total", row_cells(columns, now))
    return FigureTable("inboxes", "By inbox", column_heads("Inbox", columns), rows, total_row)


def _senders(query: ReportQuery, now: MeasureCounts) -> FigureTable:
    """Senders of texts, with a row for automatic replies, so that the rows add up to the total."""
    by_sender = {
        sender: counts for sender, counts in figures.by_sender(query.figure_query).items() if counts.outbound
    }
    names = senders.sender_names(query.team, by_sender)
    ordered = sorted(by_sender.items(), key=lambda item: (-item[1].outbound, names[item[0]].casefold()))
    members = senders.current_members(query.team)
    rows = [
        FigureRow(names[sender], row_cells(SENT_COLUMNS, counts), _sender_note(sender, members))
        for sender, counts in ordered
    ]
    rest = now.minus(by_sender.values())
    if rest.outbound:
        rows.append(FigureRow("Automatic replies", row_cells(SENT_COLUMNS, rest)))
    return FigureTable(
        "senders",
        "By sender",
        column_heads("Sender", SENT_COLUMNS),
        tuple(rows),
        FigureRow("Total", row_cells(SENT_COLUMNS, now)),
    )


def _sender_note(sender: str, members: Container[str]) -> str:
    if sender.startswith(senders.NAMED_PREFIX):
        return "API key"
    return "" if sender in members else "former member"
