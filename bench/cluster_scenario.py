"""Texts while a database is distributed, `python -m bench.cluster_scenario`: each is there once, no opt-out is lost.

The outage test in small, without the product's servers: threads receive texts as a webhook does, and again after an
error, as a carrier does, while the database is distributed, a node is added, shards move and servers are killed.
"""

import argparse
import os
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import uuid4

from bench import installation
from bench.chaos_cluster import add_arguments, cluster_of
from bench.tables import print_table

TEAMS, SENDERS = 3, 2  # senders of each team
CONTACTS_AT_ONCE = 5_000
PAUSE = 0.02  # seconds between the texts of a sender


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.cluster_scenario", description=__doc__)
    add_arguments(parser, required=True)
    parser.add_argument("--contacts", type=int, default=20_000, help="contacts of each team")
    parser.add_argument("--outage", type=float, default=10.0, help="seconds for which a server is down")
    parser.add_argument(
        "--only", choices=["growth", "kills"], help="grow alone, or kill the servers of one that has grown"
    )
    options = parser.parse_args()
    cluster = cluster_of(options)
    assert cluster
    installation.set_environment(installation.free_port())
    cluster.set_environment()
    os.environ["LOG_LEVEL"] = "ERROR"  # nobody wakes workers here
    installation.run_manage_command("migrate", "--no-input", role="owner")
    import django

    django.setup()
    outages = {
        "growth": cluster.growth(),
        "kills": cluster.killed_servers(options.outage),
        None: cluster.database_outages(options.outage),
    }
    return _run(outages[options.only], options.contacts)


@dataclass
class TextingThread:
    """Sends texts from numbers of its own; what was accepted, and which errors came before."""

    inbox: object
    first: int
    sids: list[str] = field(default_factory=list)
    opted_out: set[str] = field(default_factory=set)
    errors: Counter[str] = field(default_factory=Counter)
    longest: float = 0.0

    def run(self, ended: threading.Event) -> None:
        from kernel.distribution.nodes import close_connections

        nth = self.first
        while not ended.wait(PAUSE):
            nth += 1
            number, body = f"+1415{nth:07d}", "STOP" if nth % 5 == 0 else "Hello?"
            self._send(f"SM{uuid4().hex}", number, body)
            if body == "STOP":
                self.opted_out.add(number)
        close_connections()

    def _send(self, sid: str, number: str, body: str) -> None:
        from django.db import DatabaseError, InterfaceError, connection

        from messaging.arrival import AlreadyReceived
        from messaging.carriers.base import InboundText
        from messaging.inbound import receive

        began, accepted = time.monotonic(), False
        while not accepted:
            try:
                receive(self.inbox, InboundText(sid, number, body))  # type: ignore[arg-type]
                accepted = True
            except AlreadyReceived:  # the answer to an earlier try was lost
                accepted = True
            except (DatabaseError, InterfaceError) as error:
                self.errors[str(error).splitlines()[0][:90]] += 1
                connection.close()
                time.sleep(0.5)
        self.sids.append(sid)
        self.longest = max(self.longest, time.monotonic() - began)


def _run(outages: Iterator[str], contacts: int) -> int:
    from bench import teams
    from kernel.distribution.nodes import close_connections

    inboxes = [teams.create_team(f"Team{time.time():.3f}", f"+1510555010{n}")[1] for n in range(TEAMS)]
    for inbox in inboxes:
        _add_contacts(inbox.team_id, contacts)
    senders = [
        TextingThread(inbox, 1_000_000 * (1 + of + TEAMS * n))
        for n in range(SENDERS)
        for of, inbox in enumerate(inboxes)
    ]
    ended, began = threading.Event(), time.monotonic()
    threads = [threading.Thread(target=sender.run, args=(ended,)) for sender in senders]
    for thread in threads:
        thread.start()
    try:
        for name in outages:
            texts = sum(len(sender.sids) for sender in senders)
            errors = sum(sender.errors.total() for sender in senders)
            print(
                f"{time.monotonic() - began:5.0f} s  {name}: {texts} texts, {errors} errors before",
                flush=True,
            )
    finally:
        ended.set()
        for thread in threads:
            thread.join()
    close_connections()
    return _audit(senders)


def _add_contacts(team_id: int, count: int) -> None:
    from contacts.contact.models import Contact
    from kernel.tenancy import scope

    for first in range(0, count, CONTACTS_AT_ONCE):
        with scope(team_id):
            Contact.objects.bulk_create(
                Contact(team_id=team_id, number=f"+1212{n:07d}", first_name=f"Person {n}")
                for n in range(first, min(count, first + CONTACTS_AT_ONCE))
            )


def _audit(senders: list[TextingThread]) -> int:
    """Print what was found; 1 if something is missing or doubled."""
    rows, broken = [], 0
    for sender in senders:
        stored, once, opted_out = _found(sender)
        missing = len(sender.opted_out - opted_out)
        broken += (once != len(sender.sids)) + (stored != once) + missing
        rows.append((
            str(sender.first), str(len(sender.sids)), str(stored), str(once), str(len(sender.opted_out)), str(missing),
            f"{sender.longest:.0f} s",
        ))  # fmt: skip
    head = ("numbers from", "accepted", "rows", "different texts", "STOPs", "without opt-out", "longest")
    print_table(head, rows)
    for error, times in sum((sender.errors for sender in senders), Counter()).most_common(20):
        print(f"{times:5}  {error}")
    print(installation.run_manage_command("verify_ledger").strip())
    return 1 if broken else 0


def _found(sender: TextingThread) -> tuple[int, int, set[str]]:
    """The rows of the sender's texts, how many different texts they are, and its numbers that are opted out."""
    from kernel.tenancy import scope
    from messaging.models import Message
    from optout.models import Suppression

    team_id = sender.inbox.team_id  # type: ignore[attr-defined]
    sids = set(sender.sids)
    with scope(team_id):
        stored = [
            sid
            for sid in Message.objects.filter(team_id=team_id, outbound=False).values_list(
                "carrier_id", flat=True
            )
            if sid in sids
        ]
        opted_out = set(Suppression.objects.filter(team_id=team_id).values_list("number", flat=True))
    return len(stored), len(set(stored)), opted_out


if __name__ == "__main__":
    sys.exit(main())
