"""Refuse to run as a role that could pass the tenant wall."""

import time
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, connection

DATABASE_WAIT_SECONDS = 60  # seconds to come up before a server or worker that waits for it gives up


def role_faults() -> list[str]:
    """Why the connected role is not bound by the policies; empty when it is."""
    with connection.cursor() as cursor:
        cursor.execute(
            # Also what it could become by SET ROLE.
            "SELECT bool_or(r.rolsuper), bool_or(r.rolbypassrls), EXISTS (SELECT FROM pg_class c"
            " WHERE pg_has_role(c.relowner, 'MEMBER') AND c.relnamespace = 'public'::regnamespace AND c.relkind = 'r')"
            " FROM pg_roles r WHERE pg_has_role(r.oid, 'MEMBER')"
        )
        superuser, bypasses, owns = cursor.fetchone()
    return [
        fault
        for wrong, fault in (
            (superuser, "is a superuser, or may become one"),
            (bypasses, "has BYPASSRLS, or may become a role that has"),
            (owns, "owns tables, or is a member of the role that does"),
        )
        if wrong
    ]


def check_runtime_role(databases: Any = None, **_: Any) -> list[CheckMessage]:
    if not databases or settings.DATABASE_ROLE == "owner":
        return []
    return [
        Error(
            f"The database role {settings.DATABASE_RUNTIME_USER!r} {fault}, so it would see every team's rows.",
            hint="Let DATABASE_URL name an ordinary role that owns nothing; DATABASE_OWNER_URL is for migrations.",
            id="kernel.E001",
        )
        for fault in role_faults()
    ]


def require_isolated_role(**_: Any) -> None:
    """Before a server or worker takes its first work: raise ImproperlyConfigured as a role that no policy binds."""
    for second in range(DATABASE_WAIT_SECONDS):
        try:
            errors = check_runtime_role(databases=["default"])
            break
        except OperationalError:
            if second == DATABASE_WAIT_SECONDS - 1:
                raise
            time.sleep(1)
    connection.close()
    if errors:
        raise ImproperlyConfigured("\n".join(f"{error.msg} {error.hint}" for error in errors))
