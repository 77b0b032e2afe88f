"""Processes: starts a program with its output in a file, waits until it is ready, and stops it."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

PAUSE = 0.02  # seconds between two checks


class NotStarted(Exception):
    """A start failed; the message is a sentence for the developer at the terminal."""


def start(
    command: Sequence[str],
    log: Path,
    environment: Mapping[str, str] | None = None,
    folder: str | Path = "/",
    keep: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Start `command` with its output appended to `log`, in a process group of its own, so that only we get Ctrl-C.

    `keep` are open handles that it inherits.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=environment,
            cwd=folder,
            process_group=0,
            pass_fds=keep,
        )


def stop(child: subprocess.Popen[bytes], number: int = signal.SIGTERM, patience: float = 30.0) -> None:
    """Send the signal and wait; after `patience` seconds kill the whole group."""
    if child.poll() is not None:
        return
    child.send_signal(number)
    try:
        child.wait(patience)
    except subprocess.TimeoutExpired:
        try:
            os.killpg(child.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        child.wait()


def wait_until(ready: Callable[[], bool], alive: Callable[[], bool], patience: float) -> bool:
    """Wait until `ready`. False if it is no longer `alive`, or after `patience` seconds."""
    end = time.monotonic() + patience
    while not ready():
        if not alive() or time.monotonic() > end:
            return False
        time.sleep(PAUSE)
    return True


def last_lines(log: Path, lines: int = 12) -> str:
    """The end of a log, indented for a place below a sentence."""
    text = log.read_text(errors="replace") if log.exists() else ""
    return "".join(f"\n    {line}" for line in text.splitlines()[-lines:])
