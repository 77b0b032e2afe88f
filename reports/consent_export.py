"""The report Consent as a file: a row for each step, whose counts add up to those of the page."""

from collections.abc import Iterator

from accounts.tenancy import scope
from contacts.exports import Batches
from contacts.writers import Row
from reports import figures, reasons
from reports.asked import Question
from reports.consent_report import VERDICTS, by_bucket, heard
from reports.figures import Figures
from reports.models import Snapshot
from reports.periods import Step
from reports.volume_export import when

STANDINGS = ("Contacts", "May Be Texted", "Opted Out", "Blocked")
STOPS = ("Opt-outs By Text", "Measured", "Median Microseconds", "99th Percentile Microseconds")


def export(question: Question) -> tuple[Row, Batches]:
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
    return f"Not Sent: {reasons.refusal(measure.partition(' ')[2])}"


def _verdict(measure: str) -> str:
    verdict = measure.partition(" ")[2]
    return f"Confirmation: {VERDICTS[verdict][0] if verdict in VERDICTS else verdict.replace('_', ' ')}"


def _rows(question: Question, refused: list[str], verdicts: list[str]) -> Batches:
    buckets = question.period.buckets(question.step, question.zone)
    with scope(question.team.id):
        seen = figures.by_step(question.figures, question.step, timed=True)
        taken = by_bucket(question, buckets)
    yield [
        [*when(bucket, question), *_standings(snapshot), *_counted(seen.get(bucket.key, Figures()), refused, verdicts)]
        for bucket, snapshot in zip(buckets, taken, strict=True)
    ]  # fmt: skip


def _standings(of: Snapshot | None) -> Row:
    """Empty where none was taken; of an hour, that of its day."""
    counts = (of.contacts, of.textable, of.opted_out, of.blocked) if of else ("",) * len(STANDINGS)
    return [str(count) for count in counts]


def _counted(of: Figures, refused: list[str], verdicts: list[str]) -> Iterator[str]:
    yield str(of.of("refused"))
    yield from (str(of[measure]) for measure in refused)
    yield str(of["crossed"])
    yield str(heard(of))
    yield str(of.of("heard"))
    for share in (0.5, 0.99):
        took = of.percentile("heard", share)
        yield "" if took is None else str(round(took))
    yield str(of.of("confirmation"))
    yield from (str(of[measure]) for measure in verdicts)
