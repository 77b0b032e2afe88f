"""A stage to measure on: servers of our own that sync every commit to disk, the tables, and the product's programs."""

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

from heymarket.local import children, servers
from heymarket.local.addresses import ROOT, VAR
from heymarket.local.supervision import app_programs
from heymarket.local.tether import tied


class NotMeasured(Exception):
    """Why there is no figure, in a sentence for the person at the terminal."""


@contextmanager
def stage(name: str) -> Iterator[Path]:
    """Empty servers in var/<name>, gone afterwards; this process and its children find them by their environment.

    It lies where the product's own data does, on a disk and not in memory, so that a commit costs what it costs.
    """
    folder = VAR / name
    shutil.rmtree(folder, ignore_errors=True)
    settle(port=free_port())
    with servers.running(folder, durable=True, purpose=f"python -m bench ({name})") as urls:
        os.environ.update(urls)
        manage("migrate", "--no-input", role="owner")
        import django

        django.setup()
        yield folder
    shutil.rmtree(folder, ignore_errors=True)


def settle(port: int) -> None:
    """The environment of everything that runs on the stage; of the caller's own installation nothing is left."""
    for name in ("PUBLIC_URL", "DEBUG", "LOG_LEVEL", "HEYMARKET_DATABASE_ROLE"):
        os.environ.pop(name, None)
    os.environ.update(
        DEVELOPMENT="1", HOST="127.0.0.1", PORT=str(port), DJANGO_SETTINGS_MODULE="heymarket.settings"
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def manage(*words: str, role: str = "runtime", settings: Mapping[str, str] = os.environ) -> str:
    """What a command of manage.py prints. NotMeasured when it fails."""
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
def web(folder: Path, settings: Mapping[str, str] = os.environ) -> Iterator[tuple[str, int]]:
    """The web server exactly as `make run` starts it; yields where it listens."""
    with served(folder, "heymarket.local.web:application", int(settings["PORT"]), settings) as address:
        yield address


@contextmanager
def served(
    folder: Path, application: str, port: int, settings: Mapping[str, str] = os.environ
) -> Iterator[tuple[str, int]]:
    """An application, by the same web server; yields where it listens."""
    host = settings["HOST"]
    program = next(program for program in app_programs(folder, host, port) if program.name == "web")
    words = [*program.command[program.command.index("--") + 1 : -1], application]
    log = folder / "log" / f"web-{port}.log"
    child = children.start(tied(words, os.getpid()), log, dict(settings), ROOT)
    try:
        if not children.wait_until(lambda: healthy(host, port), lambda: child.poll() is None, 30):
            raise NotMeasured(f"{application} did not come up; {log} says:{children.last_lines(log)}")
        yield host, port
    finally:
        children.stop(child)


@contextmanager
def running(folder: Path, name: str) -> Iterator[None]:
    """One more of the programs that `make run` starts."""
    host, port = os.environ["HOST"], int(os.environ["PORT"])
    program = next(program for program in app_programs(folder, host, port) if program.name == name)
    words = program.command[program.command.index("--") + 1 :]
    child = children.start(tied(words, os.getpid()), folder / "log" / f"{name}.log", dict(os.environ), ROOT)
    try:
        yield
    finally:
        children.stop(child)


def healthy(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def machine() -> str:
    """One line on what the figures were seen on."""
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
