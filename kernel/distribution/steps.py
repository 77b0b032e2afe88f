"""Steps that distribute the database, each in a transaction of its own: an interrupted run goes on where it was.

What is done is read from Citus's catalogue. Policies, triggers, grants and foreign keys go with their tables.
"""

import time
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from django.db import OperationalError, transaction
from psycopg.errors import DeadlockDetected, LockNotAvailable

from kernel.distribution import cluster
from kernel.distribution.cluster import distribution_sql
from kernel.distribution.generated_columns import moved_behind_team
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
# Scopes that have begun end first. Those that begin meanwhile wait for it, so it waits for seconds, and then again.
_WITHOUT_SCOPES = (
    "SET LOCAL lock_timeout = '3s'",
    "LOCK TABLE {} IN EXCLUSIVE MODE",
    "SET LOCAL lock_timeout = 0",
)
TRIES = 50  # after which a step fails
PAUSE = 1.0  # seconds between two tries
MAY_USE_SEQUENCES = """
    SELECT FROM pg_roles r WHERE rolname = %L AND NOT EXISTS (
        SELECT FROM pg_class c WHERE c.relkind = 'S' AND c.relnamespace = 'public'::regnamespace
        AND NOT has_sequence_privilege(r.oid, c.oid, 'USAGE'))
"""
_GRANT = 'GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO "{}"'


class NodeFailed(OperationalError):
    """A statement failed on some node; the message is what the node said."""


class DistributionStep(NamedTuple):
    title: str
    statements: list[str]
    on_every_node: str = ""  # a statement that Citus does not pass on

    def run(self) -> None:
        """Texts that arrive meanwhile lock tables, too: what a deadlock or waiting ends is done again."""
        for tries_left in reversed(range(TRIES)):
            try:
                self._run_once()
                break
            except OperationalError as error:
                if not (tries_left and _may_succeed(error)):
                    raise
                time.sleep(PAUSE)

    def _run_once(self) -> None:
        with transaction.atomic():
            for statement in (WITHOUT_TRIGGERS, *self.statements):
                fetch(statement, prepare=False)
        if self.on_every_node:
            failed = fetch(
                "SELECT result FROM run_command_on_all_nodes($1::text) WHERE NOT success", self.on_every_node
            )
            if failed:
                raise NodeFailed(*failed[0])


def _may_succeed(error: OperationalError) -> bool:
    waited = isinstance(error.__cause__, DeadlockDetected | LockNotAvailable)
    return waited or isinstance(error, NodeFailed)


def steps_left() -> Iterator[DistributionStep]:
    """What is still to be done, in this order. What has been done by the time that a step is asked for is left out."""
    keys, tenants, done = foreign_keys(), tenant_tables(), cluster.distributed_tables()
    *earlier, last = in_order(tenants, keys)
    alone = [] if last in done else alone_with(last)
    yield from _settings_and_ids()
    common = tables_on_every_node(keys, tenants) - cluster.reference_tables()
    if common:
        connected = common & {
            table for key in keys if key.table not in tenants for table in (key.table, key.target)
        }
        moved = [key for key in keys if key.table in tenants and key.target in connected]
        by_team = with_targets({key.table for key in moved}, tenants, keys) - done
        copying = _copy_to_every_node(common, connected, moved, by_team)
        yield DistributionStep(f"{_listed(common)}: on every node", [*alone, *copying])
        done |= by_team
    yield from (_by_team(table, alone) for table in earlier if table not in done)
    in_keys = {table for key in keys for table in (key.table, key.target)}
    if free := cluster.tables_of_this_node() - tenants - in_keys:
        yield DistributionStep(
            f"{_listed(free)}: known to every node, since people sign in within a scope",
            [f"SELECT citus_add_local_table_to_metadata('{table}')" for table in sorted(free)],
        )
    yield from _rights()  # scopes are on the nodes as soon as the last table is
    if last not in done:
        yield _by_team(last, alone)
    yield from _rights()
    # They can be removed once all that refers to their table is distributed.
    for table in in_order(cluster.distributed_tables() | cluster.reference_tables(), keys):
        if has_rows_left(table):
            yield DistributionStep(f"{table}: without the rows that were moved", _remove_moved_rows(table))


def _settings_and_ids() -> Iterator[DistributionStep]:
    if cluster.missing_settings():
        yield DistributionStep("settings of the database, on every node", list(_settings()))
    alone = cluster.tables_of_this_node()
    if narrow := [(table, column) for table, column in narrow_ids() if table in alone]:
        yield DistributionStep(
            f"IDs of 64 bits, as nodes draw them: {_listed({t for t, _ in narrow})}",
            [f"ALTER TABLE {table} ALTER {column} TYPE bigint" for table, column in narrow],
        )


def _by_team(table: str, alone: list[str]) -> DistributionStep:
    return DistributionStep(f"{table}: by team", [*alone, *_distribute(table)])


def _distribute(table: str) -> list[str]:
    """With statistics: plans made without them would read whole shards until autovacuum comes by."""
    return [*moved_behind_team(table), distribution_sql(table), f"ANALYZE {table}"]


def _rights() -> Iterator[DistributionStep]:
    """Citus does not pass on the rights on the sequences of identity columns."""
    role = cluster.runtime_role()
    if cluster.nodes_without(MAY_USE_SEQUENCES, role):
        yield DistributionStep("rights on the sequences of every node", [], _GRANT.format(role))


def alone_with(last_table: str) -> list[str]:
    """No scope has begun and not ended: each locks this table until it is distributed (nodes.sql)."""
    return [statement.format(last_table) for statement in _WITHOUT_SCOPES]


def _settings() -> Iterator[str]:
    """The settings of the database of each node, and of this connection.

    If this node passes them on, the others refuse to be asked; `missing_settings` tells what counts.
    """
    database = cluster.database_name()
    for name, value in cluster.SETTINGS.items():
        yield f"SELECT run_command_on_all_nodes($$ALTER DATABASE \"{database}\" SET {name} = '{value}'$$)"
        yield f"SET {name} = '{value}'"


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
    yield from (each for table in in_order(by_team, foreign_keys()) for each in _distribute(table))
    yield from (f"ALTER TABLE {key.table} ADD CONSTRAINT {key.name} {key.definition}" for key in keys)


def _remove_moved_rows(table: str) -> list[str]:
    """Citus leaves the old rows where they were, unseen."""
    return [f"SELECT truncate_local_data_after_distributing_table('{table}')"]


def _listed(tables: set[str]) -> str:
    return ", ".join(sorted(tables))
