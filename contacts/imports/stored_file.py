"""Stored file of an import: chunks in the database, which any worker can join on its own disk."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from contacts.imports.models import Import, ImportChunk
from kernel.tenancy import scope

_CHUNK = 1024 * 1024  # bytes


def store_file(run: Import, path: Path) -> None:
    """Store the file in chunks."""
    with path.open("rb") as file:
        place = 0
        while chunk := file.read(_CHUNK):
            ImportChunk.objects.create(team_id=run.team_id, run=run, place=place, data=chunk)
            place += 1


@contextmanager
def stored_file(run: Import) -> Iterator[Path]:
    """The file, joined from its chunks on this machine's disk."""
    with tempfile.NamedTemporaryFile(prefix="heymarket-") as file:
        place = 0
        while chunk := _chunk(run, place):
            file.write(chunk)
            place += 1
        file.flush()
        yield Path(file.name)


def _chunk(run: Import, place: int) -> bytes:
    with scope(run.team_id):
        chunk = ImportChunk.objects.filter(team_id=run.team_id, run_id=run.id, place=place).first()
    return bytes(chunk.data) if chunk else b""
