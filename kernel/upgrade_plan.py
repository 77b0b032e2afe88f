"""What the migrations that are not applied yet will do to a running installation: how long, and who waits meanwhile.

Seconds are estimates from the size of a table, for a machine with an ordinary disk.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from kernel.quick_migrations import additions_in_place
from kernel.sql import fetch

LONG = 2.0  # seconds that writers may wait
LONG_TRANSACTION = 30  # seconds
READ_SPEED, INDEX_SPEED, REWRITE_SPEED = 100e6, 25e6, 20e6  # bytes a second


class Effect(StrEnum):
    """What a statement does to those who use its table meanwhile."""

    MOMENT = "takes a moment"
    BESIDE = "runs beside everything else"
    STOPS = "stops all who write to the table"
    BREAKS = "breaks the release that still runs"
    ROWS = "changes rows"
    UNKNOWN = "runs Python, so nobody can tell"


@dataclass(frozen=True)
class StatementRule:
    pattern: re.Pattern[str]
    effect: Effect
    speed: float = 0.0  # bytes of the table a second; 0 if its size does not matter


def _rule(pattern: str, effect: Effect, speed: float = 0.0) -> StatementRule:
    return StatementRule(re.compile(pattern, re.I | re.S), effect, speed)


# The first that matches a statement counts (https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES).
RULES = (
    _rule(r"CANNOT BE WRITTEN AS SQL", Effect.UNKNOWN),
    _rule(r"^(CREATE|DROP) .*\bFUNCTION\b", Effect.MOMENT),
    _rule(r"^CREATE (UNIQUE )?INDEX CONCURRENTLY", Effect.BESIDE, INDEX_SPEED),
    _rule(r"^CREATE (UNIQUE )?INDEX", Effect.STOPS, INDEX_SPEED),
    _rule(r"^(UPDATE|DELETE|INSERT|MERGE)\b", Effect.ROWS, REWRITE_SPEED),
    _rule(r"^DROP TABLE|^ALTER TABLE .*\b(DROP COLUMN|RENAME)\b", Effect.BREAKS),
    _rule(r"^ALTER TABLE .*\bVALIDATE CONSTRAINT\b", Effect.BESIDE, READ_SPEED),
    _rule(r"^ALTER TABLE .*\bNOT VALID\b", Effect.MOMENT),
    _rule(r"^ALTER TABLE .*\bADD COLUMN\b.*\b(STORED|gen_random_uuid|random)\b", Effect.STOPS, REWRITE_SPEED),
    _rule(r"^ALTER TABLE .*\bALTER COLUMN\b.*\bTYPE\b", Effect.STOPS, REWRITE_SPEED),
    _rule(r"^ALTER TABLE .*\b(SET NOT NULL|ADD CONSTRAINT|ADD (FOREIGN|PRIMARY) KEY)\b", Effect.STOPS, READ_SPEED),
    _rule(r"", Effect.MOMENT),
)  # fmt: skip
TABLE = re.compile(r'\b(?:TABLE|ON|UPDATE|INTO|FROM)\s+(?:ONLY\s+)?"?(\w+)"?', re.I)


@dataclass(frozen=True)
class MigrationStep:
    """A statement of a migration. `seconds` are None if the size of a table says nothing about them."""

    statement: str
    effect: Effect
    table: str = ""
    seconds: float | None = None

    @property
    def needs_attention(self) -> bool:
        if self.effect in (Effect.STOPS, Effect.ROWS):
            return (self.seconds or 0) > LONG
        return self.effect in (Effect.BREAKS, Effect.UNKNOWN)


def read_step(statement: str, sizes: dict[str, int]) -> MigrationStep:
    """`sizes` has the bytes of the tables that exist; others are made by the upgrade itself, and are empty."""
    rule = next(rule for rule in RULES if rule.pattern.search(statement))
    named = TABLE.search(statement)
    table = named[1] if named else ""
    if table not in sizes and rule.effect not in (Effect.UNKNOWN, Effect.MOMENT):
        return MigrationStep(statement, Effect.MOMENT, table)
    seconds = round(sizes[table] / rule.speed, 1) if rule.speed else None
    return MigrationStep(statement, rule.effect, table, seconds)


def unapplied_migrations() -> dict[str, list[MigrationStep]]:
    """The migrations (app/name) that are not applied, in their order, with their statements."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    sizes, found = table_sizes(), dict[str, list[MigrationStep]]()
    state = executor._create_project_state(with_applied_migrations=True)  # type: ignore[attr-defined]
    with additions_in_place():
        for migration, _ in plan:
            with connection.schema_editor(collect_sql=True, atomic=migration.atomic) as editor:
                state = migration.apply(state, editor, collect_sql=True)
            statements = split("\n".join(editor.collected_sql))
            name = f"{migration.app_label}/{migration.name}"
            found[name] = [read_step(statement, sizes) for statement in statements]
    return found


def split(collected: str) -> list[str]:
    """The statements of a migration's SQL; Django writes a heading of three comments above each operation."""
    no_sql = "-- THIS OPERATION CANNOT BE WRITTEN AS SQL"
    kept = [line for line in collected.splitlines() if not line.startswith("--") or line == no_sql]
    text = "\n".join(f"{line};" if line == no_sql else line for line in kept)
    parts = [" ".join(part.split()) for part in re.split(r";\s*(?:\n|$)", text)]
    return [part for part in parts if part and part not in ("BEGIN", "COMMIT")]


def table_sizes() -> dict[str, int]:
    """The bytes of each table without its indexes."""
    rows = fetch(
        "SELECT relname::text, pg_table_size(oid) FROM pg_class"
        " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    )
    return dict(rows)


def obstacles() -> Iterator[str]:
    """What must be put right before an upgrade begins, in sentences."""
    executor = MigrationExecutor(connection)
    known = executor.loader.disk_migrations.keys()
    for app, name in sorted(executor.loader.applied_migrations.keys() - known):
        yield f"The database has {app}/{name}, which this release does not know: it is of a newer release."
    for pid, seconds in fetch(
        "SELECT pid, extract(epoch FROM now() - xact_start)::int FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        " AND now() - xact_start > make_interval(secs => $1) ORDER BY 2 DESC",
        LONG_TRANSACTION,
    ):
        yield (
            f"A transaction is open for {seconds} seconds (process {pid} of PostgreSQL): migrations would wait for it,"
            " and texts for them. Wait for its end, or end it."
        )
    for (index,) in fetch("SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid ORDER BY 1"):
        yield f"The index {index} is incomplete, from an interrupted migration: DROP INDEX CONCURRENTLY {index}."
