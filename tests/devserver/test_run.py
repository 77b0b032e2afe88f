"""`make run`: a sentence for each wrong setting, and everything started, killed and stopped."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from devserver.addresses import ROOT, default_urls
from devserver.logs import FollowedLog
from devserver.processes import wait_until
from devserver.supervision import programs, supervisor_interface
from tests.devserver.test_servers import has_ended, living

NAMES = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "HOST", "PORT", "PUBLIC_URL")


class MakeRun:
    """A `python -m devserver run` with its data in `folder`, and one process for pages on any number of cores."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        self.output = folder.with_suffix(".txt")
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "devserver", "run"],
                cwd=ROOT,
                env={**without_settings(), "HEYMARKET_VAR": str(folder), "GRANIAN_WORKERS": "1", **settings},
                stdout=output,
                stderr=output,
            )

    @property
    def printed(self) -> str:
        return self.output.read_text()

    def is_up(self) -> bool:
        return self.process.poll() is None

    def prints(self, words: str, patience: float = 300) -> bool:
        return wait_until(lambda: words in self.printed, self.is_up, patience)


def without_settings() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in NAMES}


@pytest.fixture
def free_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return str(probe.getsockname()[1])


def get(port: str, path: str) -> int:
    """The status of the response; 0 without a response."""
    return fetch(port, path)[0]


def fetch(port: str, path: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=10)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read().decode()
    except (OSError, http.client.HTTPException):
        return 0, ""
    finally:
        connection.close()


# -- wrong settings --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"PORT": "many"}, "PORT=many is not a port: set a number from 1 to 65535."),
        ({"PORT": "70000"}, "PORT=70000 is not a port: set a number from 1 to 65535."),
        ({"HOST": "203.0.113.7"}, "HOST=203.0.113.7 is not an address of this machine"),
        ({"DATABASE_URL": "postgresql://a@b/c"}, "Set DATABASE_OWNER_URL too"),
        ({"DATABASE_OWNER_URL": "postgresql://a@b/c"}, "Set DATABASE_URL too"),
    ],
)
def test_wrong_setting_is_named(tmp_path: Path, settings: dict[str, str], sentence: str) -> None:
    run = MakeRun(tmp_path / "var", **settings)
    assert run.process.wait(60) == 1
    assert run.printed.startswith(sentence) and run.printed.count("\n") == 1, run.printed
    assert not (tmp_path / "var/postgres").exists()


def test_port_in_use_is_reported_with_the_variable(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        run = MakeRun(tmp_path / "var", PORT=str(port))
        assert run.process.wait(60) == 1
    assert run.printed == (
        f"Port {port} on 127.0.0.1 is in use: choose another port, for example PORT=8001 make run.\n"
    )


# -- everything --------------------------------------------------------------------------------------------------


@pytest.fixture
def run(tmp_path: Path, free_port: str) -> Iterator[MakeRun]:
    run = MakeRun(tmp_path / 'v "a" 50% ; #r', PORT=free_port)
    assert run.prints("Ready after"), run.printed
    yield run
    run.process.kill()
    run.process.wait(30)


def environment_of_with(folder: Path) -> dict[str, str]:
    """The environment of a command of `with` while `make run` runs the servers in another terminal."""
    code = "import json, os; print(json.dumps(dict(os.environ)))"
    done = subprocess.run(
        [sys.executable, "-m", "devserver", "with", "--", sys.executable, "-c", code],
        cwd=ROOT,
        env={**without_settings(), "HEYMARKET_VAR": str(folder)},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    environment: dict[str, str] = json.loads(done.stdout)
    return environment


def nothing_left(run: MakeRun, port: str) -> bool:
    return not living(run.folder) and get(port, "/healthz") == 0 and not running_from(run.folder)


def children_of(process: int) -> list[int]:
    listed = subprocess.run(
        ["ps", "-eo", "pid=,ppid="], text=True, capture_output=True, check=True, timeout=120
    )
    pairs = [map(int, line.split()) for line in listed.stdout.splitlines()]
    return [child for child, parent in pairs if parent == process]


def running_from(folder: Path) -> list[str]:
    listed = subprocess.run(
        ["ps", "-ww", "-eo", "stat=,args="], text=True, capture_output=True, check=True, timeout=120
    )
    return [line for line in listed.stdout.splitlines() if str(folder) in line and line[0] != "Z"]


def test_run_starts_survives_kills_stops_and_leaves_nothing(run: MakeRun, free_port: str) -> None:
    assert get(free_port, "/healthz") == 200
    assert get(free_port, "/accounts/login/") == 200
    assert "Sign in as" in run.printed
    assert "WARN" not in run.printed, "a clean start"
    for names in (
        ["postgres"],
        ["valkey"],
        ["web"],
        ["worker", "bulk", "missed", "media", "broadcasts", "webhooks", "beat"],
    ):
        victims = {name: programs(run.folder)[name]["pid"] for name in names}
        assert all(victims.values()), (
            f"not all of {victims} run"
        )  # a signal to 0 would kill this test's own group
        children = [child for victim in victims.values() for child in children_of(victim)]
        for victim in victims.values():
            os.kill(victim, signal.SIGKILL)
        for name in names:
            assert run.prints(f"{name} ended and was started again", 30), run.printed
        assert wait_until(lambda: get(free_port, "/accounts/login/") == 200, run.is_up, 30), run.printed
        # A web worker without its server would keep answering with old code.
        assert all(has_ended(child) for child in children), (names, children)
    status_names_what_is_stopped(run, free_port)
    assert environment_of_with(run.folder)["REDIS_URL"] == default_urls(run.folder)["REDIS_URL"]
    second = MakeRun(run.folder, PORT=free_port)
    assert second.process.wait(60) == 1
    assert f"in use by make run (process {run.process.pid}): stop it first." in second.printed
    run.process.send_signal(signal.SIGINT)
    assert run.process.wait(60) == 0
    assert nothing_left(run, free_port), running_from(run.folder)
    nothing_outlives_a_kill_of_run_or_of_the_manager(run, free_port)


# Stopped together; what /status then says; and the status of /readyz.
STOPPED: list[tuple[list[str], list[str], int]] = [
    (["app:bulk", "app:beat"], ["Beat is silent for", "Every worker of the queue bulk is silent for"], 200),
    (["servers:valkey"], ["Valkey does not answer"], 200),
    (["servers:postgres"], ["PostgreSQL does not answer."], 503),
]


def status_names_what_is_stopped(run: MakeRun, port: str) -> None:
    assert wait_until(lambda: get(port, "/status") == 200, run.is_up, 60), fetch(port, "/status")
    for names, causes, ready in STOPPED:
        with supervisor_interface(run.folder) as supervisor:
            for name in names:
                supervisor.stopProcess(name)
        assert wait_until(lambda: says(port, causes), run.is_up, 60), (names, fetch(port, "/status"))  # noqa: B023
        assert (get(port, "/readyz"), get(port, "/healthz")) == (ready, 200)
        with supervisor_interface(run.folder) as supervisor:
            for name in names:
                supervisor.startProcess(name, False)
        assert wait_until(lambda: get(port, "/status") == 200, run.is_up, 60), (names, fetch(port, "/status"))
        assert get(port, "/readyz") == 200
    assert "Service Unavailable" not in run.printed, (
        "monitoring asks often: its answers are no errors of the log"
    )


def says(port: str, causes: list[str]) -> bool:
    status, text = fetch(port, "/status")
    return status == 503 and all(cause in text for cause in causes)


def nothing_outlives_a_kill_of_run_or_of_the_manager(run: MakeRun, free_port: str) -> None:
    """With the data of the first start, which takes much longer than the next."""
    killed = MakeRun(run.folder, PORT=free_port)
    assert killed.prints("Ready after"), killed.printed
    killed.process.kill()
    killed.process.wait(30)
    again = MakeRun(run.folder, PORT=free_port)
    assert again.prints("Ready after"), again.printed
    assert get(free_port, "/healthz") == 200
    os.kill(int((run.folder / "run/supervisord.pid").read_text()), signal.SIGKILL)
    assert again.process.wait(60) == 1
    assert "The process manager was killed" in again.printed
    assert wait_until(lambda: nothing_left(run, free_port), lambda: True, 30), running_from(run.folder)


# -- logs -------------------------------------------------------------------------------------------------------


def shown(log: FollowedLog, text: str) -> list[str]:
    with log.path.open("a") as file:
        file.write(text)
    return list(log.serious_lines())


def test_warnings_and_complete_tracebacks_are_shown(tmp_path: Path) -> None:
    log = FollowedLog(tmp_path / "web.log")
    assert shown(log, "[INFO] fine\n2026 ERROR django.request: Internal Server Error\n") == [
        "2026 ERROR django.request: Internal Server Error"
    ]
    traceback = "Traceback (most recent call last):\n  File x\n    boom()\nValueError: boom\n"
    assert shown(log, f"{traceback}[INFO] fine\n") == traceback.splitlines()
    assert shown(log, "2026 WARN") == []
    assert shown(log, "ING late\n") == ["2026 WARNING late"]


def test_rotated_log_is_followed(tmp_path: Path) -> None:
    log = FollowedLog(tmp_path / "web.log")
    shown(log, "many earlier lines\n")
    log.path.rename(tmp_path / "web.log.1")
    assert shown(log, "ERROR new\n") == ["ERROR new"]


def test_errors_of_statements_are_not_shown(tmp_path: Path) -> None:
    log = FollowedLog(tmp_path / "postgres.log")
    assert shown(log, "2026 ERROR:  duplicate key\n2026 FATAL:  no space left\n") == [
        "2026 FATAL:  no space left"
    ]
