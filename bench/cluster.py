"""A cluster beside one PostgreSQL, `python -m bench.cluster`: inbound texts and pages in turns, and CPU a text.

Both databases are empty at first, on this machine and of one build. The product runs once for each, as for `bench`.
"""

import argparse
import itertools
import json
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from statistics import median
from types import SimpleNamespace
from typing import Any

import psycopg

from bench import installation
from bench.server_cpu import cpu_seconds
from bench.tables import print_table
from devserver.addresses import ROOT
from devserver.processes import NotStarted

BODIES = {"ordinary": "Hello, do you open on Sunday?", "STOP": "STOP"}
MIN_RATIO = 0.6  # of the texts a second of one PostgreSQL
MAX_PAGE = 2.0  # times as long as on one PostgreSQL
NODES = "SELECT nodename, nodeport FROM pg_dist_node WHERE isactive ORDER BY groupid"
REQUESTS_IN_A_ROW = 20  # of a page of one before the other


@dataclass
class Measured:
    """One of the two: the settings of its product, its servers' ports by name, and what was measured."""

    name: str
    settings: Mapping[str, str]
    ports: dict[str, int]
    address: tuple[str, int] = ("", 0)
    inbox: Any = None
    pages: dict[str, bytes] = field(default_factory=dict)  # their requests
    rates: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    latencies: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    cpu: dict[tuple[str, str], list[float]] = field(default_factory=lambda: defaultdict(list))
    page_times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.cluster", description=__doc__)
    for name in "one-url", "one-owner-url", "cluster-url", "cluster-owner-url":
        parser.add_argument(f"--{name}", required=True, help="libpq URL of an empty database, in TCP")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of each pair; the median counts")
    options = parser.parse_args()
    urls = {
        "one PostgreSQL": (options.one_url, options.one_owner_url),
        "cluster": (options.cluster_url, options.cluster_owner_url),
    }
    try:
        with installation.installation("bench-cluster") as folder, ExitStack() as stack:
            print(installation.describe_machine(), flush=True)
            both = [_prepared(name, *pair) for name, pair in urls.items()]
            for each in both:
                each.address = stack.enter_context(
                    installation.web_server(folder / each.name.replace(" ", "-"), each.settings)
                )
            _measure(both, options.rounds)
            _show(both)
            _measure_pages(both, options.rounds)
            _show_pages(both)
            print(installation.describe_machine())
    except (installation.NotMeasured, NotStarted) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _prepared(name: str, url: str, owner_url: str) -> Measured:
    """The tables, distributed on a cluster, and a team."""
    settings = {
        **os.environ,
        "DATABASE_URL": url,
        "DATABASE_OWNER_URL": owner_url,
        "PORT": str(installation.free_port()),
        "PUBLIC_URL": f"http://127.0.0.1:{os.environ['PORT']}",  # in all signatures
    }
    installation.run_manage_command("migrate", "--no-input", role="owner", settings=settings)
    facts = _create_teams(settings)
    with psycopg.connect(owner_url, autocommit=True) as owner:
        ports = {name: owner.info.port}
        if owner.execute("SELECT FROM pg_extension WHERE extname = 'citus'").rowcount:
            installation.run_manage_command("distribute", role="owner", settings=settings)
            nodes = [port for _, port in owner.execute(NODES).fetchall()]
            ports = {"coordinator": owner.info.port}
            ports |= {f"node {n}": port for n, port in enumerate(nodes) if port != owner.info.port}
    pages = {name: request.encode() for name, request in facts["pages"].items()}
    return Measured(name, settings, ports, inbox=SimpleNamespace(**facts["inbox"]), pages=pages)


def _create_teams(settings: Mapping[str, str]) -> Any:
    made = subprocess.run(
        [sys.executable, "-m", "bench.cluster_teams"],
        cwd=ROOT,
        env=settings,
        text=True,
        capture_output=True,
        check=False,
    )
    if made.returncode:
        raise installation.NotMeasured(made.stderr)
    return json.loads(made.stdout)


def _measure(both: list[Measured], rounds: int) -> None:
    numbers = (f"+1415{2000000 + n:07d}" for n in itertools.count())
    for each in both:
        for body in BODIES.values():
            _send(each, body, numbers, 400, 60.0)
        _analyze(each)
    for _ in range(rounds):
        for kind, body in BODIES.items():
            for each in both:
                _measure_round(each, kind, body, numbers)


def _analyze(each: Measured) -> None:
    """Update the statistics, as autovacuum does within a minute: a table that was empty has plans for few rows."""
    with psycopg.connect(each.settings["DATABASE_OWNER_URL"], autocommit=True) as owner:
        owner.execute("VACUUM ANALYZE")


def _measure_round(each: Measured, kind: str, body: str, numbers: Iterator[str]) -> None:
    from bench import inbound  # needs Django, which needs the addresses of the servers

    before = {server: cpu_seconds(port) for server, port in each.ports.items()}
    outcome = _send(each, body, numbers, inbound.MAX_TEXTS, inbound.SECONDS)
    for server, port in each.ports.items():
        spent = cpu_seconds(port) - before[server]
        each.cpu[kind, server].append(1000 * spent / len(outcome.latencies))
    each.rates[kind].append(outcome.per_second)
    each.latencies[kind].append(outcome.percentile(0.99))


def _send(each: Measured, body: str, numbers: Iterator[str], most: int, seconds: float) -> Any:
    from bench import inbound
    from bench.http_load import send_all

    requests = inbound.text_webhooks(each.inbox, body, numbers, most)
    outcome = send_all(each.address, requests, inbound.CONNECTIONS, seconds)
    if set(outcome.statuses) != {200}:
        raise installation.NotMeasured(f"Not every webhook was answered 200: {dict(outcome.statuses)}")
    return outcome


def _show(both: list[Measured]) -> None:
    one, cluster = both
    rows = []
    for kind in BODIES:
        ratios = [a / b for a, b in zip(cluster.rates[kind], one.rates[kind], strict=True)]
        for each in both:
            servers = ", ".join(f"{name} {median(each.cpu[kind, name]):.2f}" for name in each.ports)
            rows.append((
                kind, each.name, f"{median(each.rates[kind]):.0f}", f"{median(each.latencies[kind]):.0f}",
                f"{median(ratios):.2f} of >= {MIN_RATIO}" if each is cluster else "", servers,
            ))  # fmt: skip
    print_table(("texts", "database", "texts/s", "p99 ms", "ratio", "CPU ms a text"), rows)


def _measure_pages(both: list[Measured], rounds: int) -> None:
    for page in both[0].pages:
        for each in both:  # so that every thread has its connections and prepared statements
            _time_page(each, page, 40, connections=4)
        for _ in range(rounds):
            for each in both:
                each.page_times[page].append(_time_page(each, page, REQUESTS_IN_A_ROW))


def _time_page(each: Measured, page: str, times: int, connections: int = 1) -> float:
    """The median of the milliseconds of a page."""
    from bench.http_load import send_all

    outcome = send_all(each.address, [each.pages[page]] * times, connections)
    if set(outcome.statuses) != {200}:
        raise installation.NotMeasured(f"Not every page was answered 200: {dict(outcome.statuses)}")
    return outcome.percentile(0.5)


def _show_pages(both: list[Measured]) -> None:
    one, cluster = both
    rows = []
    for page in one.pages:
        times = zip(cluster.page_times[page], one.page_times[page], strict=True)
        ratio = median(a / b for a, b in times)
        medians = (f"{median(each.page_times[page]):.1f}" for each in both)
        rows.append((page, *medians, f"{ratio:.2f} of <= {MAX_PAGE}"))
    print_table(("page", "one PostgreSQL ms", "cluster ms", "ratio"), rows)


if __name__ == "__main__":
    sys.exit(main())
