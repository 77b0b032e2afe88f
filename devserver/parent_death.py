"""Parent death: runs a command that ends with its parent, `python parent_death.py [options] -- COMMAND...`.

It runs by its path, without the project. Linux signals the parent's death to the child (PR_SET_PDEATHSIG), also after
`kill -9`; elsewhere a small watcher checks every half second. With `--lock` the command holds a file lock that its
children inherit: as long as one of them lives, the same command cannot be started again.
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
    """The command line that runs `command` tied to `parent`: when that ends, the command gets the signal `sign`."""
    words = [sys.executable, "-I", "-S", os.path.abspath(__file__), "--signal", sign]
    words += ["--parent-file", str(parent)] if isinstance(parent, Path) else ["--parent", str(parent)]
    words += ["--lock", str(lock)] if lock else []
    for path in remove:
        words += ["--remove", str(path)]
    return [*words, "--", *command]


def main() -> None:
    options, command = arguments()
    parent = expected_parent(options)
    if options.watch or not die_with_parent(options.signal):
        watch_parent(parent, options.signal)
    if os.getppid() != parent:
        sys.exit("The parent ended before this started.")
    if options.lock:
        try:
            hold(options.lock, options.patience)
        except TimeoutError as error:
            sys.exit(str(error))
    # Only the holder of the lock knows that these are stale.
    for path in options.remove:
        try:
            os.unlink(path)
        except FileNotFoundError:
            pass
    os.execvp(command[0], command)


def arguments() -> tuple[argparse.Namespace, list[str]]:
    split = sys.argv.index("--")
    parser = argparse.ArgumentParser()
    parser.add_argument("--signal", type=lambda name: getattr(signal, f"SIG{name}"), default=signal.SIGTERM)
    parser.add_argument("--parent", type=int, help="the process id that must be our parent")
    parser.add_argument("--parent-file", help="a file with that process id")
    parser.add_argument("--lock", help="a file to lock for as long as the command or a child of it lives")
    parser.add_argument("--patience", type=float, default=10.0, help="seconds to wait for the lock")
    parser.add_argument("--remove", action="append", default=[], help="a file to remove after locking")
    parser.add_argument("--watch", action="store_true", help="watch the parent even if the kernel does")
    return parser.parse_args(sys.argv[1:split]), sys.argv[split + 1 :]


def expected_parent(options: argparse.Namespace) -> int:
    if options.parent_file:
        with open(options.parent_file) as file:
            return int(file.read())
    return options.parent or os.getppid()


def die_with_parent(number: int) -> bool:
    """Ask the kernel to send us the signal `number` when our parent ends; False if the kernel cannot."""
    if not sys.platform.startswith("linux"):
        return False
    return ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, number, 0, 0, 0) == 0


def watch_parent(parent: int, number: int) -> None:
    """Start a watcher that sends us the signal when `parent` has ended, and ends with us."""
    watched = os.getpid()
    if os.fork():
        return
    # In a session of its own, so that Ctrl-C spares it, and without our output, so that no reader waits for it.
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
    """Lock `path` for this process and all that inherit the handle; raises TimeoutError after `patience` seconds."""
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
