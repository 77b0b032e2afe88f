"""`make run`: starts servers, migrations, demo, web server, workers and scheduler, and supervises them."""

import errno
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from types import FrameType
from typing import Any

from devserver import postgres, processes, servers, valkey
from devserver.addresses import ROOT, VAR, default_urls, remember
from devserver.logs import FollowedLog
from devserver.parent_death import die_with_parent, tied_to_parent
from devserver.processes import NotStarted
from devserver.supervision import ProcessManager, app_programs, server_programs

LOGS = VAR / "log"
START_SECONDS = 900.0  # of the web server, on a machine that is busy with other work
FIRST_PAGE = 120.0  # seconds until the first page is answered, on such a machine
SERVERS = {"DATABASE_URL": "postgres", "REDIS_URL": "valkey"}


class Stopped(Exception):
    """The user asked us to stop: Ctrl-C, SIGTERM, or a closed terminal."""


def run(tied_to_parent: bool = False) -> int:
    """Run everything until stopped; returns the exit code. Raises NotStarted, in one sentence, if it cannot."""
    began = time.monotonic()
    if tied_to_parent:
        die_with_parent(signal.SIGTERM)
    for number in signal.SIGINT, signal.SIGTERM, signal.SIGHUP:
        signal.signal(number, stop)
    try:
        with servers.exclusive_folder(VAR, "make run") as lock:
            plan = RunPlan.of(os.environ)
            say("Starting Heymarket for development. Ctrl-C stops it.")
            remember(VAR, HOST=plan.host, PORT=str(plan.port))
            logs = [
                FollowedLog(LOGS / f"{name}.log")
                for name in (
                    "postgres",
                    "valkey",
                    "web",
                    "worker",
                    "bulk",
                    "missed",
                    "broadcasts",
                    "media",
                    "webhooks",
                    "beat",
                )
            ]
            manager = start_manager(plan, lock)
            try:
                demo = start_product(manager, plan)
                greet(demo, plan, time.monotonic() - began)
                watch(manager, logs)
            finally:
                finish(manager)
    except Stopped:
        pass
    return 0


def stop(number: int, frame: FrameType | None) -> None:
    raise Stopped


def say(line: str) -> None:
    print(line, flush=True)


# -- the environment ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RunPlan:
    """The address to listen on, and the servers (by the variable that would name another) that we run ourselves."""

    host: str
    port: int
    own: frozenset[str]

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> "RunPlan":
        own = own_servers(environment)
        return cls(*listen_address(environment), own)

    @property
    def environment(self) -> dict[str, str]:
        """The environment of all programs: ours, and the addresses of the servers."""
        local = default_urls(VAR)
        names = {"DATABASE_URL", "DATABASE_OWNER_URL"} if "DATABASE_URL" in self.own else set()
        urls = {name: local[name] for name in names | (self.own & {"REDIS_URL"})}
        listen = {"DEVELOPMENT": "1", "HOST": self.host, "PORT": str(self.port), "PYTHONUNBUFFERED": "1"}
        return {**os.environ, **listen, **urls, "HEYMARKET_DATABASE_ROLE": "runtime"}


def own_servers(environment: Mapping[str, str]) -> frozenset[str]:
    pair = {"DATABASE_URL", "DATABASE_OWNER_URL"}
    given = {name for name in pair | {"REDIS_URL"} if environment.get(name)}
    if len(pair & given) == 1:
        (missing,) = pair - given
        raise NotStarted(f"Set {missing} too: one role creates the tables, another uses them.")
    return frozenset(servers.BOTH - given)


def listen_address(environment: Mapping[str, str]) -> tuple[str, int]:
    """HOST and PORT, after checking that we can listen there. Raises NotStarted, naming the variable, if not."""
    host, text = environment.get("HOST") or "127.0.0.1", environment.get("PORT") or "8000"
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise NotStarted(f"PORT={text} is not a port: set a number from 1 to 65535.")
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, int(text), type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        reasons = {errno.EADDRINUSE: "is in use", errno.EACCES: "needs more rights"}
        if reason := reasons.get(error.errno or 0):
            sentence = f"Port {text} on {host} {reason}: choose another port, for example PORT=8001 make run."
        else:
            sentence = f"HOST={host} is not an address of this machine ({error.strerror})."
        raise NotStarted(sentence) from None
    return host, int(text)


# -- start -----------------------------------------------------------------------------------------------------


def start_manager(plan: RunPlan, lock: int) -> ProcessManager:
    """The process manager, after the servers and their roles are ready."""
    if "DATABASE_URL" in plan.own and not postgres.exists(VAR):
        say("  Creating a database in var/postgres, only at this first start.")
    servers.prepare(VAR, plan.own)
    programs = [*server_programs(VAR, plan.own), *app_programs(VAR, plan.host, plan.port)]
    manager = ProcessManager(VAR, programs, plan.environment, lock)
    try:
        await_servers(manager, plan)
    except BaseException:
        manager.stop()
        raise
    return manager


def await_servers(manager: ProcessManager, plan: RunPlan) -> None:
    if not manager.await_ready():
        raise NotStarted(f"The process manager did not start:{processes.last_lines(manager.log)}")
    manager.start(*(f"servers:{SERVERS[name]}" for name in plan.own))
    if "REDIS_URL" in plan.own and not valkey.await_ready(VAR, manager.is_running("valkey")):
        raise NotStarted(f"Valkey did not start:{processes.last_lines(LOGS / 'valkey.log')}")
    if "REDIS_URL" in plan.own:
        say("  Valkey is up.")
    if "DATABASE_URL" in plan.own:
        if not postgres.await_ready(VAR, manager.is_running("postgres")):
            raise NotStarted(f"PostgreSQL did not start:{processes.last_lines(LOGS / 'postgres.log')}")
        postgres.bootstrap(VAR)
        say("  PostgreSQL is up.")


def start_product(manager: ProcessManager, plan: RunPlan) -> dict[str, Any]:
    """Migrate, then start web server, workers, scheduler and demo; returns the output of `manage.py demo --json`."""
    owner = plan.environment | {"HEYMARKET_DATABASE_ROLE": "owner"}
    applied = manage("migrate", "--no-input", "--skip-checks", environment=owner)
    say(f"  Tables are up to date ({applied.count('  Applying ')} migrations applied).")
    names = [f"app:{program.name}" for program in app_programs(VAR, plan.host, plan.port)]
    manager.start(*names[:2])  # beside the demo; all at once would delay each other
    demo: dict[str, Any] = json.loads(manage("demo", "--json", environment=plan.environment))
    say("  The demo team is ready.")
    manager.start(*names[2:])
    if not processes.wait_until(lambda: answers_pages(plan), manager.is_running("web"), START_SECONDS):
        raise NotStarted(f"The web server did not start:{processes.last_lines(LOGS / 'web.log')}")
    return demo


def manage(*words: str, environment: Mapping[str, str]) -> str:
    """The output of a command of manage.py. Its warnings are shown; raises NotStarted if it fails."""
    done = subprocess.run(
        tied_to_parent([sys.executable, "manage.py", *words], os.getpid()),
        cwd=ROOT,
        env=environment,
        text=True,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        process_group=0,
    )
    warnings = "".join(f"\n    {line}" for line in done.stderr.splitlines())
    if done.returncode:
        raise NotStarted(f"manage.py {words[0]} failed:{warnings}")
    if warnings:
        say(f"  manage.py {words[0]} says:{warnings}")
    return done.stdout


def answers_pages(plan: RunPlan) -> bool:
    """Whether a page is answered, whatever the answer is: the host may be another one than the product's own."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(plan.host, plan.host)
    connection = http.client.HTTPConnection(host, plan.port, timeout=FIRST_PAGE)
    try:
        connection.request("GET", "/accounts/login/")
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def greet(demo: dict[str, Any], plan: RunPlan, seconds: float) -> None:
    say(f"Ready after {seconds:.1f} s: {demo.get('base_url') or f'http://{plan.host}:{plan.port}'}")
    for member in demo["members"]:
        say(f"  Sign in as {member['email']} with {member['password']} ({member['role']})")
    folder = VAR.relative_to(ROOT) if VAR.is_relative_to(ROOT) else VAR
    say(f"  Emails are files in {folder}/mail. Logs are in {folder}/log; warnings and errors are shown here.")


# -- while it runs ---------------------------------------------------------------------------------------------


def watch(manager: ProcessManager, logs: list[FollowedLog]) -> None:
    """Show errors until we are stopped. Raises NotStarted if the manager itself ends."""
    last: dict[str, dict[str, Any]] = {}
    while manager.is_up():
        for log in logs:
            for line in log.serious_lines():
                say(f"  {log.name}: {line}")
        for name, program in manager.programs().items():
            report(name, last.get(name, program), program)
            last[name] = (
                program if program["pid"] else {**last.get(name, program), "statename": program["statename"]}
            )
        time.sleep(0.5)
    raise NotStarted("The process manager was killed, and all its programs ended with it.")


def report(name: str, before: dict[str, Any], after: dict[str, Any]) -> None:
    if after["statename"] == "FATAL" != before["statename"]:
        say(f"  {name} no longer starts; see var/log/{name}.log.")
    elif after["pid"] not in (0, before["pid"]):
        say(f"  {name} ended and was started again.")


def finish(manager: ProcessManager) -> None:
    """Stop everything; at once on a second request."""
    if manager.is_up():
        say("Stopping.")
    try:
        manager.stop()
    except Stopped:
        manager.process.kill()
    manager.process.wait()
    # After a kill its programs end by themselves, a moment later.
    servers.await_stopped_servers(VAR)
