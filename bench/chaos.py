"""`python -m bench.chaos`: the product under load while its parts are killed or away; then nothing may be missing.

The carrier, the people with their handsets and the member at a browser are in this process and keep their own record.
A part that is away stays so for `--outage` seconds. Exits with 1 when a promise was broken.
"""

import argparse
import os
import shutil
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bench import installation
from devserver import postgres, processes, servers, valkey
from devserver.addresses import VAR, default_urls
from devserver.processes import NotStarted
from devserver.supervision import ProcessManager, app_programs, server_programs, supervisor_interface

if TYPE_CHECKING:  # they need the settings, and those the addresses of the servers
    from bench.audit import AuditedMessage, AuditFinding
    from bench.fake_carrier import FakeCarrier
    from bench.simulated_users import SimulatedUsers

FOLDER = VAR / "chaos"
MAX_SECONDS_TO_QUIET = (
    120.0  # seconds; a call to the carrier that died with its worker is owned up to after sixty
)
SECONDS_BETWEEN_OUTAGES = 5.0  # seconds of ordinary life between two bad things


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.chaos", description=__doc__)
    parser.add_argument(
        "--outage", type=float, default=15.0, help="seconds that a part stays away (default 15)"
    )
    options = parser.parse_args()
    try:
        with product() as (manager, carrier):
            print(installation.describe_machine(), flush=True)
            return run_scenario(manager, carrier, options.outage)
    except (installation.NotMeasured, NotStarted) as error:
        print(error, file=sys.stderr)
        return 1


# -- the product -------------------------------------------------------------------------------------------------


@contextmanager
def product() -> "Iterator[tuple[ProcessManager, FakeCarrier]]":
    """Everything that `make run` starts, in a folder of its own, with its numbers at a carrier of ours."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    installation.set_environment(installation.free_port())
    os.environ["FETCH_MISSED_EVERY"] = "5"
    with servers.exclusive_folder(FOLDER, "make chaos") as lock:
        servers.prepare(FOLDER)
        os.environ.update(default_urls(FOLDER))
        from bench.fake_carrier import CarrierNumber, FakeCarrier

        lines = [CarrierNumber(f"+1510555010{n}", f"AC{n:032x}", f"token-{n}") for n in (1, 2)]
        carrier = FakeCarrier(f"http://127.0.0.1:{os.environ['PORT']}/webhooks/twilio/messages", lines)
        os.environ["TWILIO_API_URL"] = carrier.url
        programs = [
            *server_programs(FOLDER, servers.BOTH),
            *app_programs(FOLDER, os.environ["HOST"], int(os.environ["PORT"])),
        ]
        manager = ProcessManager(FOLDER, programs, os.environ, lock)
        try:
            start(manager)
            yield manager, carrier
        finally:
            manager.stop()
            carrier.close()
    servers.await_stopped_servers(FOLDER)


def start(manager: ProcessManager) -> None:
    if not manager.await_ready():
        raise NotStarted(f"The process manager did not start:{processes.last_lines(manager.log)}")
    manager.start("servers:postgres", "servers:valkey")
    if not postgres.await_ready(FOLDER, manager.is_running("postgres")):
        raise NotStarted("PostgreSQL did not start.")
    valkey.await_ready(FOLDER, manager.is_running("valkey"))
    postgres.bootstrap(FOLDER)
    installation.run_manage_command("migrate", "--no-input", role="owner")
    manager.start("app:web", "app:worker", "app:bulk", "app:webhooks", "app:beat")
    host, port = os.environ["HOST"], int(os.environ["PORT"])
    if not processes.wait_until(lambda: installation.is_healthy(host, port), manager.is_running("web"), 60):
        raise NotStarted(f"The web server did not come up:{processes.last_lines(FOLDER / 'log' / 'web.log')}")
    import django

    django.setup()


# -- bad things --------------------------------------------------------------------------------------------------


def outages(manager: ProcessManager, outage: float) -> Iterator[str]:
    """One bad thing after the other; yields its name as it begins, and goes on when asked for the next."""
    yield "ordinary life"
    time.sleep(SECONDS_BETWEEN_OUTAGES)
    yield "worker killed"
    kill(manager, "worker")
    time.sleep(SECONDS_BETWEEN_OUTAGES)
    yield "worker killed again"
    kill(manager, "worker")
    time.sleep(SECONDS_BETWEEN_OUTAGES)
    yield f"Valkey away for {outage:.0f} s"
    stop_for(manager, "valkey", outage)
    yield "PostgreSQL restarted"
    stop_for(manager, "postgres", 0)
    yield f"PostgreSQL away for {outage:.0f} s"
    stop_for(manager, "postgres", outage)
    yield "web server killed"
    kill(manager, "web")
    time.sleep(SECONDS_BETWEEN_OUTAGES)
    yield f"web server away for {outage:.0f} s"
    stop_for(manager, "web", outage)


def kill(manager: ProcessManager, name: str) -> None:
    os.kill(manager.programs()[name]["pid"], signal.SIGKILL)


def stop_for(manager: ProcessManager, name: str, seconds: float) -> None:
    group = "servers" if name in ("postgres", "valkey") else "app"
    with supervisor_interface(FOLDER) as supervisor:
        supervisor.stopProcess(f"{group}:{name}", True)
    time.sleep(seconds)
    manager.start(f"{group}:{name}")
    time.sleep(SECONDS_BETWEEN_OUTAGES)


# -- the play ----------------------------------------------------------------------------------------------------


def run_scenario(manager: ProcessManager, carrier: "FakeCarrier", outage: float) -> int:
    from django.db import connection

    from bench import audit as bench_audit
    from bench import simulated_users, teams

    member, ids = teams.create_team_at("Chaos", list(carrier.accounts.values()))
    page = simulated_users.MemberBrowser(
        f"http://127.0.0.1:{os.environ['PORT']}/t/{member.team.slug}/", teams.session_cookie(member), ids
    )
    people = simulated_users.SimulatedUsers(carrier, page)
    people.begin()
    began = time.monotonic()
    for name in outages(manager, outage):
        print(f"{time.monotonic() - began:5.0f} s  {name}: {progress(people)}", flush=True)
    people.end()
    connection.close()  # ours too was cut
    ended = time.monotonic()
    print(f"{ended - began:5.0f} s  everything is back: {progress(people)}", flush=True)
    seconds = await_quiet(people, member.team_id)
    print(f"{time.monotonic() - began:5.0f} s  quiet after {seconds:.0f} s: {progress(people)}\n", flush=True)
    findings = audit_product(people, member.team_id)
    print("\n".join(bench_audit.format_findings(findings)))
    print(installation.run_manage_command("verify_ledger").strip())
    return 1 if any(finding.broken for finding in findings) else 0


def progress(people: "SimulatedUsers") -> str:
    texts = people.carrier.texts
    missed = sum(text.taken_at is None for text in texts)
    return (
        f"{len(texts)} texts in ({missed} of them unheard), {len(people.composed)} written by us, "
        f"{len(people.carrier.delivered)} on handsets"
    )


def await_quiet(people: "SimulatedUsers", team_id: int) -> float:
    """Until every text has been fetched and none of ours waits, or QUIET_WITHIN seconds; how long it took."""
    from bench import audit as bench_audit

    began = time.monotonic()
    while time.monotonic() < began + MAX_SECONDS_TO_QUIET:
        time.sleep(2)
        found, delivered = read_messages(team_id), len(people.carrier.delivered)
        known = {row.carrier_id for row in found if not row.outbound}
        waits = any(row.status in bench_audit.WAITING for row in found)
        if not waits and all(text.sid in known for text in people.carrier.texts):
            time.sleep(2)  # for the last reports
            if len(people.carrier.delivered) == delivered:
                break
    return time.monotonic() - began


def read_messages(team_id: int) -> "list[AuditedMessage]":
    from bench.audit import AuditedMessage
    from kernel.tenancy import scope
    from messaging.models import Message

    names = ("id", "number", "body", "outbound", "purpose", "status", "reason", "carrier_id", "crossed")
    with scope(team_id):
        return [
            AuditedMessage(*values) for values in Message.objects.filter(team_id=team_id).values_list(*names)
        ]


def audit_product(people: "SimulatedUsers", team_id: int) -> "list[AuditFinding]":
    from bench import audit as bench_audit
    from kernel.tenancy import scope
    from messaging.models import Conversation
    from optout.models import Suppression

    found, carrier = read_messages(team_id), people.carrier
    with scope(team_id):
        opted_out = set(Suppression.objects.filter(team_id=team_id).values_list("number", flat=True))
        counts = dict(Conversation.objects.filter(team_id=team_id).values_list("number", "inbound_count"))
    webhooks = Counter(answer for text in carrier.texts for answer in text.answers)
    webhooks.update(carrier.report_answers)
    print(f"webhooks answered {dict(webhooks)}, pages {dict(people.page.answers)} (0: nobody there)\n")
    return [
        bench_audit.received_once((text.sid for text in carrier.texts), found),
        bench_audit.counted_once(counts, found),
        bench_audit.standings(people.people, opted_out),
        bench_audit.confirmations(people.people, carrier.delivered, found),
        bench_audit.nothing_after_stop(people.people, carrier.delivered, found),
        bench_audit.sent_once(carrier.delivered, found),
        bench_audit.composed_once(people.composed, found),
        bench_audit.final_statuses(carrier.delivered, found),
        bench_audit.answers_are_expected(webhooks, people.page.answers),
    ]


if __name__ == "__main__":
    sys.exit(main())
