"""Archive of a team export: a ZIP file that is sent while it is written. Equal contents are equal bytes.

manifest.json          the format, and for each file its rows, bytes, columns and SHA-256; what is left out, and why
team.json              the team's own settings
rows/<table>.jsonl     one row a line, in the order of their IDs
media.jsonl            the stored files of attachments: name, size and SHA-256, one a line
media/<name>           those files
"""

import hashlib
import json
import zipfile
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from typing import Any

FORMAT = "heymarket team 1"
MANIFEST, TEAM, MEDIA = "manifest.json", "team.json", "media.jsonl"
MEDIA_FOLDER = "media/"
CHUNK = 1 << 16  # bytes of a stored file that are read at once
_DATE = (1980, 1, 1, 0, 0, 0)  # the same in all archives; the earliest that ZIP has


class _Pieces:
    """A file that cannot be sought, whose bytes are taken while more are written."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._pieces.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """All is taken by `take`."""

    def take(self) -> bytes:
        taken, self._pieces = b"".join(self._pieces), []
        return taken


@dataclass
class ArchivedFile:
    """What the manifest says about a file."""

    name: str
    columns: tuple[str, ...] = ()
    rows: int = 0
    size: int = 0
    hashed: Any = field(default_factory=hashlib.sha256)

    @property
    def entry(self) -> dict[str, Any]:
        return {
            "name": self.name, "columns": list(self.columns), "rows": self.rows, "bytes": self.size,
            "sha256": self.hashed.hexdigest(),
        }  # fmt: skip


class ArchiveWriter:
    """Writes the files one after the other; each method yields what is to be sent meanwhile."""

    def __init__(self) -> None:
        self._pieces = _Pieces()
        self._zip = zipfile.ZipFile(self._pieces, "w")  # type: ignore[call-overload]
        self.files: list[ArchivedFile] = []

    def add_rows(
        self, name: str, columns: tuple[str, ...], pages: Iterator[tuple[int, bytes]]
    ) -> Iterator[bytes]:
        """A file of rows, from pages of so many rows and their lines."""
        archived = ArchivedFile(name, columns)
        with self._zip.open(_info(name, zipfile.ZIP_DEFLATED), "w", force_zip64=True) as member:
            for rows, data in pages:
                archived.rows += rows
                archived.size += len(data)
                archived.hashed.update(data)
                member.write(data)
                yield self._pieces.take()
        self.files.append(archived)

    def add_file(self, name: str, chunks: Iterator[bytes]) -> Generator[bytes, None, ArchivedFile]:
        """A stored file as it is. Returns its entry."""
        archived = ArchivedFile(name)
        with self._zip.open(_info(name, zipfile.ZIP_STORED), "w", force_zip64=True) as member:
            for chunk in chunks:
                archived.size += len(chunk)
                archived.hashed.update(chunk)
                member.write(chunk)
                yield self._pieces.take()
        return archived

    def finish(self, **facts: Any) -> Iterator[bytes]:
        """The manifest, and the end of the archive."""
        manifest = {"format": FORMAT, **facts, "files": [file.entry for file in self.files]}
        text = json.dumps(manifest, indent=1, sort_keys=True, ensure_ascii=False).encode()
        self._zip.writestr(_info(MANIFEST, zipfile.ZIP_DEFLATED), text)
        self._zip.close()
        yield self._pieces.take()


def _info(name: str, compression: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _DATE)
    info.compress_type, info.external_attr, info.create_system = compression, 0o600 << 16, 3
    return info
