"""Headlines of reports: one sentence that says what happened in a period, compared with the one before. Pure."""

from reports.charts.scales import Scale, format_percent
from reports.figures import MeasureCounts
from reports.models import Snapshot
from reports.opt_out_rates import opt_out_rate, own_opt_outs
from reports.periods import Period
from reports.tables import share


def opt_out_headline(now: MeasureCounts, before: MeasureCounts, period: Period) -> str:
    """4 people opted out (6.6 per 1,000 texts), 2 more than in the 30 days before."""
    count, rate = own_opt_outs(now), opt_out_rate(now)
    words = f"{_people(count)} opted out" if count else "Nobody opted out"
    if count and rate is not None:
        words += f" ({Scale.RATE.format_value(rate)} per 1,000 texts)"
    return f"{words}{_compared(count, own_opt_outs(before), before, period)}."


def change_headline(now: int, before: int, period: Period) -> str:
    """3 changes, 1 fewer than in the 30 days before. For filters that leave people's own opt-outs out."""
    return f"{now:,} change{'s' * (now != 1)}{_difference(now, before, period)}."


def volume_headline(now: MeasureCounts, before: MeasureCounts, period: Period, *, everybody: bool) -> str:
    """66 texts sent and 70 received, 12 more than in the 30 days before. 98.5% of the sent texts were delivered."""
    count, previous = now.handed_over, before.handed_over
    words = f"{count:,} text{'s' * (count != 1)} sent"
    if everybody:
        count, previous = count + now.received, previous + before.received
        words += f" and {now.received:,} received"
    sentence = f"{words}{_compared(count, previous, before, period)}."
    delivered = share(now["delivered"], now.handed_over)
    if delivered is None:
        return sentence
    return f"{sentence} {format_percent(delivered)} of the sent texts were delivered."


def team_headline(now: MeasureCounts, before: MeasureCounts, period: Period) -> str:
    """The team replied to 35 people who waited, half of them within 4 min, 3 more than in the 30 days before."""
    count, median = now.first_replies, now.reply_time(0.5)
    if not count or median is None:
        return "Nobody who waited got a reply in this period."
    within = f", half of them within {Scale.SECONDS.format_value(median)}"
    difference = _compared(count, before.first_replies, before, period)
    return f"The team replied to {_people(count)} who waited{within}{difference}."


def consent_headline(newest: Snapshot | None, now: MeasureCounts) -> str:
    """37 of 50 contacts may be texted. 1 text was stopped before it was sent."""
    stopped = now.total_of("refused")
    sentence = "1 text was stopped before it was sent."
    if stopped != 1:
        sentence = f"{stopped:,} texts were stopped before they were sent."
    if newest is None:
        return sentence
    contacts = f"{newest.contacts:,} contact{'s' * (newest.contacts != 1)}"
    return f"{newest.textable:,} of {contacts} may be texted. {sentence}"


# -- parts -------------------------------------------------------------------------------------------------------


def _people(count: int) -> str:
    return f"{count:,} {'person' if count == 1 else 'people'}"


def _compared(now: int, before: int, counts: MeasureCounts, period: Period) -> str:
    """The difference to the period before; empty if nothing is known from then."""
    return _difference(now, before, period) if before or counts.received or counts.outbound else ""


def _difference(now: int, before: int, period: Period) -> str:
    then = f"in {name_before(period)}"
    if now == before:
        return f", as many as {then}"
    return f", {abs(now - before):,} {'more' if now > before else 'fewer'} than {then}"


def name_before(period: Period) -> str:
    """The day before; the 30 days before; the month before; the 3 months before."""
    count, unit = period.days, "day"
    if period.is_whole_months:
        before = period.before()
        count = (period.last.year - before.last.year) * 12 + period.last.month - before.last.month
        unit = "month"
    return f"the {unit} before" if count == 1 else f"the {count:,} {unit}s before"
