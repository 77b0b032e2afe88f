"""Scopes on a cluster: two processes never hold a number's lock on two nodes, also while the team is moved."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from psycopg.conninfo import make_conninfo

from accounts.models import Inbox
from devserver.addresses import ROOT
from kernel.sql import fetch
from kernel.tenancy import scope
from messaging.carriers.base import InboundText
from messaging.inbound import receive
from messaging.models import Message
from optout.linked_teams.models import LinkRequest
from optout.models import ConsentEvent, Origin, Suppression
from optout.number_locks import lock_key
from optout.scope_lookups import link_teams
from optout.tasks import copy_to_linked_teams
from tests.cast import STRANGER, TOM, Cast
from tests.cluster_database import nodes_of, share_a_node
from tests.messaging.fake_twilio import new_sid
from tests.saved_rows import SavedRows, create_empty_function

# Takes the lock again and again until the file `stop` exists. Creating `held` fails while anybody else holds the lock.
HOLDER = """
import os, sys, time, django
django.setup()
from django.db import OperationalError
from kernel.sql import fetch
from kernel.tenancy import scope
team, inbox, lock, folder = int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
ADD = "UPDATE accounts_inbox SET stop_reply = (('0' || stop_reply)::int + 1)::text WHERE team_id = $1 AND id = $2"
times, ports, refused = 0, set(), 0
while not os.path.exists(f"{folder}/stop"):
    try:
        with scope(team, lock=lock):
            handle = os.open(f"{folder}/held", os.O_CREAT | os.O_EXCL)
            ports.add(fetch("SELECT inet_server_port()")[0][0])
            fetch(ADD, team, inbox)
            time.sleep(0.002)
            os.unlink(f"{folder}/held")
            os.close(handle)
        times += 1
    except OperationalError:
        refused += 1
print(times, refused, *sorted(ports))
"""


@pytest.fixture
def nodes(owner: psycopg.Connection) -> list[tuple[str, int]]:
    return owner.execute(
        "SELECT nodename, nodeport FROM pg_dist_node WHERE groupid <> 0 AND isactive ORDER BY groupid"
    ).fetchall()


def place(owner: psycopg.Connection, team_id: int) -> tuple[str, int]:
    (found,) = owner.execute("SELECT host, port FROM node_of_team(%s)", [team_id]).fetchall()
    return found


def move(owner: psycopg.Connection, team_id: int, nodes: list[tuple[str, int]], how: str) -> None:
    """Move the team to the next node, with the teams of its shard."""
    at = place(owner, team_id)
    to = nodes[(nodes.index(at) + 1) % len(nodes)]
    owner.execute("CALL citus_cleanup_orphaned_resources()")
    owner.execute(
        "SELECT citus_move_shard_placement(node_shard(%s), %s, %s, %s, %s, %s)", [team_id, *at, *to, how]
    )
    assert place(owner, team_id) == to


def _drop_what_was_moved_away(owner: psycopg.Connection) -> None:
    """A shard moves back only when its old place is empty. Citus empties it by itself, too, which this waits for."""
    until = time.monotonic() + 30
    while time.monotonic() < until and owner.execute("SELECT FROM pg_dist_cleanup").rowcount:
        owner.execute("CALL citus_cleanup_orphaned_resources()")
        time.sleep(0.2)


def holders(team_id: int, inbox_id: int, folder: Path) -> list[subprocess.Popen[str]]:
    url = make_conninfo(settings.DATABASE_URL, dbname=connection.settings_dict["NAME"])
    environment = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "heymarket.settings"}
    words = [
        sys.executable,
        "-c",
        HOLDER,
        str(team_id),
        str(inbox_id),
        str(lock_key(team_id, TOM)),
        str(folder),
    ]
    return [
        subprocess.Popen(
            words, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]


@pytest.fixture
def patient_owner(owner: psycopg.Connection) -> Iterator[psycopg.Connection]:
    """Moving a team takes longer than statements of tests may."""
    owner.execute("SET statement_timeout = 0; SET lock_timeout = 0")
    yield owner
    owner.execute("CALL citus_cleanup_orphaned_resources()")
    owner.execute("RESET statement_timeout; SET lock_timeout = '10s'")
    for node in nodes_of(owner):
        create_empty_function(node)


def test_no_two_processes_hold_a_lock_on_two_nodes_while_the_team_moves(
    cast: Cast, patient_owner: psycopg.Connection, nodes: list[tuple[str, int]], tmp_path: Path
) -> None:
    team_id, inbox_id = cast.northside.id, cast.front_desk.id
    with scope(team_id):
        Inbox.objects.filter(team_id=team_id, id=inbox_id).update(stop_reply="")
    processes = holders(team_id, inbox_id, tmp_path)
    try:
        for how in ("force_logical", "block_writes"):
            move(patient_owner, team_id, nodes, how)
    finally:
        (tmp_path / "stop").touch()
    results = [(process.communicate(timeout=60), process.returncode) for process in processes]
    assert [code for _, code in results] == [0, 0], results
    taken = [[int(word) for word in out.split()] for (out, _), _ in results]
    assert all(times > 10 and ports == sorted(port for _, port in nodes) for times, _, *ports in taken), taken
    with scope(team_id):
        (counted,) = Inbox.objects.filter(team_id=team_id, id=inbox_id).values_list("stop_reply", flat=True)
    assert int(counted) == sum(times for times, *_ in taken)


def test_a_moved_team_goes_on_with_higher_ids(
    cast: Cast, patient_owner: psycopg.Connection, nodes: list[tuple[str, int]]
) -> None:
    def newest(model: Any) -> int:
        with scope(cast.northside.id):
            return int(
                model.objects.filter(team_id=cast.northside.id).order_by("-id").values_list("id")[0][0]
            )

    found = []
    for _ in range(3):
        receive(cast.front_desk, InboundText(new_sid(), TOM, "STOP"))
        receive(cast.front_desk, InboundText(new_sid(), TOM, "START"))
        found.append((newest(Message), newest(ConsentEvent)))
        move(patient_owner, cast.northside.id, nodes, "block_writes")
    assert (
        found == sorted(found) and len({text for text, _ in found}) == len({event for _, event in found}) == 3
    )
    with scope(cast.northside.id):
        positions = ConsentEvent.objects.filter(number=TOM).order_by("id").values_list("position", flat=True)
        assert list(positions) == [1, 2, 3, 4, 5, 6]


def test_a_scope_is_on_the_node_of_its_team(cast: Cast, owner: psycopg.Connection) -> None:
    for team in (cast.northside, cast.harbor):
        with scope(team.id):
            assert fetch("SELECT inet_server_port()") == [(place(owner, team.id)[1],)]


def test_opt_outs_are_copied_between_linked_teams_on_two_nodes(
    cast_rows: SavedRows[Cast], owner: psycopg.Connection, elsewhere: Callable[..., Future[Any]]
) -> None:
    """By a worker; also one that is being written while the link is made, which does not see it."""
    cast = cast_rows.insert_until(lambda found: not share_a_node(owner, found.northside.id, found.harbor.id))
    written, linked = threading.Event(), threading.Event()

    def write() -> None:
        with scope(cast.northside.id):
            receive(cast.front_desk, InboundText(new_sid(), TOM, "STOP"))
            written.set()
            assert linked.wait(10)
            time.sleep(0.2)  # the copying waits meanwhile

    with scope(cast.northside.id):
        asked = LinkRequest.objects.create(
            team=cast.northside, email="harriet@harbor.example", asked_by="Olivia"
        )
    writing = elsewhere(write)
    assert written.wait(10)
    with scope(cast.harbor.id):
        assert link_teams(asked.team_id, asked.id, asked.email, "Harriet")
    linked.set()
    copy_to_linked_teams()
    writing.result(20)
    receive(cast.front_desk, InboundText(new_sid(), STRANGER, "STOP"))
    copy_to_linked_teams()
    with scope(cast.harbor.id):
        shared = Suppression.objects.filter(team=cast.harbor, origin=Origin.LINKED).order_by("id")
        assert list(shared.values_list("number", flat=True)) == [TOM, STRANGER]
