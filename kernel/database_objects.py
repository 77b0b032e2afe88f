"""Database objects other than tables: each package's triggers, scope lookups and grants, installed after migrate.

A package keeps them next to its models, in `triggers.sql`, `scope_lookups.sql` and `grants.sql`. The files run in the
order of INSTALLED_APPS, so that a package may name the tables of lower packages only.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from psycopg.sql import Identifier

from kernel.distribution.cluster import has_citus
from kernel.distribution.nodes import function_statements

FILES = ("triggers.sql", "scope_lookups.sql", "grants.sql")


def install(**_: Any) -> None:
    """Run the SQL files of all packages in one transaction. Only the owner of the tables can, so others do nothing."""
    if settings.DATABASE_ROLE != "owner":
        return
    with transaction.atomic(), connection.cursor() as cursor:
        # A new trigger waits for the table's writers, and new writers wait for it: fail soon instead of stopping texts.
        cursor.execute("SET LOCAL lock_timeout = '3s'")
        for script in scripts():
            cursor.execute(script)


def scripts() -> Iterator[str]:
    """What installs all objects. Functions for which a cluster has others are replaced by those."""
    yield from _files()
    if has_citus():
        yield from function_statements()


def _files() -> Iterator[str]:
    """All files, by kind: lookups may use functions of triggers, and grants cover all objects that exist by then."""
    runtime_role = Identifier(str(settings.DATABASE_RUNTIME_USER)).as_string(None)
    for name in FILES:
        for app in apps.get_app_configs():
            file = Path(app.path) / name
            if Path(app.path).parent == settings.BASE_DIR and file.exists():
                yield file.read_text().replace(":runtime_role", runtime_role)
