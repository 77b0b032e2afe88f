"""Uploads: a file becomes the draft of an import, stored in chunks that any worker can read."""

import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.db.models import Sum
from django.http import HttpRequest

from accounts.models import Team
from contacts.custom_fields.models import CustomField
from contacts.imports.file_reading import StoredReading, reading_for_upload
from contacts.imports.headers import match_columns, states_persons_word
from contacts.imports.models import SAMPLE_VALUES, Import
from contacts.imports.options import ImportOptions
from contacts.imports.stored_file import store_file, stored_file
from contacts.runs.models import ENDED, RunState
from kernel.spreadsheets.reader import open_table
from kernel.spreadsheets.table import NotATable, SeveralSheets

MAX_BYTES = 250 * 1024 * 1024  # bytes
SAMPLE_ROWS = 200  # at the beginning, which are searched for values
MAX_STORED = 1024 * 1024 * 1024  # bytes of unconfirmed files of one team


def is_too_large(request: HttpRequest) -> bool:
    return int(request.META.get("CONTENT_LENGTH") or 0) > MAX_BYTES


class SizeLimitUploadHandler(FileUploadHandler):
    """Skips the files of a request that is too large. The view then refuses it."""

    def handle_raw_input(
        self, input_data: Any, META: Any, content_length: int, boundary: Any, encoding: Any = None
    ) -> None:
        self.skips = content_length > MAX_BYTES

    def new_file(self, *args: Any, **options: Any) -> None:
        super().new_file(*args, **options)
        if self.skips:
            raise SkipFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None


def create_from_upload(team: Team, file: UploadedFile, by: Any) -> Import:
    """The draft of an import from an uploaded file. Raises NotATable."""
    with _on_disk(file) as path:
        return create_from_path(team, path, str(file.name), by=by, may_ask=True)


def create_from_path(
    team: Team, path: Path, name: str, *, by: Any = None, by_name: str = "",
    chosen: StoredReading | None = None, may_ask: bool = False,
) -> Import:  # fmt: skip
    """The draft of an import from the file at `path`, with columns matched by the header. Raises NotATable.

    With `may_ask` the draft of a workbook with several sheets has no header yet: its page asks for the sheet.
    """
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise NotATable(f"“{name}” is larger than 250 MB. Split it into smaller files, each with the header.")
    _check_quota(team, size)
    run = Import(
        team=team, file_name=name[-255:], size=size, total=size, state=RunState.DRAFT, by_name=by_name
    )
    try:
        _read_start(run, path, chosen or StoredReading())
    except SeveralSheets as several:
        if not may_ask:
            raise
        run.reading = StoredReading(sheets=several.sheets, refused=str(several)).as_dict()
    if by:
        run.set_author(by)
    run.save()
    store_file(run, path)
    return run


def read_draft_again(run: Import, chosen: StoredReading) -> None:
    """Read the stored file of a draft with another sheet, encoding or header. Raises NotATable and changes nothing."""
    with stored_file(run) as path:
        _read_start(run, path, chosen)
    run.save()


def _read_start(run: Import, path: Path, chosen: StoredReading) -> None:
    """Take the header and the first rows from the file, and match its columns."""
    fields = list(CustomField.objects.of(run.team_id))
    with open_table(path, run.file_name, reading_for_upload(fields, chosen)) as table:
        samples = _samples(row.cells for row in islice(table, SAMPLE_ROWS))
        header, reading = table.header, StoredReading.found(table)
    if not samples:
        raise NotATable(
            f"“{run.file_name}” has a header and no rows. Add a row for each contact, then upload it again."
        )
    run.header, run.samples, run.reading = header, samples, reading.as_dict()
    run.columns = match_columns(header, fields, samples)
    told = states_persons_word(header, run.columns)
    run.options = ImportOptions(country=run.team.country, told=told).as_dict()


def _samples(rows: Iterable[list[str]]) -> list[list[str]]:
    """The rows that show three values of each column, so that also a column with few values has examples."""
    samples: list[list[str]] = []
    found: Counter[int] = Counter()
    for cells in rows:
        values = [at for at, cell in enumerate(cells) if cell]
        if not samples or any(found[at] < SAMPLE_VALUES for at in values):
            samples.append(cells)
            found.update(values)
    return samples


def _check_quota(team: Team, size: int) -> None:
    """Raises NotATable if the team's files that wait for confirmation would be too large together."""
    unended = Import.objects.filter(team=team).exclude(state__in=ENDED)
    stored = unended.aggregate(bytes=Sum("size"))["bytes"] or 0
    if stored + size > MAX_STORED:
        raise NotATable(
            "Your team has too many files that wait for confirmation. Confirm or cancel older imports, then upload this"
            " file again. Files that nobody confirms are deleted after a day."
        )


@contextmanager
def _on_disk(file: UploadedFile) -> Iterator[Path]:
    if hasattr(file, "temporary_file_path"):
        yield Path(file.temporary_file_path())
        return
    with tempfile.NamedTemporaryFile(prefix="heymarket-") as copy:
        for chunk in file.chunks():
            copy.write(chunk)
        copy.flush()
        yield Path(copy.name)
