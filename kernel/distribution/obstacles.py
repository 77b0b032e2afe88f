"""What prevents a distribution, and what the shards of distributed tables lack, each as a sentence."""

from collections.abc import Iterator

from kernel.distribution import cluster
from kernel.distribution.tables import ForeignKey, foreign_keys, tenant_tables
from kernel.sql import fetch

# What Citus copies to each shard. The names of a shard's objects end with its number, so they are counted.
OBJECTS = """
    SELECT format('%%s triggers, %%s constraints, %%s policies, row security %%s, rights %%s',
        (SELECT count(*) FROM pg_trigger t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal AND t.tgenabled = 'O'
            AND t.tgname NOT LIKE 'truncate\\_trigger%%'),
        (SELECT count(*) FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype <> 'n'),
        (SELECT count(*) FROM pg_policy p WHERE p.polrelid = c.oid), c.relrowsecurity,
        (SELECT string_agg(a::text, ' ' ORDER BY a::text) FROM unnest(c.relacl) AS a))
    FROM pg_class c WHERE c.oid = '%s'::regclass
"""
MAY_MOVE_ROWS = """
    SELECT FROM pg_roles WHERE rolname = %L AND has_parameter_privilege(oid, 'session_replication_role', 'SET')
"""


def obstacles() -> Iterator[str]:
    """Why the database cannot be distributed."""
    if not cluster.has_citus():
        yield (
            "The database has no Citus. As superuser: CREATE EXTENSION citus in this database, on every node;"
            " then SELECT citus_add_node(…) on this one."
        )
        return
    if not cluster.has_node_functions():
        yield "The product does not know of Citus yet. Run manage.py migrate, and restart all its processes."
    if not cluster.worker_count():
        yield "No node holds rows. As superuser: SELECT citus_add_node('worker', 5432) for each worker."
    owner, runtime = cluster.current_role(), cluster.runtime_role()
    for node in cluster.nodes_without("SELECT FROM pg_roles WHERE rolname = %L", runtime):
        yield f"{node} has no role {runtime}. As superuser, on that node: CREATE ROLE {runtime} LOGIN."
    for node in cluster.nodes_without(MAY_MOVE_ROWS, owner):
        yield (
            f"Triggers would fire for rows that are moved. As superuser, on {node}:"
            f" GRANT SET ON PARAMETER session_replication_role TO {owner} (REVOKE it afterwards)."
        )
    for key in _without_team(foreign_keys(), tenant_tables()):
        yield f"{key.table}.{key.name} refers to {key.target} without the team, and so cannot be kept on one node."


def _without_team(keys: list[ForeignKey], tenants: set[str]) -> Iterator[ForeignKey]:
    within = (key for key in keys if key.table in tenants and key.target in tenants)
    return (key for key in within if not key.definition.startswith("FOREIGN KEY (team_id,"))


def faults() -> Iterator[str]:
    """What the shards of distributed tables lack, such as the trigger that refuses changes of the ledger."""
    for table in sorted(cluster.distributed_tables()):
        ((expected,),) = fetch(
            OBJECTS.replace("%%", "%").replace("'%s'::regclass", "$1::text::regclass"), table
        )
        found = fetch(
            "SELECT shardid, result FROM run_command_on_shards($1::text::regclass, $2::text)", table, OBJECTS
        )
        for shard, objects in found:
            if objects != expected:
                yield f"Shard {shard} of {table} has {objects} instead of {expected}."
