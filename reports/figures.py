"""Figures of a period, of inboxes and of a sender, summed from rollups. Runs in the team's scope."""

from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from kernel.sql import fetch_unprepared
from reports.histogram import percentile
from reports.measures import HANDED_OVER
from reports.models import ALL_SENDERS
from reports.periods import Period, Step


@dataclass(frozen=True)
class FigureQuery:
    """Which rollups to sum. `inboxes` empty: all inboxes, and changes that belong to none."""

    team_id: int
    period: Period
    inboxes: tuple[int, ...] = ()
    sender: str = ALL_SENDERS

    def before(self) -> "FigureQuery":
        """The same query for the previous period."""
        return replace(self, period=self.period.before())


class MeasureCounts(Counter[str]):
    """How often each measure occurred; see reports.measures."""

    def total_of(self, word: str) -> int:
        """The sum of all measures that begin with this word: "failed" sums the texts of every error code."""
        return sum(count for measure, count in self.items() if measure.partition(" ")[0] == word)

    def counts_by_reason(self, word: str) -> dict[str, int]:
        """Counts by the rest of the measure (error codes, reasons of refusal), the most frequent first."""
        counts = {m.partition(" ")[2]: n for m, n in self.items() if m.partition(" ")[0] == word}
        return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))

    def minus(self, others: Iterable["MeasureCounts"]) -> "MeasureCounts":
        """A copy from which these are subtracted."""
        rest = MeasureCounts(self)
        for counts in others:
            rest.subtract(counts)
        return rest

    @property
    def received(self) -> int:
        return self["received"]

    @property
    def handed_over(self) -> int:
        """Texts that the carrier accepted or may have accepted."""
        return sum(map(self.total_of, HANDED_OVER))

    @property
    def outbound(self) -> int:
        """All outbound texts, also those that were not handed over."""
        return self.handed_over + self["waiting"] + self.total_of("failed") + self.total_of("refused")

    @property
    def non_automatic(self) -> int:
        """Texts that were handed over, without confirmations and answers to keywords."""
        return self.handed_over - self["automatic"]

    @property
    def first_replies(self) -> int:
        """First replies to people who were waiting."""
        return self.total_of("reply_time")

    def reply_time(self, share: float) -> float | None:
        """The seconds within which a `share` of the first replies were sent, accurate to five percent."""
        return self.percentile("reply_time", share)

    def percentile(self, word: str, share: float) -> float | None:
        """The percentile of any histogram, in its unit."""
        return percentile(
            {int(bucket): count for bucket, count in self.counts_by_reason(word).items()}, share
        )


def list_measures(word: str, now: MeasureCounts, before: MeasureCounts) -> list[str]:
    """The measures that begin with this word in either period, the most frequent first."""
    measures = {
        f"{word} {reason}".rstrip()
        for reason in (*now.counts_by_reason(word), *before.counts_by_reason(word))
    }
    return sorted(measures, key=lambda measure: (-now[measure], -before[measure], measure))


def totals(query: FigureQuery) -> MeasureCounts:
    return _grouped("t.team_id", query).get(query.team_id, MeasureCounts())


def by_inbox(query: FigureQuery) -> dict[int, MeasureCounts]:
    return _grouped("t.inbox_id", query)


def by_sender(query: FigureQuery) -> dict[str, MeasureCounts]:
    """Figures of every sender; query.sender is ignored. Texts without a sender are left out."""
    return _grouped("t.sender", query, senders=True)


def by_hour_of_day(query: FigureQuery) -> dict[int, MeasureCounts]:
    """Figures by hour of the day (0 to 23), of all senders together. Without histograms."""
    grains = {"month": "hour_of_day", "day": "hour"}
    spans = [(grains[grain], first, last) for grain, first, last in query.period.spans()]
    return _grouped("t.hour_of_day", query, spans, with_histograms=False)


def by_step(
    query: FigureQuery, step: Step, with_histograms: bool = False
) -> dict[date | datetime, MeasureCounts]:
    """Figures by the key of each step; steps without any are missing."""
    return _grouped(_KEYS[step], query, _spans(query, step), with_histograms)


def by_step_and_inbox(query: FigureQuery, step: Step) -> dict[tuple[date | datetime, int], MeasureCounts]:
    """Figures by step and inbox, with histograms."""
    grouped: dict[Any, MeasureCounts] = {}
    for key, inbox, measure, count in _rows(
        f"{_KEYS[step]}, t.inbox_id", query, _spans(query, step), True, False
    ):
        grouped.setdefault((key, inbox), MeasureCounts())[measure] = count
    return grouped


_KEYS = {
    Step.HOUR: "t.hour",
    Step.DAY: "t.day",
    Step.WEEK: "date_trunc('week', t.day)::date",
    Step.MONTH: "date_trunc('month', t.day)::date",
}


def _spans(query: FigureQuery, step: Step) -> list[tuple[str, date, date]]:
    if step == Step.MONTH:
        return query.period.spans()
    return [("hour" if step == Step.HOUR else "day", query.period.first, query.period.last)]


def _grouped(
    key: str,
    query: FigureQuery,
    spans: list[tuple[str, date, date]] | None = None,
    with_histograms: bool = True,
    senders: bool = False,
) -> dict[Any, MeasureCounts]:
    grouped: dict[Hashable, MeasureCounts] = {}
    for group, measure, count in _rows(key, query, spans or query.period.spans(), with_histograms, senders):
        grouped.setdefault(group, MeasureCounts())[measure] = count
    return grouped


def _rows(
    keys: str, query: FigureQuery, spans: list[tuple[str, date, date]], with_histograms: bool, senders: bool
) -> list[tuple[Any, ...]]:
    """OFFSET keeps the planner from joining: each span is one range of the index."""
    values = [query.team_id, *map(list, zip(*spans, strict=True))]
    return fetch_unprepared(
        f"SELECT {keys}, t.measure, sum(t.count)::bigint"
        " FROM unnest($2::text[], $3::date[], $4::date[]) AS span (grain, first, last), LATERAL ("
        " SELECT * FROM reports_rollup WHERE team_id = $1 AND grain = span.grain AND is_histogram = ANY($7)"
        f" AND sender {'<>' if senders else '='} $5 AND day BETWEEN span.first AND span.last"
        " AND ($6::bigint[] = '{}' OR inbox_id = ANY($6)) OFFSET 0) AS t"
        f" GROUP BY {keys}, t.measure",
        *values,
        ALL_SENDERS if senders else query.sender,
        list(query.inboxes),
        [False, True] if with_histograms else [False],
    )
