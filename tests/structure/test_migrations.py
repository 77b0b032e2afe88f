"""Migrations: none after the first locks a table for longer than a moment.

A table of a hundred million rows is written all the time; a statement that reads or rewrites it whole while it holds
its lock would stop inbound texts. squawk knows which statements do (https://squawkhq.com/docs/rules).
"""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from kernel.quick_migrations import additions_in_place
from tests.structure.source import PACKAGES

# Matters of taste, and what Django itself decides: types of columns, transactions, IF NOT EXISTS.
NOT_ABOUT_LOCKS = (
    "ban-char-field", "prefer-bigint-over-int", "prefer-bigint-over-smallint", "prefer-identity", "prefer-robust-stmts",
    "prefer-text-field", "prefer-timestamptz", "require-lock-timeout", "require-statement-timeout",
    "transaction-nesting",
)  # fmt: skip
# What squawk does not know: rows are filled in by a command, in batches, not by a migration; and a trigger is a
# package's own file (docs/architecture.md).
OTHER_FAULTS = {
    "changes rows; fill them in by a command": re.compile(r"^\s*(INSERT|UPDATE|DELETE|MERGE)\b", re.I | re.M),
    "runs Python over rows; use a command": re.compile(r"CANNOT BE WRITTEN AS SQL"),
    "creates a trigger; put it into triggers.sql": re.compile(r"^\s*CREATE\s+(OR\s+REPLACE\s+)?TRIGGER\b", re.I | re.M),
}  # fmt: skip


def faults_of(sql: str, folder: Path, *, atomic: bool = True) -> list[str]:
    """What is wrong with the SQL of a migration, a line for each statement that would stop the table's writers."""
    file = folder / "migration.sql"
    file.write_text(_without_keys_of_new_tables(sql))
    command = [str(Path(sys.executable).with_name("squawk")), "--reporter", "gcc", "--pg-version", "18"]
    command += ["--assume-in-transaction"] * atomic + [f"--exclude={','.join(NOT_ABOUT_LOCKS)}", str(file)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=120)
    found = [line.replace(f"{file}:", "line ") for line in run.stdout.splitlines() if f"{file}:" in line]
    assert found or run.returncode == 0, run.stderr
    return found + [fault for fault, pattern in OTHER_FAULTS.items() if pattern.search(sql)]


def _without_keys_of_new_tables(sql: str) -> str:
    """The SQL without the change of a new tenant table's primary key: nobody writes to the table yet."""
    for table in re.findall(r'^CREATE TABLE "(\w+)"', sql, re.M):
        sql = sql.replace(
            f"ALTER TABLE {table} DROP CONSTRAINT {table}_pkey, ADD PRIMARY KEY (team_id, id);", ""
        )
    return sql


@pytest.mark.django_db(transaction=True)  # an index is created concurrently only outside a transaction
def test_no_later_migration_stops_writers(tmp_path: Path) -> None:
    executor = MigrationExecutor(connection)
    state, found = executor.loader.project_state(()), {}
    with additions_in_place():
        for migration, _ in executor.migration_plan(executor.loader.graph.leaf_nodes(), clean_start=True):
            with connection.schema_editor(collect_sql=True, atomic=migration.atomic) as editor:
                state = migration.apply(state, editor, collect_sql=True)
            if migration.app_label in PACKAGES and migration.name != "0001_initial":
                faults = faults_of("\n".join(editor.collected_sql), tmp_path, atomic=migration.atomic)
                found.update({f"{migration.app_label}/{migration.name}": faults} if faults else {})
    assert found == {}


GOOD = {
    "a nullable column": "ALTER TABLE messaging_message ADD COLUMN x text NULL;",
    "a column with a constant default": "ALTER TABLE messaging_message ADD COLUMN x text NOT NULL DEFAULT '';",
    "a new table": "CREATE TABLE new (id bigint PRIMARY KEY, x text); CREATE INDEX i ON new (x);",
    "a constraint to be validated later": "ALTER TABLE messaging_message ADD CONSTRAINT c CHECK (x > 1) NOT VALID;",
}
BAD = {
    "an index": "CREATE INDEX i ON messaging_message (x);",
    "a unique constraint": "ALTER TABLE messaging_message ADD CONSTRAINT u UNIQUE (team_id, x);",
    "a foreign key": "ALTER TABLE messaging_message ADD FOREIGN KEY (team_id, x) REFERENCES y (team_id, id);",
    "a check": "ALTER TABLE messaging_message ADD CONSTRAINT c CHECK (x > 1);",
    "another type": "ALTER TABLE messaging_message ALTER COLUMN x TYPE bigint;",
    "not null": "ALTER TABLE messaging_message ALTER COLUMN x SET NOT NULL;",
    "a dropped column": "ALTER TABLE messaging_message DROP COLUMN x;",
    "another name": "ALTER TABLE messaging_message RENAME COLUMN x TO y;",
    "filled-in rows": "UPDATE messaging_message SET x = 1;",
    "a trigger": "CREATE TRIGGER t AFTER INSERT ON messaging_message FOR EACH ROW EXECUTE FUNCTION f();",
    "Python": "--\n-- THIS OPERATION CANNOT BE WRITTEN AS SQL\n--",
}


@pytest.mark.parametrize("sql", GOOD.values(), ids=GOOD)
def test_a_harmless_statement_passes(sql: str, tmp_path: Path) -> None:
    assert faults_of(f"BEGIN;\n{sql}\nCOMMIT;", tmp_path) == []


@pytest.mark.parametrize("sql", BAD.values(), ids=BAD)
def test_a_statement_that_stops_writers_is_reported(sql: str, tmp_path: Path) -> None:
    assert faults_of(f"BEGIN;\n{sql}\nCOMMIT;", tmp_path) != []
