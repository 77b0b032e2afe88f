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
from contacts.imports.columns import matched
from contacts.imports.options import Options
from contacts.models import CustomField, Import, ImportChunk
from contacts.models.run import State
from contacts.tables import NotATable, open_table

LARGEST = 250 * 1024 * 1024  # bytes
SAMPLES = 5
FORGOTTEN = timedelta(days=7)  # a file that nobody confirmed within this time is not kept any longer

_PIECE = 1024 * 1024


def too_large(request: HttpRequest) -> bool:
    return int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST


class UpToTheLimit(FileUploadHandler):
    """Keeps nothing of a request that is larger than any file may be; the view then says so."""

    def handle_raw_input(
        self, input_data: Any, META: Any, content_length: int, boundary: Any, encoding: Any = None
    ) -> None:
        self.skips = content_length > LARGEST

    def new_file(self, *args: Any, **options: Any) -> None:
        super().new_file(*args, **options)
        if self.skips:
            raise SkipFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None


def take(team: Team, file: UploadedFile, by: Any) -> Import:
    """An import of what was uploaded, as a draft. Raises NotATable."""
    with _on_disk(file) as path:
        return begin(team, path, str(file.name), by=by)


def begin(team: Team, path: Path, name: str, *, by: Any = None, by_name: str = "") -> Import:
    """An import of the file at `path`, as a draft with its columns matched as far as its header tells."""
    size = path.stat().st_size
    if size > LARGEST:
        raise NotATable(f"“{name}” is larger than 250 MB. Split it into files of less, each with the header.")
    with open_table(path, name) as table:
        samples = [row.cells for row, _ in zip(table, range(SAMPLES), strict=False)]
        header = table.header
    if not samples:
        raise NotATable(
            f"“{name}” has a header and no rows. Add a row for each contact, then upload it again."
        )
    run = Import(team=team, file_name=name[-255:], size=size, total=size, state=State.DRAFT, by_name=by_name)
    run.header, run.samples = header, samples
    run.columns = matched(header, list(CustomField.objects.of(team.id)))
    run.options = Options(country=team.country).stored()
    if by:
        run.sign(by)
    run.save()
    _keep(run, path)
    _forget_old_drafts(team)
    return run


def _forget_old_drafts(team: Team) -> None:
    drafts = Import.objects.filter(team=team, state__in=(State.DRAFT, State.CHECKED))
    for run in drafts.filter(created_at__lt=timezone.now() - FORGOTTEN).select_for_update(skip_locked=True):
        run.end(State.CANCELLED, "Nobody confirmed it within a week.")
        run.save()


def _keep(run: Import, path: Path) -> None:
    with path.open("rb") as file:
        place = 0
        while piece := file.read(_PIECE):
            ImportChunk.objects.create(team_id=run.team_id, of=run, place=place, data=piece)
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
