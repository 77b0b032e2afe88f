"""Latency of STOPs while a worker opts out and deletes all contacts of a team, compared with an idle worker."""

import itertools
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.models import QuerySet

import heymarket.celery  # noqa: F401  (bulk actions wake its worker)
from accounts.models import Inbox, Member
from bench import inbound, installation, teams
from bench.http_load import LoadResult, deadline, percentile, send_at_rate
from bench.installation import NotMeasured
from contacts.bulk import operation
from contacts.bulk.models import BulkAction, BulkActionRun
from contacts.runs.models import RunState
from contacts.search.selection import ContactSelection
from devserver import postgres
from devserver.addresses import DATABASE
from kernel.tenancy import scope

CONTACTS = 100_000
STOPS_PER_SECOND = 40  # STOPs
IDLE_SECONDS = 12.0  # seconds
BUSY_SECONDS = 40.0  # seconds of an action, at most; the rest of it is cancelled
MAX_STOPPING = 60.0  # seconds that cancelling may take

SEED = """
INSERT INTO contacts_contact (team_id, number, first_name, last_name, display_name, email, note, created_at, updated_at)
SELECT {team}, '+1415' || {first} + n, 'Person', n, '', '', '', now(), now() FROM generate_series(1, {count}) AS n
ON CONFLICT DO NOTHING
"""
ACTIONS: dict[BulkAction, dict[str, Any]] = {
    BulkAction.OPT_OUT: {"reason": "Our decision"},
    BulkAction.DELETE: {"erase": False},
}


@dataclass
class StopLatencies:
    """Latencies during one kind of action, and while idle before each."""

    idle: list[LoadResult] = field(default_factory=list)
    busy: list[LoadResult] = field(default_factory=list)
    contacts: int = 0  # that the actions processed

    @property
    def per_second(self) -> float:
        """Contacts that the actions processed per second."""
        return self.contacts / sum(outcome.seconds for outcome in self.busy)

    @property
    def ratio(self) -> float:
        return percentile(self.busy, 0.99) / percentile(self.idle, 0.99)


def measure(folder: Path, address: tuple[str, int], rounds: int) -> dict[BulkAction, StopLatencies]:
    """Measure idle, opting out, idle, deleting, in each round. The STOPs come from the contacts of the action."""
    member, inbox = teams.create_team("Stops", "+15105550111")
    sids, latencies = (
        (f"SM{n:032d}" for n in itertools.count()),
        {action: StopLatencies() for action in ACTIONS},
    )
    with installation.running_program(folder, "bulk"):
        for nth in range(rounds):
            # New numbers: an opt-out that is in force already costs nothing.
            first = 2_000_000 + nth * CONTACTS
            _seed(folder, inbox, first)
            stops = _stops(inbox, first, sids)
            _phase(address, stops, deadline(3))
            for action, series in latencies.items():
                series.idle.append(_phase(address, stops, deadline(IDLE_SECONDS)))
                with _running_action(member, action) as run:
                    series.busy.append(_phase(address, stops, _finished(run, BUSY_SECONDS)))
                series.contacts += run.position
    return latencies


def _seed(folder: Path, inbox: Inbox, first: int) -> None:
    with postgres.connect(folder, DATABASE) as owner:
        owner.execute(SEED.format(team=inbox.team_id, first=first, count=CONTACTS))  # type: ignore[arg-type]
        owner.execute("VACUUM ANALYZE")


def _stops(inbox: Inbox, first: int, sids: Iterator[str]) -> Iterator[bytes]:
    """Endless signed STOPs from random contacts."""
    chance = random.Random(1)
    while True:
        numbers = (f"+1415{first + 1 + chance.randrange(CONTACTS)}" for _ in itertools.count())
        yield from inbound.text_webhooks(inbox, "STOP", numbers, 500, sids=sids)


def _phase(address: tuple[str, int], stops: Iterator[bytes], over: Callable[[], bool]) -> LoadResult:
    outcome = send_at_rate(address, stops, STOPS_PER_SECOND, over)
    if set(outcome.statuses) != {200}:
        raise NotMeasured(f"Not every STOP was answered 200: {dict(outcome.statuses)}")
    return outcome


@contextmanager
def _running_action(member: Member, action: BulkAction) -> Iterator[BulkActionRun]:
    """Start the action for all contacts, as the page does; cancel it at the end if it still runs."""
    with scope(member.team_id):
        run = operation.start_run(member, action, ContactSelection((), ""), dict(ACTIONS[action]))
    yield run
    with scope(run.team_id):
        _rows(run).filter(ended_at=None).update(cancel_asked=True)
    over = _finished(run, MAX_STOPPING)
    while not over():
        time.sleep(0.1)
    with scope(run.team_id):
        run.refresh_from_db()
    if run.state not in (RunState.DONE, RunState.CANCELLED) or run.total < CONTACTS or not run.position:
        raise NotMeasured(f"The worker ended it as {run.state}: {run.sentence} {run.counts}")


def _finished(run: BulkActionRun, seconds: float) -> Callable[[], bool]:
    """A function that returns True when the run has ended or the time is over."""
    finished = threading.Event()
    threading.Thread(target=_watch, args=(run, seconds, finished), daemon=True).start()
    return finished.is_set


def _watch(run: BulkActionRun, seconds: float, finished: threading.Event) -> None:
    """Poll in a thread with its own connection, so that the STOPs are sent on time."""
    until = time.monotonic() + seconds
    running = True
    while running and time.monotonic() < until:
        time.sleep(0.25)
        with scope(run.team_id):
            running = _rows(run).filter(ended_at=None).exists()
    connection.close()
    finished.set()


def _rows(run: BulkActionRun) -> QuerySet[BulkActionRun]:
    return BulkActionRun.objects.filter(team_id=run.team_id, id=run.id)
