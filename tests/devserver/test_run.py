"""`make run`: one clear sentence for each wrong setting, and the whole of it started, hurt and stopped."""

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
from devserver.supervision import programs
from tests.devserver.test_servers import has_ended, living

NAMES = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "HOST", "PORT", "PUBLIC_URL")


class MakeRun:
    """A `python -m devserver run` with its data in a folder of its own."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        self.output = folder.with_suffix(".txt")
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "devserver", "run"],
                cwd=ROOT,
                env={**without_settings(), "HEYMARKET_VAR": str(folder), **settings},
                stdout=output,
                stderr=output,
            )

    @property
    def said(self) -> str:
        return self.output.read_text()

    def is_up(self) -> bool:
        return self.process.poll() is None

    def says(self, words: str, patience: float = 120) -> bool:
        return wait_until(lambda: words in self.said, self.is_up, patience)


def without_settings() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in NAMES}


@pytest.fixture
def free_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return str(probe.getsockname()[1])


def get(port: str, path: str) -> int:
    """The status of the answer; 0 when there was none."""
    connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


# -- settings that cannot be ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"PORT": "many"}, "PORT=many is no port: give a number from 1 to 65535."),
        ({"PORT": "70000"}, "PORT=70000 is no port: give a number from 1 to 65535."),
        ({"HOST": "203.0.113.7"}, "HOST=203.0.113.7 is no address of this machine"),
        ({"DATABASE_URL": "postgresql://a@b/c"}, "Give DATABASE_OWNER_URL too"),
        ({"DATABASE_OWNER_URL": "postgresql://a@b/c"}, "Give DATABASE_URL too"),
    ],
)
def test_a_setting_that_cannot_be_is_named(tmp_path: Path, settings: dict[str, str], sentence: str) -> None:
    run = MakeRun(tmp_path / "var", **settings)
    assert run.process.wait(60) == 1
    assert run.said.startswith(sentence) and run.said.count("\n") == 1, run.said
    assert not (tmp_path / "var/postgres").exists()


def test_a_port_in_use_is_told_with_the_variable_to_change(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        run = MakeRun(tmp_path / "var", PORT=str(port))
        assert run.process.wait(60) == 1
    assert run.said == (
        f"Port {port} on 127.0.0.1 is in use: choose another, for example PORT=8001 make run.\n"
    )


# -- the whole ---------------------------------------------------------------------------------------------------


@pytest.fixture
def run(tmp_path: Path, free_port: str) -> Iterator[MakeRun]:
    run = MakeRun(tmp_path / 'v "a" 50% ; #r', PORT=free_port)
    assert run.says("Ready after"), run.said
    yield run
    run.process.kill()
    run.process.wait()


def addresses_given_by_with(folder: Path) -> dict[str, str]:
    """What `with` hands to its command, while a `make run` in another terminal has the servers."""
    code = "import json, os; print(json.dumps(dict(os.environ)))"
    done = subprocess.run(
        [sys.executable, "-m", "devserver", "with", "--", sys.executable, "-c", code],
        cwd=ROOT,
        env={**without_settings(), "HEYMARKET_VAR": str(folder)},
        capture_output=True,
        text=True,
        check=True,
    )
    given: dict[str, str] = json.loads(done.stdout)
    return given


def nothing_left(run: MakeRun, port: str) -> bool:
    return not living(run.folder) and get(port, "/healthz") == 0 and not running_from(run.folder)


def children_of(process: int) -> list[int]:
    listed = subprocess.run(["ps", "-eo", "pid=,ppid="], text=True, capture_output=True, check=True)
    pairs = [map(int, line.split()) for line in listed.stdout.splitlines()]
    return [child for child, parent in pairs if parent == process]


def running_from(folder: Path) -> list[str]:
    listed = subprocess.run(["ps", "-ww", "-eo", "stat=,args="], text=True, capture_output=True, check=True)
    return [line for line in listed.stdout.splitlines() if str(folder) in line and line[0] != "Z"]


def test_it_starts_survives_hard_kills_and_stops(run: MakeRun, free_port: str) -> None:
    assert get(free_port, "/healthz") == 200
    assert get(free_port, "/accounts/login/") == 200
    assert "Sign in as" in run.said
    for name in "postgres", "valkey", "web", "worker", "bulk", "webhooks", "beat":
        victim = programs(run.folder)[name]["pid"]
        children = children_of(victim)
        os.kill(victim, signal.SIGKILL)
        assert run.says(f"{name} had ended and was started again", 30), run.said
        assert wait_until(lambda: get(free_port, "/accounts/login/") == 200, run.is_up, 30), run.said
        # A web worker that outlived its server would go on answering, with old code.
        assert all(has_ended(child) for child in children), (name, children)
    assert addresses_given_by_with(run.folder)["REDIS_URL"] == default_urls(run.folder)["REDIS_URL"]
    second = MakeRun(run.folder, PORT=free_port)
    assert second.process.wait(60) == 1
    assert f"in use by make run (process {run.process.pid}): stop it first." in second.said
    run.process.send_signal(signal.SIGINT)
    assert run.process.wait(60) == 0
    assert nothing_left(run, free_port), running_from(run.folder)


def test_nothing_outlives_a_hard_kill_of_whoever_keeps_it(run: MakeRun, free_port: str) -> None:
    run.process.kill()
    run.process.wait()
    again = MakeRun(run.folder, PORT=free_port)
    assert again.says("Ready after"), again.said
    assert get(free_port, "/healthz") == 200
    os.kill(int((run.folder / "run/supervisord.pid").read_text()), signal.SIGKILL)
    assert again.process.wait(60) == 1
    assert "The process manager was killed" in again.said
    assert wait_until(lambda: nothing_left(run, free_port), lambda: True, 30), running_from(run.folder)


# -- what is shown of the logs -----------------------------------------------------------------------------------


def shown(log: FollowedLog, text: str) -> list[str]:
    with log.path.open("a") as file:
        file.write(text)
    return list(log.serious_lines())


def test_warnings_and_whole_tracebacks_are_shown(tmp_path: Path) -> None:
    log = FollowedLog(tmp_path / "web.log")
    assert shown(log, "[INFO] fine\n2026 ERROR django.request: Internal Server Error\n") == [
        "2026 ERROR django.request: Internal Server Error"
    ]
    traceback = "Traceback (most recent call last):\n  File x\n    boom()\nValueError: boom\n"
    assert shown(log, f"{traceback}[INFO] fine\n") == traceback.splitlines()
    assert shown(log, "2026 WARN") == []
    assert shown(log, "ING late\n") == ["2026 WARNING late"]


def test_a_log_that_was_rotated_away_is_followed(tmp_path: Path) -> None:
    log = FollowedLog(tmp_path / "web.log")
    shown(log, "much that was written before\n")
    log.path.rename(tmp_path / "web.log.1")
    assert shown(log, "ERROR new\n") == ["ERROR new"]


def test_what_a_failed_statement_says_is_left_to_the_product(tmp_path: Path) -> None:
    log = FollowedLog(tmp_path / "postgres.log")
    assert shown(log, "2026 ERROR:  duplicate key\n2026 FATAL:  no space left\n") == [
        "2026 FATAL:  no space left"
    ]
