"""Check of the database role: the product refuses to run as a role that row-level security does not bind."""

import time
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, connection

from kernel.distribution.connection import scopes_ask_nodes
from kernel.distribution.nodes import close_connections, connected_to, node_addresses

DATABASE_WAIT_SECONDS = 60  # seconds that a server or worker waits for the database


def unsafe_role_reasons() -> list[str]:
    """The reasons why the policies do not bind the connected role; empty if they do."""
    with connection.cursor() as cursor:
        cursor.execute(
            # Includes the roles that it could become by SET ROLE.
            "SELECT bool_or(r.rolsuper), bool_or(r.rolbypassrls), EXISTS (SELECT FROM pg_class c"
            " WHERE pg_has_role(c.relowner, 'MEMBER') AND c.relnamespace = 'public'::regnamespace AND c.relkind = 'r')"
            " FROM pg_roles r WHERE pg_has_role(r.oid, 'MEMBER')"
        )
        superuser, bypasses, owns = cursor.fetchone()
    return [
        reason
        for applies, reason in (
            (superuser, "is or may become a superuser"),
            (bypasses, "has BYPASSRLS, or may become a role that has it"),
            (owns, "owns tables, or is a member of their owner"),
        )
        if applies
    ]


def check_runtime_role(databases: Any = None, **_: Any) -> list[CheckMessage]:
    if not databases or settings.DATABASE_ROLE == "owner":
        return []
    return [
        Error(
            f"The database role {settings.DATABASE_RUNTIME_USER!r} {reason}, so it would see the rows of all teams.",
            hint="Set DATABASE_URL to an ordinary role that owns nothing; DATABASE_OWNER_URL is for migrations.",
            id="kernel.E001",
        )
        for reason in _unsafe_role_reasons_everywhere()
    ]


def _unsafe_role_reasons_everywhere() -> Iterator[str]:
    """Also on the nodes of a cluster, to which scopes connect. Raises OperationalError for an unreachable node."""
    yield from unsafe_role_reasons()
    for address in node_addresses() if scopes_ask_nodes() else ():
        with connected_to(address):
            yield from (f"{reason} (on {address.host}:{address.port})" for reason in unsafe_role_reasons())


def require_isolated_role(**_: Any) -> None:
    """For servers and workers before they start: raise ImproperlyConfigured if policies do not bind the role."""
    for second in range(DATABASE_WAIT_SECONDS):
        try:
            errors = check_runtime_role(databases=["default"])
            break
        except OperationalError:
            if second == DATABASE_WAIT_SECONDS - 1:
                raise
            time.sleep(1)
    close_connections()
    if errors:
        raise ImproperlyConfigured("\n".join(f"{error.msg} {error.hint}" for error in errors))
