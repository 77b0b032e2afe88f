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

from bench import stage
from heymarket.local import children, postgres, servers, valkey
from heymarket.local.addresses import VAR, default_urls
from heymarket.local.children import NotStarted
from heymarket.local.supervision import Manager, app_programs, asking, server_programs

if TYPE_CHECKING:  # they need the settings, and those the addresses of the servers
    from bench.audit import Finding, Row
    from bench.carrier import StandIn
    from bench.crowd import Crowd

FOLDER = VAR / "chaos"
QUIET_WITHIN = 120.0  # seconds; a call to the carrier that died with its worker is owned up to after sixty
BETWEEN = 5.0  # seconds of ordinary life between two bad things


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.chaos", description=__doc__)
    parser.add_argument(
        "--outage", type=float, default=15.0, help="seconds that a part stays away (default 15)"
    )
    options = parser.parse_args()
    try:
        with product() as (manager, carrier):
            print(stage.machine(), flush=True)
            return act(manager, carrier, options.outage)
    except (stage.NotMeasured, NotStarted) as error:
        print(error, file=sys.stderr)
        return 1


# -- the product -------------------------------------------------------------------------------------------------


@contextmanager
def product() -> "Iterator[tuple[Manager, StandIn]]":
    """Everything that `make run` starts, in a folder of its own, with its numbers at a carrier of ours."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    stage.settle(stage.free_port())
    os.environ["FETCH_MISSED_EVERY"] = "5"
    with servers.only_one(FOLDER, "make chaos") as lock:
        servers.prepare(FOLDER)
        os.environ.update(default_urls(FOLDER))
        from bench.carrier import Line, StandIn

        lines = [Line(f"+1510555010{n}", f"AC{n:032x}", f"token-{n}") for n in (1, 2)]
        carrier = StandIn(f"http://127.0.0.1:{os.environ['PORT']}/webhooks/twilio/messages", lines)
        os.environ["TWILIO_API_URL"] = carrier.url
        programs = [
            *server_programs(FOLDER, servers.BOTH),
            *app_programs(FOLDER, os.environ["HOST"], int(os.environ["PORT"])),
        ]
        manager = Manager(FOLDER, programs, os.environ, lock)
        try:
            start(manager)
            yield manager, carrier
        finally:
            manager.stop()
            carrier.close()
    servers.await_predecessors(FOLDER)


def start(manager: Manager) -> None:
    if not manager.await_ready():
        raise NotStarted(f"The process manager did not start:{children.last_lines(manager.log)}")
    manager.start("servers:postgres", "servers:valkey")
    if not postgres.await_ready(FOLDER, manager.keeps("postgres")):
        raise NotStarted("PostgreSQL did not start.")
    valkey.await_ready(FOLDER, manager.keeps("valkey"))
    postgres.bootstrap(FOLDER)
    stage.manage("migrate", "--no-input", role="owner")
    manager.start("app:web", "app:worker", "app:bulk", "app:hooks", "app:beat")
    host, port = os.environ["HOST"], int(os.environ["PORT"])
    if not children.wait_until(lambda: stage.healthy(host, port), manager.keeps("web"), 60):
        raise NotStarted(f"The web server did not come up:{children.last_lines(FOLDER / 'log' / 'web.log')}")
    import django

    django.setup()


# -- bad things --------------------------------------------------------------------------------------------------


def bad_days(manager: Manager, outage: float) -> Iterator[str]:
    """One bad thing after the other; yields its name as it begins, and goes on when asked for the next."""
    yield "ordinary life"
    time.sleep(BETWEEN)
    yield "worker killed"
    kill(manager, "worker")
    time.sleep(BETWEEN)
    yield "worker killed again"
    kill(manager, "worker")
    time.sleep(BETWEEN)
    yield f"Valkey away for {outage:.0f} s"
    away(manager, "valkey", outage)
    yield "PostgreSQL restarted"
    away(manager, "postgres", 0)
    yield f"PostgreSQL away for {outage:.0f} s"
    away(manager, "postgres", outage)
    yield "web server killed"
    kill(manager, "web")
    time.sleep(BETWEEN)
    yield f"web server away for {outage:.0f} s"
    away(manager, "web", outage)


def kill(manager: Manager, name: str) -> None:
    os.kill(manager.programs()[name]["pid"], signal.SIGKILL)


def away(manager: Manager, name: str, seconds: float) -> None:
    group = "servers" if name in ("postgres", "valkey") else "app"
    with asking(FOLDER) as supervisor:
        supervisor.stopProcess(f"{group}:{name}", True)
    time.sleep(seconds)
    manager.start(f"{group}:{name}")
    time.sleep(BETWEEN)


# -- the play ----------------------------------------------------------------------------------------------------


def act(manager: Manager, carrier: "StandIn", outage: float) -> int:
    from django.db import connection

    from bench import audit, cast, crowd

    member, ids = cast.at_lines("Chaos", list(carrier.accounts.values()))
    page = crowd.Page(
        f"http://127.0.0.1:{os.environ['PORT']}/t/{member.team.slug}/", cast.cookie(member), ids
    )
    people = crowd.Crowd(carrier, page)
    people.begin()
    began = time.monotonic()
    for name in bad_days(manager, outage):
        print(f"{time.monotonic() - began:5.0f} s  {name}: {so_far(people)}", flush=True)
    people.end()
    connection.close()  # ours too was cut
    ended = time.monotonic()
    print(f"{ended - began:5.0f} s  everything is back: {so_far(people)}", flush=True)
    seconds = await_quiet(people, member.team_id)
    print(f"{time.monotonic() - began:5.0f} s  quiet after {seconds:.0f} s: {so_far(people)}\n", flush=True)
    findings = look(people, member.team_id)
    print("\n".join(audit.lines(findings)))
    print(stage.manage("verify_ledger").strip())
    return 1 if any(finding.broken for finding in findings) else 0


def so_far(people: "Crowd") -> str:
    texts = people.carrier.texts
    missed = sum(text.taken_at is None for text in texts)
    return (
        f"{len(texts)} texts in ({missed} of them unheard), {len(people.composed)} written by us, "
        f"{len(people.carrier.delivered)} on handsets"
    )


def await_quiet(people: "Crowd", team_id: int) -> float:
    """Until every text has been fetched and none of ours waits, or QUIET_WITHIN seconds; how long it took."""
    from bench import audit

    began = time.monotonic()
    while time.monotonic() < began + QUIET_WITHIN:
        time.sleep(2)
        found, delivered = rows(team_id), len(people.carrier.delivered)
        known = {row.carrier_id for row in found if not row.outbound}
        waits = any(row.status in audit.WAITING for row in found)
        if not waits and all(text.sid in known for text in people.carrier.texts):
            time.sleep(2)  # for the last reports
            if len(people.carrier.delivered) == delivered:
                break
    return time.monotonic() - began


def rows(team_id: int) -> "list[Row]":
    from accounts.tenancy import scope
    from bench.audit import Row
    from messaging.models import Message

    names = ("id", "number", "body", "outbound", "purpose", "status", "reason", "carrier_id", "crossed")
    with scope(team_id):
        return [Row(*values) for values in Message.objects.filter(team_id=team_id).values_list(*names)]


def look(people: "Crowd", team_id: int) -> "list[Finding]":
    from accounts.tenancy import scope
    from bench import audit
    from messaging.models import Conversation
    from optout.models import Suppression

    found, carrier = rows(team_id), people.carrier
    with scope(team_id):
        opted_out = set(Suppression.objects.filter(team_id=team_id).values_list("number", flat=True))
        counts = dict(Conversation.objects.filter(team_id=team_id).values_list("number", "inbound_count"))
    webhooks = Counter(answer for text in carrier.texts for answer in text.answers)
    webhooks.update(carrier.report_answers)
    print(f"webhooks answered {dict(webhooks)}, pages {dict(people.page.answers)} (0: nobody there)\n")
    return [
        audit.received_once((text.sid for text in carrier.texts), found),
        audit.counted_once(counts, found),
        audit.standings(people.people, opted_out),
        audit.confirmations(people.people, carrier.delivered, found),
        audit.silence(people.people, carrier.delivered, found),
        audit.sent_once(carrier.delivered, found),
        audit.composed_once(people.composed, found),
        audit.known_ends(carrier.delivered, found),
        audit.answers(webhooks, people.page.answers),
    ]


if __name__ == "__main__":
    sys.exit(main())
