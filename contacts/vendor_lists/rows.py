"""Rows of a vendor list: each becomes an opt-out or a remark."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

from contacts.imports.columns import NumberColumnWidget, opted_out_number, split_numbers
from contacts.imports.consent_words import DATE_LIKE, UnclearConsent, says_opted_out
from contacts.vendor_lists.models import VendorListImport, VendorListRemark
from contacts.vendor_lists.reader import VendorListColumns
from kernel.spreadsheets.cells import unescape_formula
from kernel.spreadsheets.dates import UnclearDate, read_datetime
from kernel.spreadsheets.table import TableRow


@dataclass
class VendorOptOut:
    """A number of the list with its opt-out."""

    line: int
    number: str
    at: datetime | None
    source: str

    def merge(self, other: "VendorOptOut") -> None:
        """Merge a duplicate: the newest opt-out counts, and an opt-out without a date counts as the newest."""
        self.at = max(self.at, other.at) if self.at and other.at else None


class VendorRowReader:
    """Reads the rows of one list, counts those that it skips or changes, and adds remarks."""

    def __init__(
        self, run: VendorListImport, columns: VendorListColumns, remarks: list[VendorListRemark]
    ) -> None:
        self.run, self.columns, self.remarks = run, columns, remarks
        self.used = {at for at in columns[:3] if at is not None} | {column.at for column in columns.consent}
        self.number = NumberColumnWidget(run.country, short_codes=True)
        self.zone, self.now = ZoneInfo(run.team.time_zone), timezone.now()
        self.unreadable = self.undated = self.not_opted_out = self.unclear = 0

    def entries(self, row: TableRow) -> list[VendorOptOut]:
        """The opt-outs of a row, of each number in its cell. A row with a fault gets a remark, and counts."""
        if row.faults and (fault := row.refusal(self.used)):
            self._remark(row, fault)
        number, date, source = (self._cell(row, at) for at in self.columns[:3])
        if not self._opted_out(row):
            return []
        if self.columns.date is None:
            date = next(filter(DATE_LIKE.search, self._consent_cells(row)), "")
        numbers = list(filter(None, (self._number(row, part) for part in split_numbers(number))))
        at = self._date(row, date) if numbers else None
        return [VendorOptOut(row.line, each, at, unescape_formula(source)[:120]) for each in numbers]

    def _number(self, row: TableRow, text: str) -> str | None:
        try:
            number = opted_out_number(text, self.number.clean)
            if number in self.columns.own_numbers:
                raise ValueError("This is a number of your own team.")
        except ValueError as error:
            self.unreadable += 1
            self._remark(row, str(error))
            return None
        return number

    def _opted_out(self, row: TableRow) -> bool:
        """Whether the row's opt-out columns say so; any “yes” counts. Without such a column all are opt-outs.

        A cell that cannot be read, such as a formula without a stored value, counts as “yes”.
        """
        if not self.columns.consent:
            return True
        says: set[bool | None] = set()
        unclear = ""
        for cell, column in zip(self._consent_cells(row), self.columns.consent, strict=True):
            if any(fault.column == column.at for fault in row.faults):
                return True
            try:
                says.add(says_opted_out(cell, opt_in=column.opt_in))
            except UnclearConsent:
                unclear = cell
        if True in says or not unclear:
            self.not_opted_out += True not in says
            return True in says
        self.unclear += 1
        self._remark(row, f"Skipped: “{unclear[:80]}” does not say whether the person opted out.")
        return False

    def _consent_cells(self, row: TableRow) -> list[str]:
        return [self._cell(row, column.at) for column in self.columns.consent]

    def _date(self, row: TableRow, text: str) -> datetime | None:
        if not text:
            return None
        try:
            return read_datetime(unescape_formula(text), self.run.country, self.zone, self.now)
        except UnclearDate as error:
            self.undated += 1
            self._remark(row, f"{error} Added without a date.")
            return None

    def _cell(self, row: TableRow, at: int | None) -> str:
        return row.cells[at].strip() if at is not None and at < len(row.cells) else ""

    def _remark(self, row: TableRow, reason: str) -> None:
        cells = [cell[:500] for cell in row.cells[:50]]
        remark = VendorListRemark(
            team_id=self.run.team_id, run=self.run, line=row.line, reason=reason[:300], cells=cells
        )
        self.remarks.append(remark)
