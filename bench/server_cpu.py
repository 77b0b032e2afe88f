"""CPU time of PostgreSQL servers on this machine, with all their processes."""

import os
from pathlib import Path

from bench.installation import NotMeasured

_TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(port: int) -> float:
    """CPU time that the server on this TCP port has used since its start. Raises NotMeasured without such a server."""
    processes = {int(path.parent.name): _stat(path) for path in Path("/proc").glob("[0-9]*/stat")}
    main = _main_process(port)
    return (
        sum(
            ticks + ended_children
            for pid, (parent, ticks, ended_children) in processes.items()
            if pid == main or parent == main
        )
        / _TICKS
    )


def _stat(path: Path) -> tuple[int, int, int]:
    """Parent, ticks of this process, and of its children that have ended."""
    try:
        fields = path.read_text().rpartition(")")[2].split()
    except OSError:  # it has just ended
        return 0, 0, 0
    user, system, user_of_ended, system_of_ended = (int(value) for value in fields[11:15])
    return int(fields[1]), user + system, user_of_ended + system_of_ended


def _main_process(port: int) -> int:
    """The server's first process, by the file that it writes into its data folder."""
    for path in Path("/proc").glob("[0-9]*/cwd"):
        try:
            lines = (path.resolve() / "postmaster.pid").read_text().splitlines()
        except OSError:
            continue
        if len(lines) > 3 and lines[3].strip() == str(port):
            return int(lines[0])
    raise NotMeasured(f"No PostgreSQL on this machine listens on port {port}.")
