"""A backup of database and attachments, and its restoration: with PostgreSQL's own programs, from one snapshot."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from devserver import postgres

TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"


class RestoreFailed(Exception):
    """A program of PostgreSQL failed, the database is distributed, or the restored rows differ; the text says which."""


@dataclass(frozen=True)
class Backup:
    """`folder` has the dump and the attachments; `counts` are the rows of each table in the dump's snapshot."""

    folder: Path
    at: datetime
    counts: dict[str, int]
    archived_until: datetime | None  # by the archive of the write-ahead log; None without one

    @property
    def dump(self) -> Path:
        return self.folder / "heymarket.dump"

    @property
    def media(self) -> Path:
        return self.folder / "media"


def back_up(owner_url: str, media: Path, folder: Path) -> Backup:
    """Dump the database as its owner, then copy the files, so that each stored attachment of the dump has its file.

    Raises RestoreFailed for a cluster: its nodes have no common snapshot, and each draws IDs of its own.
    """
    with _snapshot(owner_url) as (connection, snapshot):
        if connection.execute("SELECT FROM pg_extension WHERE extname = 'citus'").rowcount:
            raise RestoreFailed(
                "This database is one of a cluster: back up each node instead (docs/scale.md)."
            )
        backup = Backup(folder, _now(connection), count_rows(connection), _archived_until(connection))
        _run("pg_dump", "--format=custom", f"--snapshot={snapshot}", f"--file={backup.dump}", owner_url)
    if media.exists():
        shutil.copytree(media, backup.media)
    else:
        backup.media.mkdir()
    return backup


@contextmanager
def _snapshot(owner_url: str) -> Iterator[tuple[psycopg.Connection, str]]:
    """A transaction that sees one moment, and the name by which pg_dump sees the same."""
    with psycopg.connect(owner_url) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield connection, _value(connection, "SELECT pg_export_snapshot()")


def _now(connection: psycopg.Connection) -> datetime:
    found: datetime = _value(connection, "SELECT now()")
    return found.astimezone(UTC)


def _archived_until(connection: psycopg.Connection) -> datetime | None:
    archive = "current_setting('archive_mode') <> 'off'"
    found: datetime | None = _value(
        connection, f"SELECT CASE WHEN {archive} THEN last_archived_time END FROM pg_stat_archiver"
    )
    return found and found.astimezone(UTC)


def _value(connection: psycopg.Connection, query: str) -> Any:
    row = connection.execute(query).fetchone()
    assert row is not None
    return row[0]


def count_rows(connection: psycopg.Connection) -> dict[str, int]:
    tables = [name for (name,) in connection.execute(TABLES).fetchall()]
    count = sql.SQL("SELECT count(*) FROM {}")
    return {
        table: connection.execute(count.format(sql.Identifier(table))).fetchall()[0][0] for table in tables
    }


def restore(backup: Backup, owner_url: str, media: Path) -> None:
    """Restore into an empty database as its owner, and compare the rows. The roles must exist. Raises RestoreFailed."""
    _run("pg_restore", "--exit-on-error", "--dbname", owner_url, str(backup.dump))
    shutil.copytree(backup.media, media, dirs_exist_ok=True)
    with psycopg.connect(owner_url) as connection:
        restored = count_rows(connection)
    differing = [table for table in backup.counts if restored.get(table) != backup.counts[table]]
    if differing or restored.keys() != backup.counts.keys():
        raise RestoreFailed(f"These tables differ from the backup: {', '.join(differing) or 'their names'}.")


def _run(program: str, *words: str) -> None:
    done = subprocess.run([postgres.program(program), *words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RestoreFailed(f"{program} failed: {done.stderr.strip()}")
