"""FIXME module docstring."""

from contacts.exports.stream import RowBatches
from kernel.spreadsheets.cells import escape_formula
from kernel.spreadsheets.writers import Row as Line
from reports.figures import MeasureCounts
from reports.query import ReportQuery
from reports.team_report import COLUMNS, members

HEADER = (
    "Member", "Left", "Texts Sent", "Conversations Answered", "Median Seconds", "90th Percentile Seconds",
    "Texts Sent Before", "Conversations Answered Before", "Median Seconds Before", "90th Percentile Seconds Before",
)  # fmt: skip


def export(question: ReportQuery) -> tuple[Line, RowBatches]:
    """The same as a file: its header and its rows; call it in the scope of the team."""
    lines: list[Line] = [
        [escape_formula(one.name), "" if one.here else "yes", *_values(one.now), *_values(one.before)]
        for one in members(question)
    ]
    return HEADER, iter([lines])


def _values(of: MeasureCounts) -> list[str]:
    values = (column.value(of) for column in COLUMNS.values())
    return ["" if value is None else str(round(value)) for value in values]
