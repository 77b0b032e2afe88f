"""A file comes in: refused at once if it is no table, else kept in pieces where any worker can read it."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import Team
from contacts.custom_fields.models import CustomField
from contacts.imports.headers import match_columns
from contacts.imports.models import Import, ImportChunk
from contacts.imports.options import ImportOptions
from contacts.runs.models import RunState
from kernel.spreadsheets.reader import open_table
from kernel.spreadsheets.table import NotATable

MAX_BYTES = 250 * 1024 * 1024  # bytes
SAMPLES = 5
DRAFT_LIFETIME = timedelta(days=7)  # a file that nobody confirmed within this time is not kept any longer

_PIECE = 1024 * 1024


def is_too_large(request: HttpRequest) -> bool:
    return int(request.META.get("CONTENT_LENGTH") or 0) > MAX_BYTES


class SizeLimitUploadHandler(FileUploadHandler):
    """Keeps nothing of a request that is larger than any file may be; the view then says so."""

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
    """An import of what was uploaded, as a draft. Raises NotATable."""
    with _on_disk(file) as path:
        return create_from_path(team, path, str(file.name), by=by)


def create_from_path(team: Team, path: Path, name: str, *, by: Any = None, by_name: str = "") -> Import:
    """An import of the file at `path`, as a draft with its columns matched as far as its header tells."""
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise NotATable(f"“{name}” is larger than 250 MB. Split it into files of less, each with the header.")
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
    run.options = ImportOptions(country=team.country).stored()
    if by:
        run.set_author(by)
    run.save()
    _keep(run, path)
    _forget_old_drafts(team)
    return run


def _forget_old_drafts(team: Team) -> None:
    drafts = Import.objects.filter(team=team, state__in=(RunState.DRAFT, RunState.CHECKED))
    for run in drafts.filter(created_at__lt=timezone.now() - DRAFT_LIFETIME).select_for_update(
        skip_locked=True
    ):
        run.end(RunState.CANCELLED, "Nobody confirmed it within a week.")
        run.save()


def _keep(run: Import, path: Path) -> None:
    with path.open("rb") as file:
        place = 0
        while piece := file.read(_PIECE):
            ImportChunk.objects.create(team_id=run.team_id, run=run, place=place, data=piece)
            place += 1


@contextmanager
def _on_disk(file: UploadedFile) -> Iterator[Path]:
    if hasattr(file, "temporary_file_path"):
        yield Path(file.temporary_file_path())
        return
    with tempfile.NamedTemporaryFile(prefix="heymarket-") as kept:
        for piece in file.chunks():
            kept.write(piece)
        kept.flush()
        yield Path(kept.name)
