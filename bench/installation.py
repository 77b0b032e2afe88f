"""Installation for benchmarks: own servers with durable commits, the tables, and the product's programs."""

import http.client
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from devserver import postgres, processes, servers
from devserver.addresses import DATABASE, ROOT, VAR
from devserver.parent_death import tied_to_parent
from devserver.supervision import app_programs

START_LIMIT = 900.0  # seconds in which the product starts, also on a machine that is busy with other work


class NotMeasured(Exception):
    """The measurement failed; the message says why."""


@contextmanager
def installation(name: str) -> Iterator[Path]:
    """Start empty servers in var/<name>, and delete them at the end. The environment has their addresses.

    The folder is on the disk of the product's own data, not in memory, so that commits have their real cost.
    """
    folder = VAR / name
    shutil.rmtree(folder, ignore_errors=True)
    set_environment(port=free_port())
    with servers.running(folder, durable=True, purpose=f"python -m bench ({name})") as urls:
        os.environ.update(urls)
        run_manage_command("migrate", "--no-input", role="owner")
        import django

        django.setup()
        yield folder
    shutil.rmtree(folder, ignore_errors=True)


def set_environment(port: int) -> None:
    """Set the environment of this installation and remove that of the caller's own installation."""
    for name in ("PUBLIC_URL", "DEBUG", "LOG_LEVEL", "HEYMARKET_DATABASE_ROLE"):
        os.environ.pop(name, None)
    os.environ.update(
        DEVELOPMENT="1", HOST="127.0.0.1", PORT=str(port), DJANGO_SETTINGS_MODULE="heymarket.settings"
    )


def analyze(folder: Path) -> None:
    """Update the statistics, as autovacuum does within a minute; without them foreign keys get a bad plan.

    The checkpoint lets the log's files be used again, as on a server that has run for a while.
    """
    with postgres.connect(folder, DATABASE) as owner:
        owner.execute("ANALYZE")
        owner.execute("CHECKPOINT")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def run_manage_command(*words: str, role: str = "runtime", settings: Mapping[str, str] = os.environ) -> str:
    """Run a command of manage.py and return its output. Raises NotMeasured if it fails."""
    environment = {**settings, "HEYMARKET_DATABASE_ROLE": role}
    done = subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env=environment,
        text=True,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise NotMeasured(f"manage.py {words[0]} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


@contextmanager
def web_server(folder: Path, settings: Mapping[str, str] = os.environ) -> Iterator[tuple[str, int]]:
    """Run the web server exactly as `make run` does; yields its address."""
    host, port = settings["HOST"], int(settings["PORT"])
    program = next(program for program in app_programs(folder, host, port) if program.name == "web")
    words = program.command[program.command.index("--") + 1 :]
    with _serving(folder, words, port, settings) as address:
        yield address


@contextmanager
def serve_application(
    folder: Path, application: str, port: int, settings: Mapping[str, str] = os.environ
) -> Iterator[tuple[str, int]]:
    """Run a WSGI application alone, without a front, as page servers run it; yields its address."""
    words = [
        sys.executable,
        "-m",
        "granian",
        "--interface",
        "wsgi",
        "--host",
        settings["HOST"],
        "--port",
        str(port),
    ]
    words += ["--no-ws", "--workers", str((os.cpu_count() or 1) + 1), "--blocking-threads", "2", application]
    with _serving(folder, words, port, settings) as address:
        yield address


@contextmanager
def _serving(
    folder: Path, words: list[str], port: int, settings: Mapping[str, str]
) -> Iterator[tuple[str, int]]:
    host, log = settings["HOST"], folder / "log" / f"web-{port}.log"
    child = processes.start(tied_to_parent(words, os.getpid()), log, dict(settings), ROOT)
    try:
        if not processes.wait_until(
            lambda: is_healthy(host, port), lambda: child.poll() is None, START_LIMIT
        ):
            raise NotMeasured(f"The web server did not start; {log}:{processes.last_lines(log)}")
        yield host, port
    finally:
        processes.stop(child)


@contextmanager
def running_program(folder: Path, name: str) -> Iterator[int]:
    """Run one more of the programs that `make run` starts; yields the ID of its process."""
    host, port = os.environ["HOST"], int(os.environ["PORT"])
    program = next(program for program in app_programs(folder, host, port) if program.name == name)
    words = program.command[program.command.index("--") + 1 :]
    child = processes.start(
        tied_to_parent(words, os.getpid()), folder / "log" / f"{name}.log", dict(os.environ), ROOT
    )
    try:
        yield child.pid
    finally:
        processes.stop(child)


def resident_megabytes(pid: int) -> float:
    """The memory of a process and of its descendants; what they share counts for each."""
    kilobytes = sum(
        int(line.split()[1])
        for one in [pid, *descendants(pid)]
        for line in _lines(f"/proc/{one}/status")
        if line.startswith("VmRSS")
    )
    return kilobytes / 1024


def proportional_megabytes() -> float:
    """The proportional set size (PSS) of all descendants of this process: what several share counts once."""
    kilobytes = sum(
        int(line.split()[1])
        for one in descendants(os.getpid())
        for line in _lines(f"/proc/{one}/smaps_rollup")
        if line.startswith("Pss:")
    )
    return kilobytes / 1024


def descendants(pid: int) -> list[int]:
    """The IDs of all processes below this one."""
    parents: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        if lines := _lines(str(path)):
            fields = lines[0].rpartition(")")[2].split()
            parents.setdefault(int(fields[1]), []).append(int(path.parent.name))
    found = list(parents.get(pid, []))
    for one in found:  # grows meanwhile
        found += parents.get(one, [])
    return found


def is_healthy(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def describe_machine() -> str:
    """One line about this machine and its load."""
    model = next(
        (line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if "model name" in line), "?"
    )
    memory = next(
        (int(line.split()[1]) // 2**20 for line in _lines("/proc/meminfo") if "MemTotal" in line), 0
    )
    load = " ".join(f"{value:.1f}" for value in os.getloadavg())
    return (
        f"{os.cpu_count()} cores ({model}), {memory} GB, Python {sys.version.split()[0]}, "
        f"load average {load} at {time.strftime('%H:%M')}"
    )


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text().splitlines()
    except OSError:
        return []
