"""Consent export: one row per step. The counts add up to those of the page."""

from collections.abc import Iterator

from contacts.exports.stream import RowBatches
from kernel.spreadsheets.writers import Row
from kernel.tenancy import scope
from reports import figures, reasons
from reports.consent_report import CONFIRMATION_OUTCOMES, count_opt_outs_by_text
from reports.figures import MeasureCounts
from reports.models import Snapshot
from reports.periods import Step
from reports.query import ReportQuery
from reports.standing_counts import snapshots_by_step
from reports.volume_export import step_cells

STANDINGS = ("Contacts", "May Be Texted", "Opted Out", "Blocked")
STOPS = ("Opt-outs By Text", "Measured", "Median Microseconds", "99th Percentile Microseconds")


def export(query: ReportQuery) -> tuple[Row, RowBatches]:
    """Header and rows. Called in the team's scope; the rows open their own."""
    totals = figures.totals(query.figure_query)
    refused = sorted(measure for measure in totals if measure.startswith("refused"))
    outcomes = sorted(measure for measure in totals if measure.startswith("confirmation "))
    first = ("Hour",) if query.step == Step.HOUR else ("From", "To")
    header = [
        *first, *STANDINGS, "Not Sent", *map(_refusal_head, refused), "Crossed", *STOPS,
        "Confirmations", *map(_outcome_head, outcomes),
    ]  # fmt: skip
    return header, _rows(query, refused, outcomes)


def _refusal_head(measure: str) -> str:
    return f"Not Sent: {reasons.refusal_reason(measure.partition(' ')[2])}"


def _outcome_head(measure: str) -> str:
    outcome = measure.partition(" ")[2]
    label = (
        CONFIRMATION_OUTCOMES[outcome][0] if outcome in CONFIRMATION_OUTCOMES else outcome.replace("_", " ")
    )
    return f"Confirmation: {label}"


def _rows(query: ReportQuery, refused: list[str], outcomes: list[str]) -> RowBatches:
    buckets = query.period.buckets(query.step, query.zone)
    with scope(query.team.id):
        by_step = figures.by_step(query.figure_query, query.step, with_histograms=True)
        snapshots = snapshots_by_step(query, buckets)
    counts = (by_step.get(bucket.key, MeasureCounts()) for bucket in buckets)
    yield [
        [*step_cells(bucket, query), *_standing_cells(snapshot), *_count_cells(of_step, refused, outcomes)]
        for bucket, snapshot, of_step in zip(buckets, snapshots, counts, strict=True)
    ]


def _standing_cells(snapshot: Snapshot | None) -> Row:
    """Empty without a snapshot. An hour has the snapshot of its day."""
    if snapshot is None:
        return [""] * len(STANDINGS)
    return [*map(str, (snapshot.contacts, snapshot.textable, snapshot.opted_out, snapshot.blocked))]


def _count_cells(counts: MeasureCounts, refused: list[str], outcomes: list[str]) -> Iterator[str]:
    yield str(counts.total_of("refused"))
    yield from (str(counts[measure]) for measure in refused)
    yield str(counts["crossed"])
    yield str(count_opt_outs_by_text(counts))
    yield str(counts.total_of("opt_out_latency"))
    for share in (0.5, 0.99):
        latency = counts.percentile("opt_out_latency", share)
        yield "" if latency is None else str(round(latency))
    yield str(counts.total_of("confirmation"))
    yield from (str(counts[measure]) for measure in outcomes)
