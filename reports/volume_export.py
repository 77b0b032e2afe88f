"""Volume export: one row per step and inbox. The counts add up to those of the page."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from itertools import groupby

from contacts.exports.stream import RowBatches
from kernel.spreadsheets.cells import escape_formula
from kernel.spreadsheets.writers import Row
from kernel.tenancy import scope
from reports import figures
from reports.figures import FigureQuery, MeasureCounts
from reports.periods import Bucket, Period, Step
from reports.query import ReportQuery

DAYS_PER_BATCH = 35  # days per query

COUNTS: dict[str, Callable[[MeasureCounts], int]] = {
    "Received": lambda counts: counts.received,
    "Sent": lambda counts: counts.handed_over,
    "Delivered": lambda counts: counts["delivered"],
    "Accepted By Carrier": lambda counts: counts["sent"],
    "Undelivered": lambda counts: counts.total_of("undelivered"),
    "Unknown": lambda counts: counts["unknown"],
    "Waiting": lambda counts: counts["waiting"],
    "Failed": lambda counts: counts.total_of("failed"),
    "Not Sent": lambda counts: counts.total_of("refused"),
    "Automatic": lambda counts: counts["automatic"],
    "Segments In": lambda counts: counts["segments in"],
    "Segments Out": lambda counts: counts["segments out"],
    "Conversations Started": lambda counts: counts["conversations_started"],
    "First Replies": lambda counts: counts.first_replies,
}
REPLY_TIMES = {"Median Seconds": 0.5, "90th Percentile Seconds": 0.9}


def export(query: ReportQuery) -> tuple[Row, RowBatches]:
    """Header and rows. Called in the team's scope; each batch of rows opens its own scope."""
    reasons = _measures(query.figure_query)
    first = ("Hour",) if query.step == Step.HOUR else ("From", "To")
    return [*first, "Inbox", *COUNTS, *REPLY_TIMES, *map(_column_head, reasons)], _rows(query, reasons)


def _measures(figure_query: FigureQuery) -> list[str]:
    """The measures of the period that have a reason. Each is a column."""
    words = ("undelivered ", "failed ", "refused ")
    return [m for word in words for m in sorted(figures.totals(figure_query)) if m.startswith(word)]


def _column_head(measure: str) -> str:
    """Not Sent Opted Out, for "refused opted_out"."""
    return measure.replace("refused", "not sent").replace("_", " ").title()


def _rows(query: ReportQuery, reasons: list[str]) -> RowBatches:
    figure_query, step = query.figure_query, query.step
    inboxes = _inboxes(query)
    buckets = figure_query.period.buckets(step, query.zone)
    for _, group in groupby(buckets, lambda bucket: bucket.first.toordinal() // DAYS_PER_BATCH):
        batch = list(group)
        batch_query = replace(figure_query, period=Period(batch[0].first, batch[-1].last))
        with scope(figure_query.team_id):
            counts = figures.by_step_and_inbox(batch_query, step)
        yield [
            [
                *step_cells(bucket, query),
                escape_formula(name),
                *_counts(counts.get((bucket.key, id), MeasureCounts()), reasons),
            ]
            for bucket in batch
            for id, name in inboxes.items()
        ]


def _inboxes(query: ReportQuery) -> dict[int, str]:
    with scope(query.team.id):
        names = dict(query.team.inboxes.order_by("name", "id").values_list("id", "name"))
    return {id: names[id] for id in query.figure_query.inboxes or names}


def step_cells(bucket: Bucket, query: ReportQuery) -> Row:
    """The step in the team's time zone; an hour has its UTC offset, to distinguish the two when clocks go back."""
    if isinstance(bucket.key, datetime):
        return [bucket.key.astimezone(query.zone).isoformat(" ", "minutes")]
    return [bucket.first.isoformat(), bucket.last.isoformat()]


def _counts(counts: MeasureCounts, reasons: list[str]) -> Iterator[str]:
    yield from (str(count(counts)) for count in COUNTS.values())
    for share in REPLY_TIMES.values():
        seconds = counts.reply_time(share)
        yield "" if seconds is None else str(round(seconds))
    yield from (str(counts[measure]) for measure in reasons)
