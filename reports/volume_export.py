"""The report Volume as a file: a row for each step and inbox, whose counts add up to those of the page."""

from collections.abc import Callable, Iterator
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

DAYS_PER_BATCH = 35  # days that are read at once

COUNTS: dict[str, Callable[[MeasureCounts], int]] = {
    "Received": lambda of: of.received,
    "Sent": lambda of: of.left,
    "Delivered": lambda of: of["delivered"],
    "Taken By Carrier": lambda of: of["sent"],
    "Undelivered": lambda of: of.of("undelivered"),
    "Unknown": lambda of: of["unknown"],
    "Waiting": lambda of: of["waiting"],
    "Failed": lambda of: of.of("failed"),
    "Not Sent": lambda of: of.of("refused"),
    "Automatic": lambda of: of["automatic"],
    "Segments In": lambda of: of["segments in"],
    "Segments Out": lambda of: of["segments out"],
    "Conversations Begun": lambda of: of["begun"],
    "First Answers": lambda of: of.answers,
}
ANSWER_TIMES = {"Median Seconds": 0.5, "90th Percentile Seconds": 0.9}


def export(question: ReportQuery) -> tuple[Row, RowBatches]:
    """Its header and its rows. Call it in the scope of the team; the rows are read outside, each batch in its own."""
    why = _measures(question.figures)
    first = ("Hour",) if question.step == Step.HOUR else ("From", "To")
    return [*first, "Inbox", *COUNTS, *ANSWER_TIMES, *map(_headed, why)], _rows(question, why)


def _measures(asked: FigureQuery) -> list[str]:
    """Every measure with a reason behind it that there is in the period: each is a column."""
    words = ("undelivered ", "failed ", "refused ")
    return [m for word in words for m in sorted(figures.totals(asked)) if m.startswith(word)]


def _headed(measure: str) -> str:
    """refused opted_out: Refused Opted Out."""
    return measure.replace("refused", "not sent").replace("_", " ").title()


def _rows(question: ReportQuery, why: list[str]) -> RowBatches:
    asked, step = question.figures, question.step
    inboxes = _inboxes(question)
    buckets = asked.period.buckets(step, question.zone)
    for _, block in groupby(buckets, lambda bucket: bucket.first.toordinal() // DAYS_PER_BATCH):
        together = list(block)
        part = Period(together[0].first, together[-1].last)
        with scope(asked.team_id):
            seen = figures.by_step_and_inbox(
                FigureQuery(asked.team_id, part, asked.inboxes, asked.sender), step
            )
        yield [
            [
                *step_cells(bucket, question),
                escape_formula(name),
                *_counted(seen.get((bucket.key, id), MeasureCounts()), why),
            ]
            for bucket in together
            for id, name in inboxes.items()
        ]


def _inboxes(question: ReportQuery) -> dict[int, str]:
    with scope(question.team.id):
        named = dict(question.team.inboxes.order_by("name", "id").values_list("id", "name"))
    return {id: named[id] for id in question.figures.inboxes or named}


def step_cells(bucket: Bucket, question: ReportQuery) -> Row:
    """By the team's clock; an hour with its distance from UTC, so that the one that comes twice has two names."""
    if isinstance(bucket.key, datetime):
        return [bucket.key.astimezone(question.zone).isoformat(" ", "minutes")]
    return [bucket.first.isoformat(), bucket.last.isoformat()]


def _counted(of: MeasureCounts, why: list[str]) -> Iterator[str]:
    yield from (str(count(of)) for count in COUNTS.values())
    for share in ANSWER_TIMES.values():
        waited = of.waited(share)
        yield "" if waited is None else str(round(waited))
    yield from (str(of[measure]) for measure in why)
