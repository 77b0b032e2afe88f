"""What the database knows of Citus: its nodes, its tables, and whether there is any."""

from django.conf import settings
from django.db import connection

from kernel.sql import fetch

SETTINGS = {
    # Otherwise a team's scope would not reach the nodes, and they would show no rows.
    "citus.propagate_set_commands": "local",
    # Triggers run on the nodes, and write rows of the same team.
    "citus.enable_unsafe_triggers": "on",
    "citus.allow_nested_distributed_execution": "on",
    # Statements that change tables or reference tables use one connection to each node: each sees what came before.
    "citus.multi_shard_modify_mode": "sequential",
    # Otherwise a new table would be bound to this node by its foreign key to the team, before it is distributed.
    "citus.enable_local_reference_table_foreign_keys": "off",
}


def has_citus() -> bool:
    return bool(fetch("SELECT 1 FROM pg_extension WHERE extname = 'citus'"))


def has_node_functions() -> bool:
    """Whether scopes can ask where their team is (nodes.sql). Processes that started before do not."""
    return bool(fetch("SELECT 1 WHERE to_regprocedure('node_receives(bigint)') IS NOT NULL"))


def is_distributed() -> bool:
    """Whether the tables of this database are distributed, at least in part."""
    return has_citus() and bool(distributed_tables())


def distributed_tables() -> set[str]:
    return _tables("partmethod = 'h'")


def reference_tables() -> set[str]:
    """Tables that each node has whole."""
    return _tables("repmodel = 't'")


def tables_of_this_node() -> set[str]:
    """Tables that the other nodes do not know. That of migrations is for this node alone."""
    rows = fetch(
        "SELECT c.relname::text FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'"
        " AND c.relname <> 'django_migrations'"
        " AND NOT EXISTS (SELECT FROM pg_dist_partition p WHERE p.logicalrelid = c.oid)"
    )
    return {name for (name,) in rows}


def _tables(where: str) -> set[str]:
    rows = fetch(f"SELECT logicalrelid::regclass::text FROM pg_dist_partition WHERE {where}")
    return {name for (name,) in rows}


def distribution_sql(table: str) -> str:
    return f"SELECT create_distributed_table('{table}', 'team_id')"


def worker_count() -> int:
    ((count,),) = fetch("SELECT count(*) FROM pg_dist_node WHERE isactive AND shouldhaveshards")
    return count


def missing_settings() -> list[str]:
    """Those of SETTINGS that do not hold in this connection, or that the database has not got on some node."""
    return [
        f"{name} = {value}"
        for name, value in SETTINGS.items()
        if fetch("SELECT current_setting($1, true)", name) != [(value,)]
        or nodes_without(_HAS_SETTING, f"{name}={value}")
    ]


_HAS_SETTING = """
    SELECT FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase
    WHERE d.datname = current_database() AND %L = ANY(s.setconfig)
"""


def nodes_without(question: str, value: str) -> list[str]:
    """The nodes on which this query about a value (%L), such as the name of a role, has no rows."""
    rows = fetch(
        "SELECT n.nodename || ':' || n.nodeport FROM run_command_on_all_nodes("
        "  'SELECT EXISTS (' || format($1::text, $2::text) || ')') AS r"
        " JOIN pg_dist_node n USING (nodeid) WHERE r.result IS DISTINCT FROM 't' ORDER BY 1",
        question,
        value,
    )
    return [node for (node,) in rows]


def current_role() -> str:
    ((role,),) = fetch("SELECT current_user::text")
    return str(role)


def runtime_role() -> str:
    return str(settings.DATABASE_RUNTIME_USER)


def database_name() -> str:
    return str(connection.settings_dict["NAME"])
