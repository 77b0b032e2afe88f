"""Steps that distribute the database, each in a transaction of its own: an interrupted run goes on where it was.

What is done is read from Citus's catalogue. Policies, triggers, grants and foreign keys go with their tables.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from django.db import OperationalError, transaction
from psycopg.errors import DeadlockDetected

from kernel.distribution import cluster
from kernel.distribution.cluster import distribution_sql
from kernel.distribution.tables import (
    ForeignKey,
    foreign_keys,
    has_rows_left,
    in_order,
    narrow_ids,
    tables_on_every_node,
    tenant_tables,
    with_targets,
)
from kernel.sql import fetch

# Between reference tables and others that stay on this node Citus needs to know all that foreign keys connect; it then
# cannot distribute any of them.
WITH_CONNECTED = "SET LOCAL citus.enable_local_reference_table_foreign_keys = on"
ALONE = "SET LOCAL citus.enable_local_reference_table_foreign_keys = off"
# The rows are copied as if they were inserted, and removed by TRUNCATE: no trigger may write them to the feed again, or
# refuse their removal.
WITHOUT_TRIGGERS = "SET LOCAL session_replication_role = replica"
DEADLOCKS = 50  # after which a step fails
MAY_USE_SEQUENCES = """
    SELECT FROM pg_roles r WHERE rolname = %L AND NOT EXISTS (
        SELECT FROM pg_class c WHERE c.relkind = 'S' AND c.relnamespace = 'public'::regnamespace
        AND NOT has_sequence_privilege(r.oid, c.oid, 'USAGE'))
"""
_GRANT = 'GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO "{}"'


class DistributionStep(NamedTuple):
    title: str
    statements: list[str]

    def run(self) -> None:
        """Texts that arrive meanwhile lock tables in another order: what a deadlock ends is done again."""
        for tries_left in reversed(range(DEADLOCKS)):
            try:
                self._run_once()
                break
            except OperationalError as error:
                if not (tries_left and isinstance(error.__cause__, DeadlockDetected)):
                    raise

    def _run_once(self) -> None:
        with transaction.atomic():
            for statement in (WITHOUT_TRIGGERS, *self.statements):
                fetch(statement, prepare=False)


def steps_left() -> Iterator[DistributionStep]:
    """What is still to be done, in this order. What has been done by the time that a step is asked for is left out."""
    keys, tenants, done = foreign_keys(), tenant_tables(), cluster.distributed_tables()
    if cluster.missing_settings():
        yield DistributionStep("settings of the database, on every node", list(_settings()))
    alone = cluster.tables_of_this_node()
    if narrow := [(table, column) for table, column in narrow_ids() if table in alone]:
        yield DistributionStep(
            f"IDs of 64 bits, as nodes draw them: {_listed({t for t, _ in narrow})}",
            [f"ALTER TABLE {table} ALTER {column} TYPE bigint" for table, column in narrow],
        )
    common = tables_on_every_node(keys, tenants) - cluster.reference_tables()
    if common:
        connected = common & {
            table for key in keys if key.table not in tenants for table in (key.table, key.target)
        }
        moved = [key for key in keys if key.table in tenants and key.target in connected]
        by_team = with_targets({key.table for key in moved}, tenants, keys) - done
        yield DistributionStep(
            f"{_listed(common)}: on every node", list(_copy_to_every_node(common, connected, moved, by_team))
        )
        done |= by_team
    for table in in_order(tenants, keys):
        if table not in done:
            yield DistributionStep(f"{table}: by team", [distribution_sql(table)])
    in_keys = {table for key in keys for table in (key.table, key.target)}
    if free := cluster.tables_of_this_node() - tenants - in_keys:
        yield DistributionStep(
            f"{_listed(free)}: known to every node, since people sign in within a scope",
            [f"SELECT citus_add_local_table_to_metadata('{table}')" for table in sorted(free)],
        )
    # They can be removed once all that refers to their table is distributed.
    for table in in_order(cluster.distributed_tables() | cluster.reference_tables(), keys):
        if has_rows_left(table):
            yield DistributionStep(f"{table}: without the rows that were moved", _remove_moved_rows(table))
    if cluster.nodes_without(MAY_USE_SEQUENCES, cluster.runtime_role()):
        grant = _GRANT.format(cluster.runtime_role())
        yield DistributionStep("rights on the sequences of every node", [_on_every_node(grant)])


def _settings() -> Iterator[str]:
    """The settings of the database of each node, and of this connection."""
    for name, value in cluster.SETTINGS.items():
        yield _on_every_node(f"ALTER DATABASE \"{cluster.database_name()}\" SET {name} = '{value}'")
        yield f"SET {name} = '{value}'"


def _on_every_node(statement: str) -> str:
    """Citus has no such statement for a database or a sequence of an identity column."""
    return f"SELECT run_command_on_all_nodes($${statement}$$)"


def _copy_to_every_node(
    common: set[str], connected: set[str], keys: Iterable[ForeignKey], by_team: set[str]
) -> Iterator[str]:
    """Tables without a team that tables of teams refer to. Those to which other tables refer too are `connected`: all
    these stay on this node, so the tables of teams among them, `by_team` with those that they refer to, are distributed
    in the same transaction.
    """
    yield from (f"SELECT create_reference_table('{table}')" for table in sorted(common - connected))
    yield from (f"ALTER TABLE {key.table} DROP CONSTRAINT {key.name}" for key in keys)
    yield WITH_CONNECTED
    yield from (f"SELECT create_reference_table('{table}')" for table in in_order(connected, foreign_keys()))
    yield ALONE
    yield from (distribution_sql(table) for table in in_order(by_team, foreign_keys()))
    yield from (f"ALTER TABLE {key.table} ADD CONSTRAINT {key.name} {key.definition}" for key in keys)


def _remove_moved_rows(table: str) -> list[str]:
    """Citus leaves the old rows where they were, unseen."""
    return [f"SELECT truncate_local_data_after_distributing_table('{table}')"]


def _listed(tables: set[str]) -> str:
    return ", ".join(sorted(tables))
