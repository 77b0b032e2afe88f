"""Outage test, `python -m bench.chaos`: kills and stops parts of the product under load, then audits its data.

The carrier, the people with handsets and the members with browsers run in this process and keep their own record.
Exits with 1 when a promise was broken.
"""

import argparse
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import django

from bench import chaos_outages, installation
from bench.chaos_cluster import Cluster, add_arguments, cluster_of
from bench.fake_carrier import CarrierNumber, FakeCarrier
from devserver import postgres, processes, servers, valkey
from devserver.addresses import VAR, default_urls
from devserver.processes import NotStarted
from devserver.supervision import ProcessManager, app_programs, server_programs

FOLDER = VAR / "chaos"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.chaos", description=__doc__)
    parser.add_argument("--outage", type=float, default=15.0, help="seconds of each outage (default 15)")
    add_arguments(parser)
    parser.add_argument(
        "--contacts",
        type=int,
        default=0,
        help="on a cluster: first the demo, and a team with so many contacts",
    )
    options = parser.parse_args()
    cluster = cluster_of(options)
    try:
        with product(cluster, options.contacts) as (manager, carrier):
            from bench import chaos_scenario  # needs Django, which needs the addresses of the servers

            print(installation.describe_machine(), flush=True)
            outages = cluster.outages if cluster else chaos_outages.outages
            return chaos_scenario.run_scenario(FOLDER, manager, carrier, options.outage, outages)
    except (installation.NotMeasured, NotStarted) as error:
        print(error, file=sys.stderr)
        return 1


# -- the product -------------------------------------------------------------------------------------------------


@contextmanager
def product(cluster: Cluster | None, contacts: int) -> Iterator[tuple[ProcessManager, FakeCarrier]]:
    """Everything that `make run` starts, in its own folder, with the fake carrier. `contacts`: on a cluster."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    installation.set_environment(installation.free_port())
    os.environ["FETCH_MISSED_EVERY"] = "5"
    own = frozenset({"REDIS_URL"}) if cluster else servers.BOTH
    with servers.exclusive_folder(FOLDER, "make chaos") as lock:
        servers.prepare(FOLDER, own)
        os.environ.update(default_urls(FOLDER))
        if cluster:
            cluster.set_environment()
        accounts = [CarrierNumber(f"+1510555010{n}", f"AC{n:032x}", f"token-{n}") for n in (1, 2)]
        carrier = FakeCarrier(f"http://127.0.0.1:{os.environ['PORT']}/webhooks/twilio/messages", accounts)
        os.environ["TWILIO_API_URL"] = carrier.url
        programs = [
            *server_programs(FOLDER, own),
            *app_programs(FOLDER, os.environ["HOST"], int(os.environ["PORT"])),
        ]
        manager = ProcessManager(FOLDER, programs, os.environ, lock)
        try:
            start_servers(manager, own)
            if cluster and contacts:
                _create_teams(cluster, contacts)
            start_app(manager)
            yield manager, carrier
        finally:
            manager.stop()
            carrier.close()
    servers.await_stopped_servers(FOLDER)


def _create_teams(cluster: Cluster, contacts: int) -> None:
    from bench import existing_teams  # needs Django

    existing_teams.create(cluster.superuser_url, contacts)


def start_servers(manager: ProcessManager, own: frozenset[str]) -> None:
    """With the tables."""
    if not manager.await_ready():
        raise NotStarted(f"The process manager did not start:{processes.last_lines(manager.log)}")
    manager.start("servers:valkey")
    if "DATABASE_URL" in own:
        start_postgres(manager)
    valkey.await_ready(FOLDER, manager.is_running("valkey"))
    installation.run_manage_command("migrate", "--no-input", role="owner")
    django.setup()


def start_app(manager: ProcessManager) -> None:
    manager.start("app:web", "app:worker", "app:bulk", "app:missed", "app:media", "app:webhooks", "app:beat")
    host, port = os.environ["HOST"], int(os.environ["PORT"])
    if not processes.wait_until(
        lambda: installation.is_healthy(host, port), manager.is_running("web"), installation.START_LIMIT
    ):
        raise NotStarted(f"The web server did not start:{processes.last_lines(FOLDER / 'log' / 'web.log')}")


def start_postgres(manager: ProcessManager) -> None:
    manager.start("servers:postgres")
    if not postgres.await_ready(FOLDER, manager.is_running("postgres")):
        raise NotStarted("PostgreSQL did not start.")
    postgres.bootstrap(FOLDER)


if __name__ == "__main__":
    sys.exit(main())
