"""The report Volume: texts in and out, what became of ours, and by which inboxes and senders."""

from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass

from reports import axis, figures, reasons, senders, wording
from reports.asked import InboxForm, Question, SenderForm, StepForm
from reports.charts import Chart, Series, bar_chart, line_chart
from reports.comparing import Column, Figure, Head, Row, Table, cells, counted, heads, share
from reports.figures import Figures
from reports.models import EVERYBODY
from reports.periods import Step
from reports.scales import Scale

# -- what is told of figures -------------------------------------------------------------------------------------


def delivered_share(of: Figures) -> float | None:
    return share(of["delivered"], of.left)


def not_arrived(of: Figures) -> int:
    return of.of("undelivered") + of.of("failed")


OUT: tuple[Column[Figures], ...] = (
    Column("Sent", lambda of: of.left, hint="Texts that left us"),
    Column("Delivered", delivered_share, Scale.SHARE, hint="Of those that were sent"),
    Column("Not delivered", not_arrived, hint="Undelivered or failed at the carrier"),
    Column("Not sent", lambda of: of.of("refused"), hint="Refused before they left"),
    Column("Segments", lambda of: of["segments out"], hint="Of the texts that were sent"),
    Column("First answers", lambda of: of.answers),
    Column(
        "Median", lambda of: of.waited(0.5), Scale.SECONDS, hint="Half of the first answers came within it"
    ),
    Column("90th", lambda of: of.waited(0.9), Scale.SECONDS, hint="Nine of ten first answers came within it"),
)
IN_AND_OUT = (
    Column("Received", lambda of: of.received),
    *OUT[:5],
    Column("Begun", lambda of: of["begun"], hint="Conversations that began, after a day of quiet"),
    *OUT[5:],
)


# Each way in which a text of ours ends, by the word of its measure, with what explains what stands behind it.
FATES: tuple[tuple[str, str, Callable[[str], str] | None], ...] = (
    ("delivered", "Delivered", None),
    ("sent", "Sent; the carrier has told no more", None),
    ("unknown", "Not known whether it left", None),
    ("waiting", "On its way to the carrier", None),
    ("undelivered", "Undelivered", reasons.carrier),
    ("failed", "Failed", reasons.carrier),
    ("refused", "Not sent", reasons.refusal),
)
FATE_HEADS = (Head("Outcome"), Head("Texts"), Head("Share"), Head("Before"))


class VolumeForm(StepForm, InboxForm, SenderForm):
    """Days and steps, an inbox, a sender."""


@dataclass(frozen=True)
class Volume:
    """The page. Of one sender, nothing that came in is told: that was sent by nobody of us."""

    figures: tuple[Figure, ...]
    chart: Chart
    answers: Chart | None  # where that is asked for in steps that are quickly read
    fates: Table
    inboxes: Table
    senders: Table | None


def volume_of(question: Question) -> Volume | None:
    """None where nothing was texted, nor in the period before."""
    asked = question.figures
    now, before = figures.totals(asked), figures.totals(asked.before())
    if not (now.received or now.outbound or before.received or before.outbound):
        return None
    everybody = asked.sender == EVERYBODY
    return Volume(
        figures=tuple(_figures(now, before, everybody)),
        chart=_chart(question, everybody),
        answers=_answers(question) if now.answers and in_sight(question) else None,
        fates=_fates(now, before),
        inboxes=_inboxes(question, now, everybody),
        senders=_senders(question, now) if everybody else None,
    )


# -- its parts ---------------------------------------------------------------------------------------------------


def _figures(now: Figures, before: Figures, everybody: bool) -> Iterator[Figure]:
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


def _automatic(now: Figures) -> str:
    return f"{now['automatic']:,} of them automatic" if now["automatic"] else ""


def _chart(question: Question, everybody: bool) -> Chart:
    asked, step = question.figures, question.step
    buckets = asked.period.buckets(step, question.zone)
    now = question.by_step(asked)
    sent = Series("Sent", [of.left for of in now])
    received = [Series("Received", [of.received for of in now])] if everybody else []
    earlier = [of.left + of.received for of in question.by_step(asked.before())]
    notes = wording.cut(buckets, step), wording.surplus(len(now), len(earlier), step)
    return bar_chart(
        "texts", f"Texts by {step}", axis.across(asked.period, step, question.zone), [sent, *received],
        before=Series(f"{'Both' if everybody else 'Sent'} in the period before", earlier),
        note=" ".join(filter(None, notes)),
    )  # fmt: skip


def in_sight(question: Question) -> bool:
    """Whether times are drawn: each step of them has as many rows as there are buckets."""
    days = question.period.days
    return question.step == Step.MONTH or days <= (3 if question.step == Step.HOUR else 92)


def _answers(question: Question) -> Chart:
    asked, step = question.figures, question.step
    steps = question.by_step(asked, timed=True)
    median = Series("Median", [of.waited(0.5) for of in steps])
    slowest = Series("90th percentile", [of.waited(0.9) for of in steps])
    return line_chart(
        "answers", "Time to the first answer", axis.across(asked.period, step, question.zone), [median, slowest],
        scale=Scale.SECONDS, note="The lines break where nobody was answered." if None in median.values else "",
    )  # fmt: skip


def _fates(now: Figures, before: Figures) -> Table:
    """What became of every text of ours: the rows add up to all of them."""
    rows = [
        Row(
            f"{label}: {explain(why)}" if explain else label,
            counted(now[measure], now.outbound, before[measure]),
            why if explain is reasons.carrier else "",
            reasons.page(why) if explain is reasons.carrier else "",
        )
        for word, label, explain in FATES
        for measure in figures.measures(word, now, before)
        for why in [measure.partition(" ")[2]]
    ]
    sums = Row("All", counted(now.outbound, now.outbound, before.outbound))
    return Table("fates", "What became of our texts", FATE_HEADS, tuple(rows), sums)


def _inboxes(question: Question, now: Figures, everybody: bool) -> Table:
    seen, columns = figures.by_inbox(question.figures), IN_AND_OUT if everybody else OUT
    names = dict(question.team.inboxes.order_by("name", "id").values_list("id", "name"))
    wanted = question.figures.inboxes or names
    found = [(names.get(id, "No inbox"), seen.get(id, Figures())) for id in wanted]
    found.sort(key=lambda one: -(one[1].received + one[1].outbound))
    rows = tuple(Row(name, cells(columns, of)) for name, of in found)
    return Table("inboxes", "By inbox", heads("Inbox", columns), rows, Row("All", cells(columns, now)))


def _senders(question: Question, now: Figures) -> Table:
    """Who sent; what nobody did, as the product's own answers, is a row of its own, so that all of it adds up."""
    seen = {sender: of for sender, of in figures.by_sender(question.figures).items() if of.outbound}
    names = senders.names(question.team, seen)
    found = sorted(seen.items(), key=lambda one: (-one[1].outbound, names[one[0]].casefold()))
    here = senders.here(question.team)
    rows = [Row(names[sender], cells(OUT, of), _kind(sender, here)) for sender, of in found]
    rest = now.without(seen.values())
    if rest.outbound:
        rows.append(Row("Nobody: automatic answers", cells(OUT, rest)))
    return Table("senders", "By sender", heads("Sender", OUT), tuple(rows), Row("All", cells(OUT, now)))


def _kind(sender: str, here: Container[str]) -> str:
    if sender.startswith(senders.NAMED):
        return "program"
    return "" if sender in here else "left"
