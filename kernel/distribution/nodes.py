"""Connections to the nodes of a cluster: the transaction of a scope runs on the node that holds its team.

A process remembers where a team is. The first statement of each transaction lets the node keep the team until the end
(nodes.sql), or fails if the team has left; then the process asks the coordinating node again. So all transactions of a
team are on one node, with their locks, their rows and their clock. Meanwhile this thread's connection is the node's for
everybody who asks Django for it, and on commit it is the coordinating node's again.
"""

import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.db import (
    DEFAULT_DB_ALIAS,
    InterfaceError,
    InternalError,
    OperationalError,
    connections,
    transaction,
)
from django.db.backends.postgresql.base import DatabaseWrapper

from kernel.distribution.shards import Shards
from kernel.distribution.tables import foreign_keys, in_order, tenant_tables
from kernel.sql import begin_with, fetch

TRIES = 3
HAS_LEFT = "57HM1"  # SQLSTATE of nodes.sql
PREPARED = 300  # statements of a connection to a node, which names the shards of many teams


class Address(NamedTuple):
    host: str
    port: int


class Home(NamedTuple):
    """Where a team is: the address of its node, None for the coordinating node; by which arrival; and its shards."""

    address: Address | None
    arrival: str
    shards: Shards | None = None


class NodeConnection(DatabaseWrapper):
    """A thread's connection to a node. What is done on commit uses the thread's usual connection."""

    usual: Any
    shards: Shards | None = None  # of the team of the transaction

    def get_new_connection(self, conn_params: Any) -> Any:
        connection = super().get_new_connection(conn_params)
        connection.prepared_max = PREPARED
        return connection

    def run_and_clear_commit_hooks(self) -> None:
        connections[DEFAULT_DB_ALIAS] = self.usual
        try:
            super().run_and_clear_commit_hooks()
        finally:
            connections[DEFAULT_DB_ALIAS] = self


def transaction_at_home(team_id: int, preparing: Sequence[str], locking: Sequence[str]) -> ExitStack:
    """Begin a transaction with these statements on the node that holds the team; leaving the result ends it.

    The locks are taken once the node keeps the team.

    Nothing was done if it fails, so it is tried again: with a new connection, or where the team is now.
    Raises OperationalError if the node cannot be reached, or if a move keeps the team for five seconds.
    """
    for tries_left in reversed(range(TRIES)):
        try:
            return _begin(team_id, preparing, locking)
        except (OperationalError, InterfaceError) as error:
            _HOMES.pop(team_id, None)
            if not tries_left or not _may_succeed(error):
                raise
    raise AssertionError


@contextmanager
def connected_to(address: Address | None) -> Iterator[None]:
    """Within it, this thread's connection is the one to this node. Outside any transaction."""
    if address is None:
        yield
        return
    usual = connections[DEFAULT_DB_ALIAS]
    connections[DEFAULT_DB_ALIAS] = _connection_to(address, usual)
    try:
        yield
    finally:
        connections[DEFAULT_DB_ALIAS] = usual


def close_connections() -> None:
    """Close all connections of this thread."""
    connections.close_all()
    for node in _THREAD.nodes.values():
        node.close()


def keeps_here(team_id: int) -> bool:
    """Inside a scope on a cluster: keep another team on this node until the end, if it is here."""
    ((arrival,),) = fetch("SELECT node_receives($1::bigint)", team_id)
    return arrival is not None


def node_addresses() -> list[Address]:
    """The nodes that hold teams besides the coordinating node, as this process reaches them."""
    rows = fetch(
        "SELECT nodename, nodeport FROM pg_dist_node"
        " WHERE groupid <> 0 AND noderole = 'primary' AND isactive ORDER BY groupid"
    )
    return [_reached(*row) for row in rows]


def function_statements() -> list[str]:
    """The functions that scopes ask, for all nodes, and who may call them."""
    *_, last = in_order(tenant_tables(), foreign_keys())
    script = Path(__file__).with_name("nodes.sql").read_text().replace(":last_table", last)
    script = script.replace(":runtime_role", f'"{settings.DATABASE_RUNTIME_USER}"')
    _, *statements = re.split("^(?=CREATE |REVOKE |GRANT )", script, flags=re.MULTILINE)
    return statements


def _begin(team_id: int, preparing: Sequence[str], locking: Sequence[str]) -> ExitStack:
    with ExitStack() as begun:
        home = _HOMES.get(team_id) or _find(team_id)
        begun.enter_context(_lost_connections())
        begun.enter_context(connected_to(home.address))
        begun.enter_context(transaction.atomic())
        begin_with([*preparing, f"SELECT node_must_keep('{home.arrival}')", *locking])
        if home.shards:
            connections[DEFAULT_DB_ALIAS].shards = home.shards  # type: ignore[attr-defined]
        return begun.pop_all()


@contextmanager
def _lost_connections() -> Iterator[None]:
    """A connection between two nodes that is lost, in a statement or at COMMIT, is an internal error to Citus."""
    try:
        yield
    except InternalError as error:
        raise OperationalError(*error.args) from error


def _find(team_id: int) -> Home:
    found = fetch("SELECT host, port FROM node_of_team($1::bigint)", team_id)
    address = _reached(*found[0]) if found else None
    with connected_to(address):
        ((arrival,),) = fetch("SELECT node_receives($1::bigint)", team_id)
        shards = _shards(team_id) if address else None
    if arrival is None:
        raise OperationalError(f"Team {team_id} is being moved, or the tables are being distributed.")
    home = _HOMES[team_id] = Home(address, arrival, shards)
    return home


def _shards(team_id: int) -> Shards:
    """Read after the arrival, which is no longer the team's if they have changed since."""
    rows = fetch("SELECT name, shard, sequence, is_copy FROM node_shards($1::bigint)", team_id)
    return Shards(
        team_id,
        names={name: shard for name, shard, *_ in rows},
        sequences={name: sequence for name, _, sequence, is_copy in rows if sequence and not is_copy},
        copies=frozenset(name for name, *_, is_copy in rows if is_copy),
    )


def _may_succeed(error: Exception) -> bool:
    """Whether another try may succeed: the team has left, or a connection is gone."""
    return getattr(error.__cause__, "sqlstate", None) in (None, HAS_LEFT)


def _reached(host: str, port: int) -> Address:
    """The address at which this process reaches a node, by the setting DATABASE_NODES."""
    host, _, port_ = settings.DATABASE_NODES.get(f"{host}:{port}", f"{host}:{port}").rpartition(":")
    return Address(host, int(port_))


def _connection_to(address: Address, usual: Any) -> NodeConnection:
    of = usual.settings_dict
    key = (address, of["NAME"], of["USER"])
    if (node := _THREAD.nodes.get(key)) is None:
        place = {"HOST": address.host, "PORT": str(address.port), "CONN_HEALTH_CHECKS": False}
        node = _THREAD.nodes[key] = NodeConnection({**of, **place}, DEFAULT_DB_ALIAS)
    node.usual = usual
    node.close_if_unusable_or_obsolete()
    return node


class _NodeConnections(dict[tuple[Address, str, str], NodeConnection]):
    """Connections to nodes, which are closed when the thread that used them has ended."""

    def __del__(self) -> None:
        for node in self.values():
            if node.connection is not None:
                node.connection.close()  # Django's own close() is for the thread alone


class _Thread(threading.local):
    def __init__(self) -> None:
        self.nodes = _NodeConnections()


_HOMES: dict[int, Home] = {}  # of all threads of this process
_THREAD = _Thread()
