"""Whether a connection leads to a database with Citus, which refuses some statements that PostgreSQL runs.

Statements are the same everywhere where that costs nothing. Where it would, `kernel` asks here.
"""

from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from django.db import DEFAULT_DB_ALIAS, connections

from kernel.sql import fetch


class _Kind(NamedTuple):
    has_citus: bool
    has_node_functions: bool


def connects_to_citus() -> bool:
    """Asked once for each connection, so the product is restarted after Citus is installed."""
    return _kind().has_citus


def scopes_ask_nodes() -> bool:
    """Whether a scope begins on the node that holds its team (nodes.py). Asked together with the other."""
    return _kind().has_node_functions


def _kind() -> _Kind:
    django = connections[DEFAULT_DB_ALIAS]
    django.ensure_connection()
    if django.connection not in _CONNECTIONS:
        (found,) = fetch(
            "SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'citus'),"
            " to_regprocedure('node_receives(bigint)') IS NOT NULL"
        )
        _CONNECTIONS[django.connection] = _Kind(*found)
    return _CONNECTIONS[django.connection]


_CONNECTIONS: WeakKeyDictionary[Any, _Kind] = WeakKeyDictionary()
