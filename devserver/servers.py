"""PostgreSQL and Valkey in a folder for as long as a block lasts: for tests, benchmarks and single commands."""

import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from devserver import postgres, processes, valkey
from devserver.addresses import default_urls, private_folder, socket_folder
from devserver.parent_death import alive, hold
from devserver.processes import NotStarted

# The variables that name a server elsewhere; where one is not given, we run that server.
BOTH = frozenset({"DATABASE_URL", "REDIS_URL"})
PATIENCE = 15.0  # seconds that what was killed hard may take to end


class FolderInUse(NotStarted):
    """Somebody else has the folder."""


@contextmanager
def running(folder: Path, durable: bool = True, purpose: str = "another command") -> Iterator[dict[str, str]]:
    """Both servers with their data in `folder`; yields their addresses as environment variables.

    They end with the block, and with the calling thread however it ends. Not `durable` is for tests: nothing is
    synced to disk, data that no longer starts is thrown away, and the owner role may make databases.
    InUse when somebody else runs them in this folder, NotStarted when they do not come up.
    """
    folder = folder.absolute()
    with exclusive_folder(folder, purpose), ExitStack() as stack:
        try:
            start(folder, durable, stack)
        except NotStarted:
            if durable:
                raise
            stack.close()
            delete_data(folder)
            start(folder, durable, stack)
        yield default_urls(folder)


def are_up(folder: Path) -> bool:
    """Whether both answer at the addresses of `folder`, whoever runs them."""
    return postgres.answers(folder) and valkey.answers(default_urls(folder)["REDIS_URL"])


@contextmanager
def exclusive_folder(folder: Path, purpose: str) -> Iterator[int]:
    """Have `folder` alone; yields a handle that keeps the lock for a child that inherits it.

    InUse, naming the other one, when somebody has it already.
    """
    path = folder / "run" / "lock"
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = take(path)
    except PermissionError as error:
        raise NotStarted(
            f"{error.filename} belongs to another user; remove {folder} or be that user."
        ) from None
    os.ftruncate(handle, 0)
    os.pwrite(handle, f"{os.getpid()} {purpose}".encode(), 0)
    try:
        yield handle
    finally:
        os.ftruncate(handle, 0)
        os.close(handle)


def take(path: Path) -> int:
    try:
        return hold(path, patience=0)
    except TimeoutError:
        process, _, purpose = path.read_text().partition(" ")
    try:
        if process and not alive(int(process)):
            # Killed hard; what it started is about to notice.
            return hold(path, PATIENCE)
    except TimeoutError:
        pass
    holder = f"{purpose or 'something'} (process {process or 'unknown'})"
    raise FolderInUse(f"The servers in {path.parents[1]} are in use by {holder}: stop it first.")


def prepare(folder: Path, own: frozenset[str] = BOTH, durable: bool = True) -> None:
    """Everything that must be there before the servers start."""
    await_stopped_servers(folder)
    try:
        private_folder(socket_folder(folder), postgres.possible_users(folder))
    except PermissionError as error:
        raise NotStarted(f"{error.filename} belongs to another user: remove it or be that user.") from None
    if "REDIS_URL" in own:
        valkey.prepare(folder, durable)
    if "DATABASE_URL" in own:
        postgres.prepare(folder)


def await_stopped_servers(folder: Path) -> None:
    """Let servers whose parent was killed hard finish, so that their ports are free again."""
    for name in "postgres", "valkey":
        try:
            os.close(hold(folder / "run" / f"{name}.lock", PATIENCE))
        except TimeoutError as error:
            raise NotStarted(str(error)) from None


def start(folder: Path, durable: bool, stack: ExitStack) -> None:
    """Start both side by side; `stack` stops them."""
    prepare(folder, durable=durable)
    log = folder / "log" / "servers.log"
    log.unlink(missing_ok=True)
    cache = processes.start(valkey.command(folder, os.getpid()), log)
    stack.callback(processes.stop, cache)
    database = processes.start(postgres.command(folder, os.getpid(), durable), log)
    stack.callback(processes.stop, database, signal.SIGINT)
    for name, ready in (
        ("PostgreSQL", postgres.await_ready(folder, is_up(database))),
        ("Valkey", valkey.await_ready(folder, is_up(cache))),
    ):
        if not ready:
            raise NotStarted(f"{name} did not start; {log} says:{processes.last_lines(log)}")
    postgres.bootstrap(folder, for_tests=not durable)


def is_up(child: subprocess.Popen[bytes]) -> Callable[[], bool]:
    return lambda: child.poll() is None


def delete_data(folder: Path) -> None:
    for name in "postgres", "valkey":
        shutil.rmtree(folder / name, ignore_errors=True)
