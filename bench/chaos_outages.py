"""Outages of the outage test: parts of the product are killed and stopped, one after another."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

from devserver.supervision import ProcessManager, supervisor_interface

SECONDS_BETWEEN_OUTAGES = 5.0


def outages(folder: Path, manager: ProcessManager, outage: float) -> Iterator[str]:
    """Cause one outage after another; yields the name of each before it starts."""
    yield "no outage"
    time.sleep(SECONDS_BETWEEN_OUTAGES)
    yield "worker killed"
    kill(manager, "worker")
    time.sleep(SECONDS_BETWEEN_OUTAGES)
    yield "worker killed again"
    kill(manager, "worker")
    time.sleep(SECONDS_BETWEEN_OUTAGES)
    yield f"Valkey stopped for {outage:.0f} s"
    stop_for(folder, manager, "valkey", outage)
    yield "PostgreSQL restarted"
    stop_for(folder, manager, "postgres", 0)
    yield f"PostgreSQL stopped for {outage:.0f} s"
    stop_for(folder, manager, "postgres", outage)
    yield "web server killed"
    kill(manager, "web")
    time.sleep(SECONDS_BETWEEN_OUTAGES)
    yield f"web server stopped for {outage:.0f} s"
    stop_for(folder, manager, "web", outage)


def kill(manager: ProcessManager, name: str) -> None:
    os.kill(manager.programs()[name]["pid"], signal.SIGKILL)


def stop_for(folder: Path, manager: ProcessManager, name: str, seconds: float) -> None:
    group = "servers" if name in ("postgres", "valkey") else "app"
    with supervisor_interface(folder) as supervisor:
        supervisor.stopProcess(f"{group}:{name}", True)
    time.sleep(seconds)
    manager.start(f"{group}:{name}")
    time.sleep(SECONDS_BETWEEN_OUTAGES)
