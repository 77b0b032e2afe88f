"""The report Consent: who may be texted, what was not sent and why, how promptly a STOP stood and was confirmed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from reports import axis, figures, reasons, wording
from reports.asked import InboxForm, Question, StepForm
from reports.charts import Chart, Series, bar_chart, line_chart
from reports.comparing import Figure, Head, Row, Table, counted, share
from reports.figures import Figures
from reports.models import Snapshot
from reports.periods import DAY, Bucket, Period, Step
from reports.scales import Scale

# Of confirmations: the words of each verdict, and what it means.
VERDICTS = {
    "on_time": ("On time", "The carrier took it within 60 seconds of the opt-out."),
    "late": ("Late", "The carrier took it later than 60 seconds after the opt-out, and within five minutes."),
    "waiting": ("On its way", "It waits for a worker, or is with the carrier just now."),
    "unknown": ("Not known", "The connection to the carrier broke while it was sent: it may have arrived."),
    "refused too_late": ("Not sent: too late", "It could not leave within five minutes, and after that it may not."),
    "refused overtaken": ("Not sent: overtaken", "Consent changed again before it left."),
    "refused blocked": ("Not sent: blocked", "Somebody blocked the number before it left."),
    "refused carrier_opted_out": ("Not sent: the carrier’s own list", "The carrier keeps opt-outs too, and refused."),
}  # fmt: skip
HEARD = ("opted_out contact", "opted_out contact again")
SHOWN = 3  # reasons that have a colour of their own; the others share one
HEADS = (Head("Texts"), Head("Share"), Head("Before"))


class ConsentForm(StepForm, InboxForm):
    """Days and steps, and an inbox."""


@dataclass(frozen=True)
class Standings:
    """Who may be texted: as the newest snapshot of the period has it, and over its days."""

    newest: Snapshot
    figures: tuple[Figure, ...]
    chart: Chart


@dataclass(frozen=True)
class Consent:
    """The page."""

    standings: Standings | None
    refused: tuple[Figure, ...]
    chart: Chart | None  # of the refused
    reasons: Table | None
    stops: tuple[Figure, ...]
    heard: int
    measured: int
    confirmations: Table | None
    confirmed: int
    opted_out: int  # by a text, and it changed something


def consent(question: Question) -> Consent:
    asked = question.figures
    now, before = figures.totals(asked), figures.totals(asked.before())
    any_refused = now.of("refused") or before.of("refused")
    return Consent(
        standings=_standings(question),
        refused=tuple(_refused(now, before)),
        chart=_chart(question, now) if any_refused else None,
        reasons=_reasons(now, before) if any_refused else None,
        stops=tuple(_stops(now, before)),
        heard=heard(now),
        measured=now.of("heard"),
        confirmations=_confirmations(now, before),
        confirmed=now.of("confirmation"),
        opted_out=now["opted_out contact"],
    )


# -- who may be texted -------------------------------------------------------------------------------------------


def by_bucket(question: Question, buckets: list[Bucket]) -> list[Snapshot | None]:
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


def _standings(question: Question) -> Standings | None:
    asked = question.figures
    now, before = (_newest(asked.team_id, period) for period in (asked.period, asked.period.before()))
    if now is None:
        return None
    pairs = zip(_counts(now), _counts(before), strict=True)
    told = tuple(Figure.of(label, one, other) for (label, one), (_, other) in pairs)
    return Standings(now, told, _levels(question))


def _counts(of: Snapshot | None) -> Iterator[tuple[str, int | None]]:
    yield "May be texted", of.textable if of else None
    yield "Opted out", of.opted_out if of else None
    yield "Blocked", of.blocked if of else None
    yield "Contacts", of.contacts if of else None


def _levels(question: Question) -> Chart:
    """By day, or as it was at the end of each week or month."""
    step = Step.DAY if question.step == Step.HOUR else question.step
    period = question.period
    taken = by_bucket(question, period.buckets(step, question.zone))
    return line_chart(
        "levels",
        "Contacts whose number may be texted" + ("" if step == Step.DAY else f", at the end of each {step}"),
        axis.across(period, step, question.zone),
        [
            Series("May be texted", [one.textable if one else None for one in taken]),
            Series("Opted out", [one.opted_out if one else None for one in taken], "stop"),
            Series("Blocked", [one.blocked if one else None for one in taken], "two"),
        ],
        scale=Scale.LEVEL,
        note="" if all(taken) else "Where a line breaks, no snapshot was taken.",
    )


# -- what was not sent -------------------------------------------------------------------------------------------


def _refused(now: Figures, before: Figures) -> Iterator[Figure]:
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


def _chart(question: Question, now: Figures) -> Chart:
    asked, step = question.figures, question.step
    buckets = asked.period.buckets(step, question.zone)
    seen = question.by_step(asked)
    most = list(now.reasons("refused"))
    shown = most if len(most) <= SHOWN + 1 else most[:SHOWN]
    series = [Series(reasons.refusal(why), [of[_measure(why)] for of in seen]) for why in shown]
    if shown != most:
        rest = [of.of("refused") - sum(of[_measure(why)] for why in shown) for of in seen]
        series.append(Series("For other reasons", rest))
    return bar_chart(
        "refused", f"Texts not sent by {step}", axis.across(asked.period, step, question.zone),
        series or [Series("Not sent", [0] * len(buckets))],
        before=Series("All in the period before", [of.of("refused") for of in question.by_step(asked.before())]),
        note=wording.cut(buckets, step),
    )  # fmt: skip


def _measure(why: str) -> str:
    return f"refused {why}".rstrip()


def _reasons(now: Figures, before: Figures) -> Table:
    rows = tuple(
        Row(reasons.refusal(measure.partition(" ")[2]), _counted(measure, now, before))
        for measure in figures.measures("refused", now, before)
    )
    sums = Row("All", _summed(now, before, "refused"))
    return Table("reasons", "Why they were not sent", (Head("Reason"), *HEADS), rows, sums)


def _counted(measure: str, now: Figures, before: Figures) -> tuple[str, ...]:
    """With its share of all that begin with the same word."""
    return counted(now[measure], now.of(measure.partition(" ")[0]), before[measure])


def _summed(now: Figures, before: Figures, word: str) -> tuple[str, ...]:
    return counted(now.of(word), now.of(word), before.of(word))


# -- from STOP to standing ---------------------------------------------------------------------------------------


def heard(of: Figures) -> int:
    """Opt-outs by text, also those that changed nothing."""
    return sum(of[measure] for measure in HEARD)


def _stops(now: Figures, before: Figures) -> Iterator[Figure]:
    yield Figure.of("Opt-outs by text", heard(now), heard(before), hint="a second STOP counts too")
    yield _took("Median time to standing", now, before, 0.5, "half of them stood within it")
    yield _took("99th percentile", now, before, 0.99, "99 of 100 stood within it")


def _took(label: str, now: Figures, before: Figures, at: float, hint: str) -> Figure:
    one, other = now.percentile("heard", at), before.percentile("heard", at)
    return Figure(label, instant(one), instant(other), wording.change(one, other), hint)


def instant(microseconds: float | None) -> str:
    """0.9 ms, 12 ms, 1.4 s."""
    if microseconds is None:
        return "–"
    if microseconds < 999_500:
        return f"{microseconds / 1000:.2g} ms" if microseconds < 99_500 else f"{microseconds / 1000:.0f} ms"
    return f"{microseconds / 1_000_000:,.1f} s"


# -- confirmations -----------------------------------------------------------------------------------------------


def _confirmations(now: Figures, before: Figures) -> Table | None:
    rows = tuple(_verdict(measure, now, before) for measure in figures.measures("confirmation", now, before))
    sums = Row("All", _summed(now, before, "confirmation"))
    heads = (Head("What became of it"), *HEADS)
    return Table("confirmations", "Confirmations of opt-outs", heads, rows, sums) if rows else None


def _verdict(measure: str, now: Figures, before: Figures) -> Row:
    verdict, cells = measure.partition(" ")[2], _counted(measure, now, before)
    if verdict in VERDICTS:
        return Row(VERDICTS[verdict][0], cells, VERDICTS[verdict][1])
    word, _, why = verdict.partition(" ")
    if word == "refused":
        return Row(f"Not sent: {reasons.refusal(why)}", cells)
    return Row(f"{word.capitalize()}: {reasons.carrier(why)}", cells, why, reasons.page(why))
