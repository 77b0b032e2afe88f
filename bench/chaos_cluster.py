"""The outage test on a cluster: it is distributed while texts arrive, grows, is rebalanced, and loses nodes."""

import argparse
import os
import shlex
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg

from bench import installation
from bench.chaos_outages import SECONDS_BETWEEN_OUTAGES, kill
from devserver.supervision import ProcessManager


@dataclass(frozen=True)
class Cluster:
    """A cluster with an empty database, not distributed yet.

    `node_command` does {action} to the server {node} (0: the coordinator): `kill`, `up`, and `add`, which makes one
    that is not a node yet, and says its port at the end.
    """

    database_url: str
    owner_url: str
    superuser_url: str
    node_command: str

    def do(self, action: str, node: int | str = "") -> str:
        words = shlex.split(self.node_command.format(action=action, node=node))
        return subprocess.run(words, check=True, text=True, capture_output=True).stdout

    def outages(self, folder: Path, manager: ProcessManager, outage: float) -> Iterator[str]:
        """Cause one after another; yields the name of each before it starts."""
        yield from self.database_outages(outage)
        for name in "worker", "web":
            yield f"{name} killed"
            kill(manager, name)
            time.sleep(SECONDS_BETWEEN_OUTAGES)

    def database_outages(self, outage: float) -> Iterator[str]:
        yield from self.growth()
        yield from self.killed_servers(outage)

    def growth(self) -> Iterator[str]:
        yield "not distributed"
        time.sleep(SECONDS_BETWEEN_OUTAGES)
        yield "distribute"
        installation.run_manage_command("distribute", role="owner")
        yield "distributed"
        time.sleep(SECONDS_BETWEEN_OUTAGES)
        yield "a node added, and shards rebalanced"
        self._add_node()
        yield "rebalanced"
        time.sleep(SECONDS_BETWEEN_OUTAGES)

    def killed_servers(self, outage: float) -> Iterator[str]:
        for node in 1, 2, 3, 0:
            yield f"{'coordinator' if node == 0 else f'node {node}'} killed for {outage:.0f} s"
            self.do("kill", node)
            time.sleep(outage)
            self.do("up", node)
            time.sleep(SECONDS_BETWEEN_OUTAGES)

    def _add_node(self) -> None:
        port = self.do("add").split()[-1].strip("()")
        with psycopg.connect(self.superuser_url, autocommit=True) as superuser:
            superuser.execute("SELECT citus_add_node('127.0.0.1', %s)", [int(port)])
            installation.run_manage_command("distribute", role="owner")
            superuser.execute("SELECT citus_rebalance_start(shard_transfer_mode => 'force_logical')")
            superuser.execute("SELECT citus_rebalance_wait()")

    def set_environment(self) -> None:
        os.environ.update(DATABASE_URL=self.database_url, DATABASE_OWNER_URL=self.owner_url)


def add_arguments(parser: argparse.ArgumentParser, *, required: bool = False) -> None:
    group = parser.add_argument_group("a cluster (docs/scale.md), all four")
    for name in "database-url", "database-owner-url", "superuser-url":
        group.add_argument(
            f"--{name}", required=required, help="libpq URL of its database, not distributed yet"
        )
    group.add_argument(
        "--node-command", required=required, help="such as 'script {action} {node}': add, kill, up"
    )


def cluster_of(options: argparse.Namespace) -> Cluster | None:
    urls = options.database_url, options.database_owner_url, options.superuser_url, options.node_command
    return Cluster(*urls) if all(urls) else None
