"""Reading of an import: the row reader with the columns and options of a run."""

from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from django.utils import timezone

from contacts.custom_fields.models import CustomField
from contacts.imports.consent_words import DATE_LIKE
from contacts.imports.models import Import
from contacts.imports.options import ImportOptions
from contacts.imports.row_reader import RowReader
from kernel.spreadsheets.cells import unescape_formula
from kernel.spreadsheets.dates import UnclearDate, read_datetime
from kernel.tenancy import scope


def row_reader(run: Import) -> RowReader:
    options = ImportOptions.read(run.options)
    with scope(run.team_id):
        fields = list(CustomField.objects.of(run.team_id))
        zone, short_codes = ZoneInfo(run.team.time_zone), run.team.allows_short_codes
    return RowReader(
        run.columns, options.country, fields, titles=run.header, each_number=options.each_number,
        short_codes=short_codes,
        read_time=partial(_opt_out_time, country=options.country, zone=zone), zone=zone,
    )  # fmt: skip


def _opt_out_time(cell: str, country: str, zone: ZoneInfo) -> datetime | None:
    """The time in a cell of an opt-out column; None if it has none, or an unclear one."""
    if not DATE_LIKE.search(cell):
        return None
    try:
        return read_datetime(unescape_formula(cell.strip()), country, zone, timezone.now())
    except UnclearDate:
        return None
