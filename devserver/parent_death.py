"""Become a command that ends when its parent does: `python tether.py [options] -- COMMAND...`.

Run by its path, without the project. Linux tells the child of its parent's death (PR_SET_PDEATHSIG), also after
`kill -9`; elsewhere a small watcher looks every half second. With `--lock` the command holds a file lock that
its children inherit: as long as one of them lives, nobody else can start the same thing beside them.
"""

import argparse
import ctypes
import fcntl
import os
import signal
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

PR_SET_PDEATHSIG = 1
Parent = int | Path  # a process id, or a file that will hold it


def tied_to_parent(
    command: Sequence[str],
    parent: Parent,
    sign: str = "TERM",
    lock: Path | None = None,
    remove: Iterable[Path] = (),
) -> list[str]:
    """The words that run `command` tied to `parent`: at its death the command gets the signal `sign`."""
    words = [sys.executable, "-I", "-S", os.path.abspath(__file__), "--signal", sign]
    words += ["--parent-file", str(parent)] if isinstance(parent, Path) else ["--parent", str(parent)]
    words += ["--lock", str(lock)] if lock else []
    for leftover in remove:
        words += ["--remove", str(leftover)]
    return [*words, "--", *command]


def main() -> None:
    options, command = arguments()
    parent = expected_parent(options)
    if options.watch or not die_with_parent(options.signal):
        watch_parent(parent, options.signal)
    if os.getppid() != parent:
        sys.exit("The parent has gone before this started.")
    if options.lock:
        try:
            hold(options.lock, options.patience)
        except TimeoutError as error:
            sys.exit(str(error))
    # Only the holder of the lock may say that these are left over.
    for leftover in options.remove:
        try:
            os.unlink(leftover)
        except FileNotFoundError:
            pass
    os.execvp(command[0], command)


def arguments() -> tuple[argparse.Namespace, list[str]]:
    split = sys.argv.index("--")
    parser = argparse.ArgumentParser()
    parser.add_argument("--signal", type=lambda name: getattr(signal, f"SIG{name}"), default=signal.SIGTERM)
    parser.add_argument("--parent", type=int, help="the process id that must be our parent")
    parser.add_argument("--parent-file", help="a file that holds it")
    parser.add_argument("--lock", help="a file to lock for as long as the command or a child of it lives")
    parser.add_argument("--patience", type=float, default=10.0, help="seconds to wait for the lock")
    parser.add_argument(
        "--remove", action="append", default=[], help="a file to remove once we hold the lock"
    )
    parser.add_argument("--watch", action="store_true", help="watch the parent even where the kernel would")
    return parser.parse_args(sys.argv[1:split]), sys.argv[split + 1 :]


def expected_parent(options: argparse.Namespace) -> int:
    if options.parent_file:
        with open(options.parent_file) as file:
            return int(file.read())
    return options.parent or os.getppid()


def die_with_parent(number: int) -> bool:
    """Ask the kernel to send us the signal `number` when our parent ends; False where there is no such thing."""
    if not sys.platform.startswith("linux"):
        return False
    return ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, number, 0, 0, 0) == 0


def watch_parent(parent: int, number: int) -> None:
    """Leave a watcher behind that sends us the signal when `parent` is gone, and ends when we do."""
    watched = os.getpid()
    if os.fork():
        return
    # Out of the way of a Ctrl-C, and not a reason for a reader of our output to wait.
    os.setsid()
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(null, stream)
    while os.getppid() == watched:
        if not alive(parent):
            os.kill(watched, number)
            break
        time.sleep(0.5)
    os._exit(0)


def alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def hold(path: str | Path, patience: float) -> int:
    """Lock `path` for this process and all that inherit the handle; TimeoutError after `patience` seconds."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    os.set_inheritable(handle, True)
    end = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return handle
        except BlockingIOError:
            if time.monotonic() > end:
                os.close(handle)
                raise TimeoutError(f"Processes of an earlier start still hold {path}.") from None
            time.sleep(0.02)


if __name__ == "__main__":
    main()
