"""Reader of a team's archive: checks a file as a whole before anything of it is stored, in bounded memory.

Checked are the names, sizes and SHA-256 of all files against the manifest, that each line is a row as its file has
them, in the order of the IDs, and that each ledger entry has its hash.
"""

import hashlib
import json
import re
import zipfile
import zlib
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Self

from portability.contents import ExportedTable, Values, tables_in_order
from portability.exporting.archive import CHUNK, FORMAT, MANIFEST, MEDIA, MEDIA_FOLDER, TEAM
from portability.importing.row_checks import HIGHEST_ID, RowCheck, UnfitRow

GIGABYTE = 1024**3
MOST_BYTES = 200 * GIGABYTE  # of all files together, uncompressed
MOST_FILES = 2_000_000
LONGEST_LINE = 16 * 1024**2  # bytes
LARGEST_MANIFEST = 4 * 1024**2
_MEDIA_NAME = re.compile(rf"{MEDIA_FOLDER}[A-Za-z0-9_-]{{8,80}}", re.ASCII)


class BadArchive(Exception):
    """The file is not a team export, or is not what was exported; the message names the place."""


@dataclass
class TeamArchive:
    """An archive that was opened. `read_team`, `rows` and `media` read it again after `check`."""

    zip: zipfile.ZipFile
    manifest: dict[str, Any]

    @classmethod
    def open(cls, path: Path, most_bytes: int = MOST_BYTES) -> Self:
        """Raises BadArchive, also for a file with more than `most_bytes` once it is uncompressed. Close its `zip`."""
        try:
            archive = zipfile.ZipFile(path)
        except OSError as error:
            raise BadArchive(f"{path} cannot be read: {error.strerror}.") from error
        except zipfile.BadZipFile as error:
            raise BadArchive(f"{path} is not a ZIP file, or its end is missing.") from error
        try:
            _check_size(archive.infolist(), most_bytes)
            return cls(archive, _read_manifest(archive))
        except BadArchive:
            archive.close()
            raise

    def check(self) -> None:
        """Read everything once. Raises BadArchive."""
        self._check_names()
        for entry in self.manifest["files"]:
            self._check_file(entry)
        listed = {f"{one['name']}": one for one in self.media()}
        present = {name for name in self.zip.namelist() if name.startswith(MEDIA_FOLDER)}
        if listed.keys() != present:
            raise BadArchive(f"{MEDIA} does not list the files in {MEDIA_FOLDER}.")
        for name, one in listed.items():
            if not _MEDIA_NAME.fullmatch(name):
                raise BadArchive(f"{name}: no stored file has such a name.")
            if (_size_and_hash(self._chunks(name))) != (one["bytes"], one["sha256"]):
                raise BadArchive(f"{name}: it was changed: the SHA-256 differs.")

    def read_team(self) -> Values:
        """The team's own settings."""
        return next(self._lines(TEAM))

    def rows(self, table: ExportedTable) -> Generator[Values]:
        """The rows of a table, which were checked."""
        return self._lines(table.file)

    def media(self) -> Generator[Values]:
        return self._lines(MEDIA)

    def open_media(self, name: str) -> IO[bytes]:
        return self.zip.open(name)

    @property
    def highest_id(self) -> int:
        return int(self.manifest["highest_id"])

    # -- checks --

    def _check_names(self) -> None:
        expected = {TEAM, MEDIA, *(table.file for table in tables_in_order())}
        listed = [entry["name"] for entry in self.manifest["files"]]
        present = {name for name in self.zip.namelist() if not name.startswith(MEDIA_FOLDER)} - {MANIFEST}
        if set(listed) != present or len(listed) != len(present):
            raise BadArchive(f"{MANIFEST} does not list the files of the archive.")
        if unknown := sorted(present - expected):
            raise BadArchive(
                f"{unknown[0]}: this version does not know such rows. It was made by a newer one."
            )

    def _check_file(self, entry: dict[str, Any]) -> None:
        """The hash first: a line is looked at only in a file that is as it was exported."""
        name = entry["name"]
        if _size_and_hash(self._chunks(name)) != (entry["bytes"], entry["sha256"]):
            raise BadArchive(f"{name}: it was changed: the SHA-256 differs.{self._first_bad_line(entry)}")
        try:
            check = RowCheck.of(name, tuple(entry["columns"]))
        except UnfitRow as problem:
            raise BadArchive(f"{name}: {problem}") from problem
        if self._check_lines(name, check) != entry["rows"]:
            raise BadArchive(f"{name}: it has not the {entry['rows']} rows that {MANIFEST} says.")

    def _first_bad_line(self, entry: dict[str, Any]) -> str:
        """Where the change shows by itself, if it does."""
        try:
            self._check_lines(entry["name"], RowCheck.of(entry["name"], tuple(entry["columns"])))
        except (BadArchive, UnfitRow) as problem:
            return f" {problem}"
        return ""

    def _check_lines(self, name: str, check: RowCheck) -> int:
        count = 0
        with closing(self._lines(name, check.unlike)) as lines:
            for count, values in enumerate(lines, 1):
                try:
                    check.row(values)
                except UnfitRow as problem:
                    raise BadArchive(f"{name}, line {count}: {problem}") from problem
        return count

    # -- reading --

    def _chunks(self, name: str) -> Iterator[bytes]:
        with self._damage_named(name), self.zip.open(name) as file:
            while chunk := file.read(CHUNK):
                yield chunk

    def _lines(self, name: str, unlike: Callable[[Any], bool] = lambda _: False) -> Generator[Values]:
        with self._damage_named(name), self.zip.open(name) as file:
            for number in iter(range(1, 1 << 62)):
                line = file.readline(LONGEST_LINE + 1)
                if not line:
                    return
                yield _read_line(name, number, line, unlike)

    def _damage_named(self, name: str) -> "_DamageNamed":
        return _DamageNamed(name)


class _DamageNamed:
    """What ZIP itself finds wrong with a file, as BadArchive."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __enter__(self) -> None:
        """Nothing is to be done before."""

    def __exit__(self, _: Any, error: BaseException | None, __: Any) -> None:
        if isinstance(error, (zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError)):
            raise BadArchive(f"{self.name}: it is damaged: {error}") from error


def _check_size(infos: list[zipfile.ZipInfo], most_bytes: int) -> None:
    if len(infos) > MOST_FILES or sum(info.file_size for info in infos) > most_bytes:
        raise BadArchive(f"It has {len(infos)} files, or more than {most_bytes // GIGABYTE} GB in them.")
    if len({info.filename for info in infos}) < len(infos):
        raise BadArchive("Two files in it have the same name.")


def _read_manifest(archive: zipfile.ZipFile) -> dict[str, Any]:
    try:
        with archive.open(MANIFEST) as file:
            manifest = json.loads(file.read(LARGEST_MANIFEST))
        if manifest["format"] != FORMAT:
            raise BadArchive(f"It is of the format {manifest['format']!r}; this version reads {FORMAT!r}.")
        for entry in manifest["files"]:
            if not {"name", "columns", "rows", "bytes", "sha256"} <= entry.keys():
                raise KeyError(entry["name"])
        if not 0 <= manifest["highest_id"] <= HIGHEST_ID or not isinstance(manifest["team"]["slug"], str):
            raise TypeError("highest_id")
    except (KeyError, TypeError, ValueError, AttributeError, zipfile.BadZipFile, zlib.error) as error:
        raise BadArchive(f"It is no team export: {MANIFEST} is missing or unreadable ({error}).") from error
    return dict(manifest)


def _size_and_hash(chunks: Iterator[bytes]) -> tuple[int, str]:
    size, hashed = 0, hashlib.sha256()
    for chunk in chunks:
        size += len(chunk)
        hashed.update(chunk)
    return size, hashed.hexdigest()


def _read_line(name: str, number: int, line: bytes, unlike: Callable[[Any], bool]) -> Values:
    if len(line) > LONGEST_LINE or not line.endswith(b"\n"):
        raise BadArchive(f"{name}, line {number}: it is too long, or its end is missing.")
    try:
        values = json.loads(line)
    except ValueError as error:
        raise BadArchive(f"{name}, line {number}: it is unreadable: {error}.") from error
    if not isinstance(values, dict) or unlike(values):
        raise BadArchive(f"{name}, line {number}: it has not the names that {MANIFEST} lists.")
    return values
