"""A migrated database that the test databases are copied from: migrating takes many seconds, a copy takes one."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.test.utils import setup_databases

PREFIX = "heymarket_template_"
LOCK = 7_205_112  # an advisory lock of PostgreSQL: only one process makes the template


def use_template() -> None:
    """Let Django copy its test database from the template of these migrations, which is made first if need be.

    Call it as the owner. Django migrates the copy too, in case that something is missing.
    """
    template = PREFIX + _hash_of_migrations()
    with _locked() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [PREFIX])
        existing = {name for (name,) in cursor.fetchall()}
        if template not in existing:
            for outdated in existing:
                cursor.execute(f'DROP DATABASE "{outdated}"')
            making = f"making_{template}"
            _migrate(making)
            cursor.execute(f'ALTER DATABASE "{making}" RENAME TO "{template}"')
    connection.settings_dict["TEST"]["TEMPLATE"] = template


def _hash_of_migrations() -> str:
    """A hash of the project's migrations and of its dependencies, which have migrations too."""
    root = Path(settings.BASE_DIR)
    files = [*sorted(root.glob("*/migrations/*.py")), root / "requirements-dev.txt"]
    parts = [part for file in files for part in (str(file.relative_to(root)).encode(), file.read_bytes())]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:12]


@contextmanager
def _locked() -> Iterator[CursorWrapper]:
    with connection._nodb_cursor() as cursor:  # as Django's own creation of test databases does
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        yield cursor


def _migrate(name: str) -> None:
    """Create and migrate a database of this name. One that an interrupted run left is replaced."""
    of_test, of_run = connection.settings_dict["TEST"], connection.settings_dict["NAME"]
    name_of_test = of_test["NAME"]
    of_test["NAME"] = name
    try:
        setup_databases(verbosity=0, interactive=False, serialized_aliases=())
    finally:
        connection.close()
        of_test["NAME"] = name_of_test
        connection.settings_dict["NAME"] = settings.DATABASES["default"]["NAME"] = of_run
