"""Rows of a vendor list: each becomes an opt-out or a remark."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

from contacts.imports.columns import NumberColumnWidget
from contacts.vendor_lists.models import VendorListImport, VendorListRemark
from contacts.vendor_lists.reader import DATE_LIKE, VendorListColumns
from kernel.spreadsheets.cells import NO, unescape_formula
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
        self.number = NumberColumnWidget(run.country)
        self.zone, self.now = ZoneInfo(run.team.time_zone), timezone.now()
        self.unreadable = self.undated = self.not_opted_out = 0

    def entry(self, row: TableRow) -> VendorOptOut | None:
        """The opt-out of a row. A row with a fault has a remark, and its opt-out counts if its number is readable."""
        if fault := row.refusal({at for at in self.columns if at is not None}):
            self._remark(row, fault)
        number, date, source, opt_out = (self._cell(row, at) for at in self.columns)
        if self.columns.opt_out is not None and opt_out.lower() in {"", *NO}:
            self.not_opted_out += 1
            return None
        if self.columns.date is None and DATE_LIKE.search(opt_out):
            date = opt_out
        try:
            canonical = self.number.clean(number)
        except ValueError as error:
            self.unreadable += 1
            self._remark(row, str(error))
            return None
        return VendorOptOut(row.line, canonical, self._date(row, date), unescape_formula(source)[:120])

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
