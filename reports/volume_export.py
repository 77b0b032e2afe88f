"""The report Volume as a file: a row for each step and inbox, whose counts add up to those of the page."""

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import groupby

from accounts.tenancy import scope
from contacts.exports import Batches
from contacts.imports.cells import harmless
from contacts.writers import Row
from reports import figures
from reports.asked import Question
from reports.figures import Asked, Figures
from reports.periods import Bucket, Period, Step

BLOCK = 35  # days that are read at once

COUNTS: dict[str, Callable[[Figures], int]] = {
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
WAITS = {"Median Seconds": 0.5, "90th Percentile Seconds": 0.9}


def export(question: Question) -> tuple[Row, Batches]:
    """Its header and its rows. Call it in the scope of the team; the rows are read outside, each batch in its own."""
    why = _measures(question.figures)
    first = ("Hour",) if question.step == Step.HOUR else ("From", "To")
    return [*first, "Inbox", *COUNTS, *WAITS, *map(_headed, why)], _rows(question, why)


def _measures(asked: Asked) -> list[str]:
    """Every measure with a reason behind it that there is in the period: each is a column."""
    words = ("undelivered ", "failed ", "refused ")
    return [m for word in words for m in sorted(figures.totals(asked)) if m.startswith(word)]


def _headed(measure: str) -> str:
    """refused opted_out: Refused Opted Out."""
    return measure.replace("refused", "not sent").replace("_", " ").title()


def _rows(question: Question, why: list[str]) -> Batches:
    asked, step = question.figures, question.step
    inboxes = _inboxes(question)
    buckets = asked.period.buckets(step, question.zone)
    for _, block in groupby(buckets, lambda bucket: bucket.first.toordinal() // BLOCK):
        together = list(block)
        part = Period(together[0].first, together[-1].last)
        with scope(asked.team_id):
            seen = figures.by_step_and_inbox(Asked(asked.team_id, part, asked.inboxes, asked.sender), step)
        yield [
            [*when(bucket, question), harmless(name), *_counted(seen.get((bucket.key, id), Figures()), why)]
            for bucket in together
            for id, name in inboxes.items()
        ]


def _inboxes(question: Question) -> dict[int, str]:
    with scope(question.team.id):
        named = dict(question.team.inboxes.order_by("name", "id").values_list("id", "name"))
    return {id: named[id] for id in question.figures.inboxes or named}


def when(bucket: Bucket, question: Question) -> Row:
    """By the team's clock; an hour with its distance from UTC, so that the one that comes twice has two names."""
    if isinstance(bucket.key, datetime):
        return [bucket.key.astimezone(question.zone).isoformat(" ", "minutes")]
    return [bucket.first.isoformat(), bucket.last.isoformat()]


def _counted(of: Figures, why: list[str]) -> Iterator[str]:
    yield from (str(count(of)) for count in COUNTS.values())
    for share in WAITS.values():
        waited = of.waited(share)
        yield "" if waited is None else str(round(waited))
    yield from (str(of[measure]) for measure in why)
