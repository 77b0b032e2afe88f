"""Team export: one row per member, with the previous period."""

from contacts.exports.stream import RowBatches
from kernel.spreadsheets.cells import escape_formula
from kernel.spreadsheets.writers import Row
from reports.figures import MeasureCounts
from reports.query import ReportQuery
from reports.team_report import COLUMNS, members

HEADER = (
    "Member", "Former Member", "Texts Sent", "Conversations Replied To", "Median Seconds", "90th Percentile Seconds",
    "Previous Texts Sent", "Previous Conversations Replied To", "Previous Median Seconds",
    "Previous 90th Percentile Seconds",
)  # fmt: skip


def export(query: ReportQuery) -> tuple[Row, RowBatches]:
    """Header and rows. Called in the team's scope."""
    rows: list[Row] = [
        [
            escape_formula(member.name),
            "" if member.is_current else "yes",
            *_values(member.now),
            *_values(member.before),
        ]
        for member in members(query)
    ]
    return HEADER, iter([rows])


def _values(counts: MeasureCounts) -> list[str]:
    values = (column.value(counts) for column in COLUMNS.values())
    return ["" if value is None else str(round(value)) for value in values]
