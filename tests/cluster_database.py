"""The database of the tests on a Citus cluster: distributed once, kept between runs, and emptied on each node.

`make test-cluster` names it by TEST_DATABASE_URL and TEST_DATABASE_OWNER_URL. Each of several processes of tests has
one of its own, whose name ends with that of the process: heymarket_gw0. Without these addresses nothing is used here.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from io import StringIO
from typing import Any, LiteralString
from weakref import WeakKeyDictionary

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from psycopg.conninfo import make_conninfo

URLS = {"TEST_DATABASE_URL": "DATABASE_URL", "TEST_DATABASE_OWNER_URL": "DATABASE_OWNER_URL"}
SHARDS = 4  # of each table: teams on both workers, and few tables to empty


def is_used() -> bool:
    return "TEST_DATABASE_URL" in os.environ


def urls() -> dict[str, str]:
    """The addresses as settings, empty without a cluster."""
    return {name: os.environ[test] for test, name in URLS.items() if test in os.environ}


def use_database() -> None:
    """Migrate and distribute the database, as its owner. One that earlier migrations made goes on from there."""
    name = "_".join(filter(None, [connection.settings_dict["NAME"], os.environ.get("PYTEST_XDIST_WORKER")]))
    connection.settings_dict["NAME"] = settings.DATABASES["default"]["NAME"] = name
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER DATABASE {connection.ops.quote_name(name)} SET citus.shard_count = {SHARDS}")
    connection.close()
    call_command("migrate", verbosity=0)
    call_command("distribute", stdout=StringIO())


def connect_to_nodes(owner: psycopg.Connection, stack: ExitStack) -> None:
    """Let `nodes_of` know connections of the owner to all nodes. They see shards as tables."""
    nodes = owner.execute("SELECT nodename, nodeport FROM pg_dist_node WHERE isactive ORDER BY groupid")
    for host, port in nodes.fetchall():
        address = make_conninfo(settings.DATABASE_OWNER_URL, host=host, port=port, dbname=owner.info.dbname)
        node = stack.enter_context(psycopg.connect(address, autocommit=True))
        # Shards are seen, and functions are this node's own.
        node.execute("SET citus.show_shards_for_app_name_prefixes = '*'")
        node.execute("SET citus.enable_ddl_propagation = off")
        _NODES.setdefault(owner, []).append(node)


def nodes_of(owner: psycopg.Connection) -> list[psycopg.Connection]:
    """The owner's connection to each server that holds rows, first the one that others connect to."""
    return _NODES.get(owner, [owner])


def node_of_team(owner: psycopg.Connection, team_id: int) -> psycopg.Connection:
    """The owner's connection to the server that holds this team."""
    if not is_used():
        return owner
    (place,) = owner.execute("SELECT host, port FROM node_of_team(%s)", [team_id]).fetchall()
    (node,) = (node for node in nodes_of(owner) if (node.info.host, node.info.port) == place)
    return node


def execute_on_nodes(owner: psycopg.Connection, statement: LiteralString, values: Sequence[Any] = ()) -> None:
    """Execute a statement as the owner on each server that holds rows."""
    for node in nodes_of(owner):
        node.execute(statement, values)


def share_a_node(owner: psycopg.Connection, *teams: int) -> bool:
    """Whether these teams are on one server."""
    places = {str(owner.execute("SELECT node_of_team(%s)", [team]).fetchall()) for team in teams if is_used()}
    return len(places) < 2


_NODES: WeakKeyDictionary[psycopg.Connection, list[psycopg.Connection]] = WeakKeyDictionary()


def tables_with_rows(node: psycopg.Connection) -> Iterator[tuple[str, str]]:
    """The tables of a server in which rows are, each with its name, which for a shard is that of the whole table."""
    is_node = node.execute("SELECT FROM pg_extension WHERE extname = 'citus'").rowcount
    yield from node.execute(_SHARDS if is_node else _TABLES).fetchall()


_TABLES = "SELECT quote_ident(tablename), tablename FROM pg_tables WHERE schemaname = 'public'"
# The number of a shard follows the name of its table.
_SHARDS = """
    SELECT quote_ident(c.relname), regexp_replace(c.relname, '_[0-9]{6,}$', '') FROM pg_class c
    WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
    AND NOT EXISTS (SELECT FROM pg_dist_partition p WHERE p.logicalrelid = c.oid)
"""
