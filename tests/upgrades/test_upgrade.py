"""Upgrades: the data of each supported release is kept, and the release goes on serving while migrations run."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from psycopg import sql
from psycopg.conninfo import make_conninfo

from devserver import postgres
from devserver.addresses import ROOT
from tests.upgrades.releases import RELEASES, Release

SCENARIO = Path(__file__).with_name("scenario.py")


class Installation:
    """A database of its own, with the programs of a release."""

    def __init__(self, name: str) -> None:
        self.name = name
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = str(probe.getsockname()[1])
        self.owner_url = make_conninfo(settings.DATABASE_OWNER_URL, dbname=name)
        self.environment = os.environ | {
            "DATABASE_URL": make_conninfo(settings.DATABASE_URL, dbname=name),
            "DATABASE_OWNER_URL": self.owner_url,
            "REDIS_URL": f"{settings.REDIS_URL.rpartition('/')[0]}/7",  # a part of its own
            "DEVELOPMENT": "1",
            "PORT": self.port,
            "PUBLIC_URL": f"http://127.0.0.1:{self.port}",
        }

    def restore(self, dump: Path) -> None:
        command = [
            postgres.program("psql"),
            "--quiet",
            "--no-psqlrc",
            "--set=ON_ERROR_STOP=1",
            self.owner_url,
        ]
        unpacked = subprocess.run(["gzip", "-dc", dump], capture_output=True, check=True, timeout=60).stdout
        self._succeed(subprocess.run(command, input=unpacked, capture_output=True, check=False, timeout=120))

    def migrate(self) -> None:
        self.run(ROOT, "manage.py", "migrate", "--no-input", "-v0", HEYMARKET_DATABASE_ROLE="owner")

    def run_scenario(self, folder: Path, run: int) -> None:
        output = self.run(folder, str(SCENARIO), str(folder), self.port, str(run))
        assert "The ledger is whole" in output, output

    def run(self, folder: Path, *words: str, **environment: str) -> str:
        command = [sys.executable, *words]
        environment = self.environment | environment
        return self._succeed(
            subprocess.run(
                command, cwd=folder, env=environment, capture_output=True, check=False, timeout=600
            )
        )

    def _succeed(self, done: "subprocess.CompletedProcess[bytes]") -> str:
        assert done.returncode == 0, (done.stdout + done.stderr).decode()
        return done.stdout.decode()

    def counts(self) -> dict[str, int]:
        """The number of rows of each table, apart from Django's lists of what exists."""
        tables = (
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename !~ '^(django|auth)_'"
        )
        with psycopg.connect(self.owner_url) as owner:
            return {table: self._count(owner, table) for (table,) in owner.execute(tables).fetchall()}

    def _count(self, owner: psycopg.Connection, table: str) -> int:
        row = owner.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))).fetchone()
        assert row is not None
        return int(row[0])


@pytest.fixture
def installation(_owner_of_all_tests: psycopg.Connection) -> Iterator[Installation]:
    name = f"heymarket_upgrade_{os.getpid()}"
    _owner_of_all_tests.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    yield Installation(name)
    _owner_of_all_tests.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.mark.parametrize("release", RELEASES, ids=lambda release: release.version)
def test_data_is_kept_and_the_release_serves_meanwhile(
    release: Release, installation: Installation, tmp_path: Path
) -> None:
    release.extract_code(tmp_path)
    installation.restore(release.dump)
    before = installation.counts()
    installation.migrate()
    after = installation.counts()
    assert {table: after[table] for table in before} == before
    assert before["optout_consentevent"] and before["messaging_message"] and before["contacts_contact"]
    installation.run_scenario(tmp_path, run=7)  # its code, on the schema of this release
    installation.run_scenario(ROOT, run=8)
