"""Whether a connection leads to a database with Citus, which refuses some statements that PostgreSQL runs.

Statements are the same everywhere where that costs nothing. Where it would, `kernel` asks here.
"""

from typing import Any
from weakref import WeakKeyDictionary

from django.db import DEFAULT_DB_ALIAS, connections

from kernel.sql import fetch


def connects_to_citus() -> bool:
    """Asked once for each connection, so the product is restarted after Citus is installed."""
    django = connections[DEFAULT_DB_ALIAS]
    django.ensure_connection()
    if django.connection not in _CONNECTIONS:
        _CONNECTIONS[django.connection] = bool(fetch("SELECT 1 FROM pg_extension WHERE extname = 'citus'"))
    return _CONNECTIONS[django.connection]


_CONNECTIONS: WeakKeyDictionary[Any, bool] = WeakKeyDictionary()
