"""The report Consent as a file: a row for each step, whose counts add up to those of the page."""

from collections.abc import Iterator

from contacts.exports.stream import RowBatches
from kernel.spreadsheets.writers import Row
from kernel.tenancy import scope
from reports import figures, reasons
from reports.consent_report import CONFIRMATION_OUTCOMES, count_opt_outs_by_text, snapshots_by_step
from reports.figures import MeasureCounts
from reports.models import Snapshot
from reports.periods import Step
from reports.query import ReportQuery
from reports.volume_export import step_cells

STANDINGS = ("Contacts", "May Be Texted", "Opted Out", "Blocked")
STOPS = ("Opt-outs By Text", "Measured", "Median Microseconds", "99th Percentile Microseconds")


def export(question: ReportQuery) -> tuple[Row, RowBatches]:
    """Its header and its rows. Call it in the scope of the team; the rows are read outside of it."""
    seen = figures.totals(question.figures)
    refused = sorted(m for m in seen if m.startswith("refused"))
    verdicts = sorted(m for m in seen if m.startswith("confirmation "))
    first = ("Hour",) if question.step == Step.HOUR else ("From", "To")
    header = [
        *first, *STANDINGS, "Not Sent", *map(_refusal, refused), "Crossed", *STOPS,
        "Confirmations", *map(_verdict, verdicts),
    ]  # fmt: skip
    return header, _rows(question, refused, verdicts)


def _refusal(measure: str) -> str:
    return f"Not Sent: {reasons.refusal_reason(measure.partition(' ')[2])}"


def _verdict(measure: str) -> str:
    verdict = measure.partition(" ")[2]
    return f"Confirmation: {CONFIRMATION_OUTCOMES[verdict][0] if verdict in CONFIRMATION_OUTCOMES else verdict.replace('_', ' ')}"


def _rows(question: ReportQuery, refused: list[str], verdicts: list[str]) -> RowBatches:
    buckets = question.period.buckets(question.step, question.zone)
    with scope(question.team.id):
        seen = figures.by_step(question.figures, question.step, is_histogram=True)
        taken = snapshots_by_step(question, buckets)
    yield [
        [*step_cells(bucket, question), *_standings(snapshot), *_counted(seen.get(bucket.key, MeasureCounts()), refused, verdicts)]
        for bucket, snapshot in zip(buckets, taken, strict=True)
    ]  # fmt: skip


def _standings(of: Snapshot | None) -> Row:
    """Empty where none was taken; of an hour, that of its day."""
    counts = (of.contacts, of.textable, of.opted_out, of.blocked) if of else ("",) * len(STANDINGS)
    return [str(count) for count in counts]


def _counted(of: MeasureCounts, refused: list[str], verdicts: list[str]) -> Iterator[str]:
    yield str(of.of("refused"))
    yield from (str(of[measure]) for measure in refused)
    yield str(of["crossed"])
    yield str(count_opt_outs_by_text(of))
    yield str(of.of("heard"))
    for share in (0.5, 0.99):
        took = of.percentile("heard", share)
        yield "" if took is None else str(round(took))
    yield str(of.of("confirmation"))
    yield from (str(of[measure]) for measure in verdicts)
