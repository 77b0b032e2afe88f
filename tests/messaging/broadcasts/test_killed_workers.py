"""A broadcast whose worker is killed hard twice, with Valkey away once: nobody gets it twice, and nobody is forgotten.

The proof is the carrier's own log: it has each number at most once, and whoever is not in it is shown as unknown.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
from django.conf import settings
from django.db import connection
from psycopg.conninfo import make_conninfo

from contacts.lists.models import ContactList
from devserver.addresses import ROOT
from kernel.tenancy import scope
from messaging.broadcasts import lifecycle
from messaging.broadcasts.models import Broadcast, BroadcastStatus
from messaging.broadcasts.reconciliation import reconcile
from messaging.models import Message
from tests.cast import Cast
from tests.messaging.broadcasts.conftest import recipients, reload
from tests.messaging.fake_twilio import FakeTwilio, SendAnswer

PEOPLE = [f"+1415555{n:04d}" for n in range(1000, 1150)]


@contextmanager
def worker(**environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """A worker of the test's database and carrier, killed hard at the end."""
    address = make_conninfo(settings.DATABASE_URL, dbname=connection.settings_dict["NAME"])
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.messaging.broadcasts.worker_process"],
        cwd=ROOT,
        env={
            **os.environ,
            "DATABASE_URL": address,
            "TWILIO_API_URL": settings.TWILIO_API_URL,
            **environment,
        },
    )
    try:
        yield child
    finally:
        child.kill()
        child.wait(30)


def wait_until(condition: Callable[[], bool], child: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < until and child.poll() is None
        time.sleep(0.01)


def test_everybody_gets_it_at_most_once_and_who_is_missing_is_unknown(
    cast: Cast,
    carrier: FakeTwilio,
    make_list: Callable[..., ContactList],
    make_broadcast: Callable[..., Broadcast],
    texts: Callable[..., list[Message]],
    owner: psycopg.Connection,
) -> None:
    carrier.answers += [SendAnswer(wait=lambda: time.sleep(0.01)) for _ in PEOPLE]
    broadcast = make_broadcast(make_list(PEOPLE))
    with scope(cast.northside.id):
        lifecycle.confirm(broadcast.id, broadcast.team_id, author=cast.admin)
    for more, environment in ((35, {}), (45, {"VALKEY": "away"})):
        enough = len(carrier.sent) + more
        with worker(**environment) as child:
            wait_until(lambda at=enough: len(carrier.sent) >= at, child)  # type: ignore[misc]
        pass_time(owner)
    with worker() as child:
        wait_until(lambda: reload(broadcast).status == BroadcastStatus.FINISHED, child)

    logged = [text.number for text in carrier.sent]
    assert len(logged) == len(set(logged))
    assert set(recipients(broadcast)) == set(PEOPLE)
    assert set(recipients(broadcast).values()) == {"texted"}
    rows = {text.number: text for text in texts(broadcast_id=broadcast.id)}
    assert {number for number in PEOPLE if number not in logged} <= {
        number for number, text in rows.items() if text.status == "unknown"
    }
    unknown = [text for text in rows.values() if text.status == "unknown"]
    assert {text.status for text in rows.values()} <= {"sent", "unknown"}
    for text in unknown:  # the carrier's list says which of them it took
        if text.number in logged:
            assert text.claimed_at
            carrier.add_sent(cast.front_desk, text.number, text.body, text.claimed_at)
    owner.execute("UPDATE messaging_broadcast SET reconcile_at = now()")
    reconcile(broadcast.team_id, broadcast.id)
    still = {text.number for text in texts(broadcast_id=broadcast.id, status="unknown")}
    assert still == set(PEOPLE) - set(logged)


def pass_time(owner: psycopg.Connection) -> None:
    """Let a minute pass after a kill: claims lapse, and calls that never ended are unknown."""
    owner.execute("UPDATE messaging_message SET due_at = now() WHERE status IN ('claimed', 'sending')")
