"""Supervision: supervisord with our own configuration, and its interface."""

import os
import shlex
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any
from xmlrpc.client import Fault, ServerProxy

from supervisor.xmlrpc import SupervisorTransport

from devserver import postgres, processes, valkey
from devserver.addresses import ROOT, socket_folder
from devserver.parent_death import tied_to_parent

# Paths are relative to the folder, or come from the environment with the commands: this format cuts a line at ` #` or
# ` ;`, and treats `%` as its own.
HEAD = """\
[unix_http_server]
file = %(ENV_HEYMARKET_MANAGER)s
chmod = 0700

[supervisord]
nodaemon = true
silent = true
logfile = log/supervisord.log
logfile_maxbytes = 1MB
logfile_backups = 1
pidfile = run/supervisord.pid

[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
"""
PROGRAM = """
[program:{name}]
command = %(ENV_HEYMARKET_RUN_{variable})s
directory = {directory}
autostart = false
autorestart = true
startsecs = 1
startretries = 30
stopsignal = {stopsignal}
stopwaitsecs = {patience}
stdout_logfile = log/{name}.log
stdout_logfile_maxbytes = 5MB
stdout_logfile_backups = 1
redirect_stderr = true
"""
# Stopped from the highest priority down: first all programs that use the servers.
GROUP = """
[group:{name}]
programs = {programs}
priority = {priority}
"""


# Imports and pictures use whole cores; the system prefers what people and carriers wait for.
NICE = {
    "bulk": ["nice", "-n", "10"],
    "media": ["nice", "-n", "10"],
    "broadcasts": ["nice", "-n", "5"],
}


@dataclass(frozen=True)
class Program:
    """A program of the manager; `patience` is the time in seconds that it may take to stop."""

    name: str
    command: list[str]
    group: str = "app"
    stopsignal: str = "TERM"
    patience: int = 8

    @property
    def variable(self) -> str:
        return f"HEYMARKET_RUN_{self.name.upper()}"


def server_programs(folder: Path, own: frozenset[str]) -> Iterator[Program]:
    """The servers that we run ourselves."""
    parent = pid_file(folder)
    if "DATABASE_URL" in own:
        yield Program("postgres", postgres.command(folder, parent), "servers", "INT", 60)
    if "REDIS_URL" in own:
        yield Program("valkey", valkey.command(folder, parent), "servers")


def app_programs(folder: Path, host: str, port: int) -> list[Program]:
    """Web server, workers and scheduler. If the manager is killed they are too: all state is in the database."""
    web = ["heymarket.serve", "--host", host, "--port", str(port), "--patience", "3"]
    celery = ["celery", "--quiet", "-A", "heymarket"]
    worker = ["worker", "--loglevel", "WARNING", "--without-gossip", "--without-mingle", "--pool", "threads"]
    beat = ["beat", "--schedule", str(folder / "celerybeat-schedule"), "--pidfile=", "--loglevel", "WARNING"]
    commands = {
        "web": web,
        "worker": [*celery, *worker, "--concurrency", "4", "--hostname", "texts"],
        # Imports and bulk actions: a process of their own, so that no text waits for a million rows.
        "bulk": [*celery, *worker, "--concurrency", "2", "--hostname", "bulk", "--queues", "bulk"],
        # Missed texts: a process of their own, so that no text to send waits for a carrier's list.
        "missed": [*celery, *worker, "--concurrency", "2", "--hostname", "missed", "--queues", "missed"],
        # Attachments: a process of their own, so that no text waits for a carrier's file or for a large picture.
        "media": [*celery, *worker, "--concurrency", "2", "--hostname", "media", "--queues", "media"],
        # Broadcasts: a process of their own, so that no reply waits for a list.
        "broadcasts": [
            *celery,
            *worker,
            "--concurrency",
            "8",
            "--hostname",
            "broadcasts",
            "--queues",
            "broadcasts",
        ],
        # Webhooks: a process of their own, so that no text waits for a slow endpoint.
        "webhooks": [
            *celery,
            *worker,
            "--concurrency",
            "8",
            "--hostname",
            "webhooks",
            "--queues",
            "webhooks",
        ],
        "beat": [*celery, *beat],
    }
    return [
        Program(
            name,
            tied_to_parent(
                [*NICE.get(name, []), sys.executable, "-m", *words],
                pid_file(folder),
                "KILL",
                lock_file(folder, name),
            ),
        )
        for name, words in commands.items()
    ]


def pid_file(folder: Path) -> Path:
    return folder / "run" / "supervisord.pid"


def manager_socket(folder: Path) -> Path:
    return socket_folder(folder) / "manager.sock"


def lock_file(folder: Path, name: str) -> Path:
    return folder / "run" / f"{name}.lock"


@contextmanager
def supervisor_interface(folder: Path) -> Iterator[Any]:
    """Supervisor's own interface, also for another process. Each call opens a new connection.

    Its programs are named `servers:postgres`, `servers:valkey`, `app:web`, `app:worker`, `app:bulk`, `app:webhooks`
    and `app:beat`.
    """
    transport = SupervisorTransport(None, None, f"unix://{manager_socket(folder)}")
    with ServerProxy("http://manager", transport=transport) as server:
        yield server.supervisor


def programs(folder: Path) -> dict[str, dict[str, Any]]:
    """Supervisor's process infos (`statename`, `pid` …) by name; empty if supervisor does not run."""
    try:
        with supervisor_interface(folder) as supervisor:
            return {info["name"]: info for info in supervisor.getAllProcessInfo()}
    except (OSError, HTTPException, Fault):
        return {}


class ProcessManager:
    """A running supervisord, which ends with this process, as do its programs."""

    def __init__(
        self, folder: Path, programs: list[Program], environment: Mapping[str, str], lock: int
    ) -> None:
        """Start it without its programs. It inherits the handle `lock`, and so holds that lock while it lives."""
        self.folder = folder
        self.log = folder / "log" / "supervisord.log"
        pid_file(folder).unlink(missing_ok=True)
        config = folder / "supervisord.conf"
        config.write_text(configuration(programs))
        command = [sys.executable, "-m", "supervisor.supervisord", "-c", str(config)]
        self.process = processes.start(
            tied_to_parent(command, os.getpid()),
            folder / "log" / "supervisord.log",
            {
                **environment,
                "HEYMARKET_ROOT": str(ROOT),
                "HEYMARKET_MANAGER": str(manager_socket(folder)),
                **{program.variable: shlex.join(program.command) for program in programs},
            },
            folder,
            keep=[lock],
        )

    def is_up(self) -> bool:
        return self.process.poll() is None

    def await_ready(self) -> bool:
        return processes.wait_until(self.answers, self.is_up, 20)

    def answers(self) -> bool:
        return bool(self.programs())

    def start(self, *names: str) -> None:
        """Start programs without waiting for them; supervisor by itself would start a second later."""
        with supervisor_interface(self.folder) as supervisor:
            for name in names:
                supervisor.startProcess(name, False)

    def is_running(self, name: str) -> Callable[[], bool]:
        """A function that returns whether the program runs or starts."""
        return lambda: self.programs().get(name, {}).get("statename") in ("STARTING", "RUNNING")

    def programs(self) -> dict[str, dict[str, Any]]:
        return programs(self.folder)

    def stop(self) -> None:
        processes.stop(self.process, patience=90)


def configuration(programs: list[Program]) -> str:
    text = HEAD
    if os.getuid() == 0:
        text = text.replace("[supervisord]\n", "[supervisord]\nuser = root\n")
    for program in programs:
        servers = program.group == "servers"
        text += PROGRAM.format(
            name=program.name,
            variable=program.name.upper(),
            # PostgreSQL may run as another user, who may not enter our folder.
            directory="/" if servers else "%(ENV_HEYMARKET_ROOT)s",
            stopsignal=program.stopsignal,
            patience=program.patience,
        )
    for name, priority in ("servers", 100), ("app", 200):
        if members := [program.name for program in programs if program.group == name]:
            text += GROUP.format(name=name, programs=",".join(members), priority=priority)
    return text
