"""The figures that pages show: tallies added up, for a period, some inboxes and a sender. Inside the team's scope."""

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
    """What is to be added up. No inboxes: all of them, and what belongs to none."""

    team_id: int
    period: Period
    inboxes: tuple[int, ...] = ()
    sender: str = ALL_SENDERS

    def before(self) -> "FigureQuery":
        """The same of the period that it is compared with."""
        return replace(self, period=self.period.before())


class MeasureCounts(Counter[str]):
    """How often each measure was seen; see reports.measures."""

    def of(self, word: str) -> int:
        """All measures that begin with this word: "failed" counts every code of failed texts."""
        return sum(count for measure, count in self.items() if measure.partition(" ")[0] == word)

    def reasons(self, word: str) -> dict[str, int]:
        """What stands behind the word, most frequent first: the codes of failed texts, the reasons of refused ones."""
        found = {m.partition(" ")[2]: n for m, n in self.items() if m.partition(" ")[0] == word}
        return dict(sorted(found.items(), key=lambda one: (-one[1], one[0])))

    def without(self, several: Iterable["MeasureCounts"]) -> "MeasureCounts":
        """What is left when these are taken away."""
        rest = MeasureCounts(self)
        for one in several:
            rest.subtract(one)
        return rest

    @property
    def received(self) -> int:
        return self["received"]

    @property
    def left(self) -> int:
        """Texts that left us: the carrier took them, or may have."""
        return sum(map(self.of, HANDED_OVER))

    @property
    def outbound(self) -> int:
        """Every text of ours, also those that did not leave."""
        return self.left + self["waiting"] + self.of("failed") + self.of("refused")

    @property
    def written(self) -> int:
        """Texts that left, but for the product's own answers to keywords."""
        return self.left - self["automatic"]

    @property
    def answers(self) -> int:
        """First answers to somebody who waited."""
        return self.of("wait")

    def waited(self, share: float) -> float | None:
        """The seconds within which a share of the first answers came, right within five percent."""
        return self.percentile("wait", share)

    def percentile(self, word: str, share: float) -> float | None:
        """The same of any histogram, in its unit."""
        return percentile({int(bucket): count for bucket, count in self.reasons(word).items()}, share)


def list_measures(word: str, now: MeasureCounts, before: MeasureCounts) -> list[str]:
    """Those that begin with this word in either period, the most frequent first."""
    found = {f"{word} {why}".rstrip() for why in (*now.reasons(word), *before.reasons(word))}
    return sorted(found, key=lambda measure: (-now[measure], -before[measure], measure))


def totals(asked: FigureQuery) -> MeasureCounts:
    return _grouped("t.team_id", asked).get(asked.team_id, MeasureCounts())


def by_inbox(asked: FigureQuery) -> dict[int, MeasureCounts]:
    return _grouped("t.inbox_id", asked)


def by_sender(asked: FigureQuery) -> dict[str, MeasureCounts]:
    """Of each sender, whichever is asked for; nobody's are left out."""
    return _grouped("t.sender", asked, senders=True)


def by_hour_of_day(asked: FigureQuery) -> dict[int, MeasureCounts]:
    """By the hour of the day, 0 to 23, of all senders together. Without histograms."""
    grains = {"month": "hour_of_day", "day": "hour"}
    spans = [(grains[grain], first, last) for grain, first, last in asked.period.spans()]
    return _grouped("t.hour_of_day", asked, spans, is_histogram=False)


def by_step(
    asked: FigureQuery, step: Step, is_histogram: bool = False
) -> dict[date | datetime, MeasureCounts]:
    """Of each step in which there was something, by its key. With histograms if they are wanted."""
    return _grouped(_KEYS[step], asked, _spans(asked, step), is_histogram)


def by_step_and_inbox(asked: FigureQuery, step: Step) -> dict[tuple[date | datetime, int], MeasureCounts]:
    """The same of each inbox, with histograms."""
    grouped: dict[Any, MeasureCounts] = {}
    for key, inbox, measure, count in _rows(
        f"{_KEYS[step]}, t.inbox_id", asked, _spans(asked, step), True, False
    ):
        grouped.setdefault((key, inbox), MeasureCounts())[measure] = count
    return grouped


_KEYS = {
    Step.HOUR: "t.hour",
    Step.DAY: "t.day",
    Step.WEEK: "date_trunc('week', t.day)::date",
    Step.MONTH: "date_trunc('month', t.day)::date",
}


def _spans(asked: FigureQuery, step: Step) -> list[tuple[str, date, date]]:
    if step == Step.MONTH:
        return asked.period.spans()
    return [("hour" if step == Step.HOUR else "day", asked.period.first, asked.period.last)]


def _grouped(
    key: str,
    asked: FigureQuery,
    spans: list[tuple[str, date, date]] | None = None,
    is_histogram: bool = True,
    senders: bool = False,
) -> dict[Any, MeasureCounts]:
    grouped: dict[Hashable, MeasureCounts] = {}
    for group, measure, count in _rows(key, asked, spans or asked.period.spans(), is_histogram, senders):
        grouped.setdefault(group, MeasureCounts())[measure] = count
    return grouped


def _rows(
    keys: str, asked: FigureQuery, spans: list[tuple[str, date, date]], is_histogram: bool, senders: bool
) -> list[tuple[Any, ...]]:
    """Each span is read by its own piece of an index; OFFSET keeps the planner from reading everything at once."""
    values = [asked.team_id, *map(list, zip(*spans, strict=True))]
    return fetch_unprepared(
        f"SELECT {keys}, t.measure, sum(t.count)::bigint"
        " FROM unnest($2::text[], $3::date[], $4::date[]) AS span (grain, first, last), LATERAL ("
        " SELECT * FROM reports_rollup WHERE team_id = $1 AND grain = span.grain AND is_histogram = ANY($7)"
        f" AND sender {'<>' if senders else '='} $5 AND day BETWEEN span.first AND span.last"
        " AND ($6::bigint[] = '{}' OR inbox_id = ANY($6)) OFFSET 0) AS t"
        f" GROUP BY {keys}, t.measure",
        *values,
        ALL_SENDERS if senders else asked.sender,
        list(asked.inboxes),
        [False, True] if is_histogram else [False],
    )
