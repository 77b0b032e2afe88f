"""Uploads: a file becomes the draft of an import, stored in chunks that any worker can read."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.db.models import Sum
from django.http import HttpRequest

from accounts.models import Team
from contacts.custom_fields.models import CustomField
from contacts.imports.headers import match_columns
from contacts.imports.models import Import, ImportChunk
from contacts.imports.options import ImportOptions
from contacts.runs.models import ENDED, RunState
from kernel.spreadsheets.reader import open_table
from kernel.spreadsheets.table import NotATable

MAX_BYTES = 250 * 1024 * 1024  # bytes
SAMPLES = 5
MAX_STORED = 1024 * 1024 * 1024  # bytes of unconfirmed files of one team

_CHUNK = 1024 * 1024  # bytes


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
        return create_from_path(team, path, str(file.name), by=by)


def create_from_path(team: Team, path: Path, name: str, *, by: Any = None, by_name: str = "") -> Import:
    """The draft of an import from the file at `path`, with columns matched by the header. Raises NotATable."""
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise NotATable(f"“{name}” is larger than 250 MB. Split it into smaller files, each with the header.")
    _check_quota(team, size)
    with open_table(path, name) as table:
        samples = [row.cells for row, _ in zip(table, range(SAMPLES), strict=False)]
        header = table.header
    if not samples:
        raise NotATable(
            f"“{name}” has a header and no rows. Add a row for each contact, then upload it again."
        )
    run = Import(
        team=team, file_name=name[-255:], size=size, total=size, state=RunState.DRAFT, by_name=by_name
    )
    run.header, run.samples = header, samples
    run.columns = match_columns(header, list(CustomField.objects.of(team.id)))
    run.options = ImportOptions(country=team.country).as_dict()
    if by:
        run.set_author(by)
    run.save()
    _store(run, path)
    return run


def _check_quota(team: Team, size: int) -> None:
    """Raises NotATable if the team's files that wait for confirmation would be too large together."""
    unended = Import.objects.filter(team=team).exclude(state__in=ENDED)
    stored = unended.aggregate(bytes=Sum("size"))["bytes"] or 0
    if stored + size > MAX_STORED:
        raise NotATable(
            "Your team has too many files that wait for confirmation. Confirm or cancel older imports, then upload this"
            " file again. Files that nobody confirms are deleted after a day."
        )


def _store(run: Import, path: Path) -> None:
    with path.open("rb") as file:
        place = 0
        while chunk := file.read(_CHUNK):
            ImportChunk.objects.create(team_id=run.team_id, run=run, place=place, data=chunk)
            place += 1


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
