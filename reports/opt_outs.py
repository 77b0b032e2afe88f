"""The report Opt Out: how many left and came back, by whom, and how many of 1,000 texts made somebody leave."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from optout.models import Action, Origin
from reports import axis, changes, figures, senders, wording
from reports.changes import Wanted, measure
from reports.charts import Across, Chart, Label, Series, bar_chart
from reports.charts import Row as ChartRow
from reports.comparing import Column, Figure, Row, Table, cells, changed, heads
from reports.figures import Figures
from reports.opt_out_asked import PERSON, TEAM, OptOutQuestion
from reports.scales import Scale

FEW = 100  # texts: of fewer, a rate says nothing
TOP = 5  # rows of a table before one asks for all


@dataclass(frozen=True)
class Side:
    """What is told as one figure and one series."""

    label: str
    action: Action
    origins: tuple[Origin, ...]
    look: str  # in the chart
    always: bool = True  # else where there is something

    def of(self, seen: Figures, wanted: Wanted) -> int:
        """How many of them, within what is asked for."""
        return sum(
            seen[measure(kind)] for kind in wanted.kinds if kind[0] == self.action and kind[1] in self.origins
        )

    def is_asked(self, wanted: Wanted) -> bool:
        return self.action in wanted.actions and bool({*self.origins} & {*wanted.origins})


SIDES = (
    Side("Opt-outs by the person", Action.OPTED_OUT, PERSON, "one"),
    Side("Opt-outs by your team", Action.OPTED_OUT, TEAM, "two"),
    Side("Opt-outs moved in", Action.OPTED_OUT, (Origin.MOVED_IN,), "four", always=False),
    Side("Opt-ins", Action.OPTED_IN, tuple(Origin), "three"),
)


# -- rates -------------------------------------------------------------------------------------------------------


def left(of: Figures) -> int:
    """People who opted out themselves, each once: repeated requests are not counted."""
    return sum(of[f"{Action.OPTED_OUT} {origin}"] for origin in PERSON)


def rate(of: Figures) -> float | None:
    """Of 1,000 texts; None where there are too few to tell."""
    return 1000 * left(of) / of.written if of.written >= FEW else None


RATES: tuple[Column[Figures], ...] = (
    Column("Opt-outs", left, hint="By the person, by text or through the carrier"),
    Column("Texts", lambda of: of.written, hint="That left, without automatic ones"),
    Column(
        "Per 1,000",
        rate,
        Scale.RATE,
        hint=f"Opt-outs of 1,000 texts; of fewer than {FEW} texts it says nothing",
    ),
)


def in_words(of: Figures) -> str:
    told = rate(of)
    if told is not None:
        return Scale.RATE.words(told)
    return f"{left(of):,} of {of.written:,} text{'s' * (of.written != 1)}" if of.written else "–"


# -- the report --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Rates:
    """Where and when people leave."""

    inboxes: Table
    senders: Table
    hours: Chart

    @property
    def tables(self) -> list[tuple[Table, Table | None]]:
        """Each as it opens, and the whole of it where that is more."""
        return [
            (replace(table, rows=table.rows[:TOP]), _whole(table) if len(table.rows) > TOP else None)
            for table in (self.inboxes, self.senders)
        ]


def _whole(table: Table) -> Table:
    return replace(table, name=f"all-{table.name}")


@dataclass(frozen=True)
class OptOuts:
    """The page, but for its list. A search has no chart and no rates: of single numbers there are no tallies."""

    total: int
    figures: tuple[Figure, ...]
    chart: Chart | None = None
    rates: Rates | None = None


def opt_outs(question: OptOutQuestion) -> OptOuts | None:
    """None where there was nothing, nor in the period before."""
    wanted, asked = question.wanted, question.figures
    if wanted.q:
        now, before = (
            changes.counted(one) for one in (wanted, replace(wanted, period=wanted.period.before()))
        )
        return OptOuts(total(now, wanted), tuple(_counts(now, before, wanted)))
    now, before = figures.totals(asked), figures.totals(asked.before())
    if not (total(now, wanted) or total(before, wanted)):
        return None
    rated = Action.OPTED_OUT in wanted.actions and {*PERSON} <= {*wanted.origins}
    shown = [*_counts(now, before, wanted), *([_rate(now, before)] if rated else [])]
    return OptOuts(
        total(now, wanted), tuple(shown), _chart(question), _rates(question, now) if rated else None
    )  # fmt: skip


def total(seen: Figures, wanted: Wanted) -> int:
    """How many lines the list has."""
    return sum(seen[measure(kind)] for kind in wanted.kinds)


# -- its parts ---------------------------------------------------------------------------------------------------


def _counts(now: Figures, before: Figures, wanted: Wanted) -> Iterator[Figure]:
    for side in SIDES:
        here, earlier = side.of(now, wanted), side.of(before, wanted)
        if side.is_asked(wanted) and (side.always or here or earlier):
            yield Figure.of(side.label, here, earlier, hint=_again(side, now, wanted))


def _again(side: Side, now: Figures, wanted: Wanted) -> str:
    repeated = side.of(now, wanted) - side.of(now, replace(wanted, repeated=False))
    return f"{repeated:,} of them repeated" if repeated else ""


def _rate(now: Figures, before: Figures) -> Figure:
    return Figure(
        "Per 1,000 texts", in_words(now), in_words(before), changed(rate(now), rate(before)),
        hint="opt-outs by the person, each once",
    )  # fmt: skip


def _chart(question: OptOutQuestion) -> Chart:
    period, step, wanted = question.period, question.step, question.wanted
    buckets = period.buckets(step, question.zone)
    now = question.by_step(question.figures)
    told = [side for side in SIDES if side.is_asked(wanted)]
    series = [(side, Series(side.label, [side.of(of, wanted) for of in now], side.look)) for side in told]
    return bar_chart(
        "changes", f"Opt-outs and opt-ins by {step}", axis.across(period, step, question.zone),
        [one for side, one in series if side.always or any(one.values)],
        beside=True, note=wording.cut(buckets, step),
    )  # fmt: skip


def _rates(question: OptOutQuestion, now: Figures) -> Rates:
    boxes = dict(question.team.inboxes.values_list("id", "name"))
    by_inbox = [(boxes.get(id, "No inbox"), of) for id, of in figures.by_inbox(question.figures).items()]
    return Rates(
        _table("inboxes", "By inbox", "Inbox", by_inbox, now),
        _table("senders", "By who wrote the last text before", "Sender", _by_sender(question, now), now),
        _hours(question, now),
    )


def _by_sender(question: OptOutQuestion, now: Figures) -> Iterator[tuple[str, Figures]]:
    """What nobody wrote is a line of its own, so that all of it adds up."""
    seen = figures.by_sender(question.figures)
    names = senders.names(question.team, seen)
    yield from ((names[sender], of) for sender, of in seen.items())
    yield "No text before, or nobody’s", now.without(seen.values())


def _table(name: str, title: str, first: str, seen: Iterable[tuple[str, Figures]], now: Figures) -> Table:
    found = sorted(
        ((label, of) for label, of in seen if left(of) or of.written),
        key=lambda one: (-left(one[1]), -one[1].written, one[0].casefold()),
    )
    rows = tuple(Row(label, cells(RATES, of)) for label, of in found)
    return Table(name, title, heads(first, RATES), rows, Row("All", cells(RATES, now)))


def _hours(question: OptOutQuestion, now: Figures) -> Chart:
    """By the hour of the day; the table behind the picture tells the rates."""
    seen = figures.by_clock(question.figures)
    of_hours = [seen.get(hour, Figures()) for hour in range(24)]
    names = [f"{hour:02}:00" for hour in range(24)]
    labels = [Label(hour, names[hour]) for hour in range(0, 24, 3)]
    across = Across("Hour", names, labels, labels[::2])
    chart = bar_chart(
        "hours", "By hour of the day", across, [Series("Opt-outs by the person", [*map(left, of_hours)])]
    )
    return replace(
        chart,
        head=("Hour", *(column.label for column in RATES)),
        rows=tuple(ChartRow(name, cells(RATES, of)) for name, of in zip(names, of_hours, strict=True)),
        sums=ChartRow("All", cells(RATES, now)),
    )
