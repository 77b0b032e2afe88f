"""`manage.py upgrade_check`: what each statement of a migration does, and what stands in the way of an upgrade."""

from collections.abc import Iterator
from io import StringIO

import psycopg
import pytest
from django.core.management import CommandError, call_command

from kernel.upgrade_plan import Effect, MigrationStep, obstacles, read_step, split

SIZES = {"texts": 10**9, "small": 8192}

STATEMENTS = {
    'CREATE TABLE "new" ("id" bigint)': (Effect.MOMENT, None, False),
    'CREATE INDEX "i" ON "new" ("id")': (Effect.MOMENT, None, False),
    'CREATE INDEX "i" ON "texts" ("id")': (Effect.STOPS, 40.0, True),
    'CREATE UNIQUE INDEX "i" ON "small" ("id")': (Effect.STOPS, 0.0, False),
    'CREATE INDEX CONCURRENTLY "i" ON "texts" ("id")': (Effect.BESIDE, 40.0, False),
    'ALTER TABLE "texts" ADD COLUMN "a" text NULL': (Effect.MOMENT, None, False),
    'ALTER TABLE "texts" ADD COLUMN "a" text DEFAULT \'\' NOT NULL': (Effect.MOMENT, None, False),
    'ALTER TABLE "texts" ADD COLUMN "a" text GENERATED ALWAYS AS (lower(b)) STORED': (
        Effect.STOPS,
        50.0,
        True,
    ),
    'ALTER TABLE "texts" ADD CONSTRAINT "c" CHECK (a > 0)': (Effect.STOPS, 10.0, True),
    'ALTER TABLE "texts" ADD CONSTRAINT "c" CHECK (a > 0) NOT VALID': (Effect.MOMENT, None, False),
    'ALTER TABLE "texts" VALIDATE CONSTRAINT "c"': (Effect.BESIDE, 10.0, False),
    'ALTER TABLE "texts" ALTER COLUMN "a" SET NOT NULL': (Effect.STOPS, 10.0, True),
    'ALTER TABLE "texts" ALTER COLUMN "a" TYPE bigint USING "a"::bigint': (Effect.STOPS, 50.0, True),
    'ALTER TABLE "texts" ALTER COLUMN "a" DROP DEFAULT': (Effect.MOMENT, None, False),
    'ALTER TABLE "texts" DROP COLUMN "a" CASCADE': (Effect.BREAKS, None, True),
    'ALTER TABLE "texts" RENAME COLUMN "a" TO "b"': (Effect.BREAKS, None, True),
    'DROP TABLE "texts" CASCADE': (Effect.BREAKS, None, True),
    'UPDATE "texts" SET a = 1': (Effect.ROWS, 50.0, True),
    'DELETE FROM "small"': (Effect.ROWS, 0.0, False),
    "CREATE OR REPLACE FUNCTION f() RETURNS int AS 'UPDATE texts SET a = 1'": (Effect.MOMENT, None, False),
    "-- THIS OPERATION CANNOT BE WRITTEN AS SQL": (Effect.UNKNOWN, None, True),
}


@pytest.mark.parametrize("statement", STATEMENTS)
def test_effect_of_a_statement(statement: str) -> None:
    step = read_step(statement, SIZES)
    assert (step.effect, step.seconds, step.needs_attention) == STATEMENTS[statement]


def test_statements_of_a_migration() -> None:
    collected = "BEGIN;\n--\n-- Add field a\n--\nALTER TABLE t\n  ADD COLUMN a int;\nDROP INDEX i;\nCOMMIT;"
    assert split(collected) == ["ALTER TABLE t ADD COLUMN a int", "DROP INDEX i"]
    assert split("--\n-- Raw Python\n--\n-- THIS OPERATION CANNOT BE WRITTEN AS SQL\nDROP INDEX i;") == [
        "-- THIS OPERATION CANNOT BE WRITTEN AS SQL",
        "DROP INDEX i",
    ]


LAST = "app = 'messaging' AND name = (SELECT max(name) FROM django_migrations WHERE app = 'messaging')"


@pytest.fixture
def without_last_migration(owner: psycopg.Connection) -> Iterator[str]:
    row = owner.execute(f"DELETE FROM django_migrations WHERE {LAST} RETURNING name, applied").fetchone()
    assert row is not None
    yield row[0]
    owner.execute(
        "DELETE FROM django_migrations WHERE app IN ('messaging', 'future') AND name IN (%s, '0001_new')",
        row[:1],
    )
    owner.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('messaging', %s, %s)", row)


def checked() -> tuple[str, bool]:
    """What the command writes, and whether it found something that needs attention."""
    output = StringIO()
    try:
        call_command("upgrade_check", stdout=output)
    except CommandError:
        return output.getvalue(), True
    return output.getvalue(), False


def test_unapplied_migrations_and_obstacles_are_listed(
    owner: psycopg.Connection, without_last_migration: str
) -> None:
    written, alarmed = checked()
    assert written.startswith(f"messaging/{without_last_migration}\n  ") and not alarmed
    assert "Not applied: 1. Statements: " in written and "of which 0 need attention" in written
    owner.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('future', '0001_new', now())")
    written, alarmed = checked()
    assert "First: The database has future/0001_new, which this release does not know" in written and alarmed


def test_nothing_to_do(transactional_db: None) -> None:
    assert checked() == ("All migrations of this release are applied.\n", False)


def test_long_transactions_and_incomplete_indexes_are_named(
    owner: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kernel.upgrade_plan.LONG_TRANSACTION", -1)
    monkeypatch.setattr(
        "kernel.upgrade_plan.fetch", lambda sql, *_: [(4711, 95)] if "activity" in sql else [("old_i",)]
    )
    assert [sentence.partition(":")[0] for sentence in obstacles()] == [
        "A transaction is open for 95 seconds (process 4711 of PostgreSQL)",
        "The index old_i is incomplete, from an interrupted migration",
    ]


def test_only_what_stops_others_needs_attention() -> None:
    assert not MigrationStep("CREATE INDEX", Effect.STOPS, "t", 1.9).needs_attention
    assert MigrationStep("CREATE INDEX", Effect.STOPS, "t", 2.1).needs_attention
    assert not MigrationStep("CREATE INDEX CONCURRENTLY", Effect.BESIDE, "t", 900).needs_attention
