"""PostgreSQL and Valkey for the time of a block: for tests, benchmarks and single commands."""

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

# The variables that name a server elsewhere. We run the servers whose variable is missing.
BOTH = frozenset({"DATABASE_URL", "REDIS_URL"})
PATIENCE = 15.0  # seconds that the children of a killed process may take to end


class FolderInUse(NotStarted):
    """Another process uses the folder."""


@contextmanager
def running(folder: Path, durable: bool = True, purpose: str = "another command") -> Iterator[dict[str, str]]:
    """Both servers with their data in `folder`; yields their addresses as environment variables.

    They end with the block, and with the calling thread even if it is killed. `durable=False` is for tests: writes are
    not synced to disk, damaged data is deleted, and the owner role may create databases. Raises FolderInUse when
    another process runs them in this folder, NotStarted when they do not start.
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
    """Whether both answer at the addresses of `folder`, started by any process."""
    return postgres.answers(folder) and valkey.answers(default_urls(folder)["REDIS_URL"])


@contextmanager
def exclusive_folder(folder: Path, purpose: str) -> Iterator[int]:
    """Lock `folder`; yields a handle that keeps the lock while a child inherits it.

    Raises FolderInUse, naming the other process, when the folder is locked.
    """
    path = folder / "run" / "lock"
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = lock(path)
    except PermissionError as error:
        raise NotStarted(
            f"{error.filename} belongs to another user; remove {folder} or use that user."
        ) from None
    os.ftruncate(handle, 0)
    os.pwrite(handle, f"{os.getpid()} {purpose}".encode(), 0)
    try:
        yield handle
    finally:
        os.ftruncate(handle, 0)
        os.close(handle)


def lock(path: Path) -> int:
    try:
        return hold(path, patience=0)
    except TimeoutError:
        process, _, purpose = path.read_text().partition(" ")
    try:
        if process and not alive(int(process)):
            # It was killed; its children are about to end.
            return hold(path, PATIENCE)
    except TimeoutError:
        pass
    holder = f"{purpose or 'something'} (process {process or 'unknown'})"
    raise FolderInUse(f"The servers in {path.parents[1]} are in use by {holder}: stop it first.")


def prepare(folder: Path, own: frozenset[str] = BOTH, durable: bool = True) -> None:
    """Prepare everything that the servers need before they start."""
    await_stopped_servers(folder)
    try:
        private_folder(socket_folder(folder), postgres.possible_users(folder))
    except PermissionError as error:
        raise NotStarted(f"{error.filename} belongs to another user: remove it or use that user.") from None
    if "REDIS_URL" in own:
        valkey.prepare(folder, durable)
    if "DATABASE_URL" in own:
        postgres.prepare(folder)


def await_stopped_servers(folder: Path) -> None:
    """Wait for servers whose parent was killed, so that their ports are free again."""
    for name in "postgres", "valkey":
        try:
            os.close(hold(folder / "run" / f"{name}.lock", PATIENCE))
        except TimeoutError as error:
            raise NotStarted(str(error)) from None


def start(folder: Path, durable: bool, stack: ExitStack) -> None:
    """Start both in parallel; `stack` stops them."""
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
