"""What a STOP waits while a worker opts out and deletes a whole team's contacts, beside what it waits in quiet."""

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

import heymarket.celery  # noqa: F401  (whom selections wake)
from accounts.models import Inbox, Member
from bench import inbound, installation, teams
from bench.http_load import LoadResult, send_at_rate
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
QUIET = 12.0  # seconds
WATCHED = 40.0  # seconds of an action, at most; the rest of it is cancelled
LONGEST = 60.0  # seconds that stopping may take

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
    """What the STOPs during one kind of action saw, and those in the quiet before each."""

    quiet: list[LoadResult] = field(default_factory=list)
    busy: list[LoadResult] = field(default_factory=list)
    contacts: int = 0

    @property
    def per_second(self) -> float:
        """Contacts that were done, while the STOPs went on."""
        return self.contacts / sum(outcome.seconds for outcome in self.busy)

    @property
    def ratio(self) -> float:
        return percentile(self.busy, 0.99) / percentile(self.quiet, 0.99)


def percentile(outcomes: list[LoadResult], share: float) -> float:
    """Of all rounds together, in milliseconds: one round has too few STOPs for the 99th."""
    return LoadResult(latencies=[one for outcome in outcomes for one in outcome.latencies]).percentile(share)


def measure(folder: Path, address: tuple[str, int], rounds: int) -> dict[BulkAction, StopLatencies]:
    """Quiet, opting out, quiet, deleting, and again. The STOPs are from the contacts that it is done with."""
    member, inbox = teams.create_team("Meanwhile", "+15105550111")
    sids, seen = (f"SM{n:032d}" for n in itertools.count()), {action: StopLatencies() for action in ACTIONS}
    with installation.running_program(folder, "bulk"):
        for nth in range(rounds):
            first = 2_000_000 + nth * CONTACTS  # a number that is opted out already would cost nothing
            _seed(folder, inbox, first)
            stops = _stops(inbox, first, sids)
            _phase(address, stops, deadline(3))
            for action, series in seen.items():
                series.quiet.append(_phase(address, stops, deadline(QUIET)))
                with _begun(member, action) as begun:
                    series.busy.append(_phase(address, stops, _through(begun, WATCHED)))
                series.contacts += begun.position
    return seen


def _seed(folder: Path, inbox: Inbox, first: int) -> None:
    with postgres.connect(folder, DATABASE) as owner:
        owner.execute(SEED.format(team=inbox.team_id, first=first, count=CONTACTS))  # type: ignore[arg-type]
        owner.execute("VACUUM ANALYZE")


def _stops(inbox: Inbox, first: int, sids: Iterator[str]) -> Iterator[bytes]:
    """Signed STOPs without end, each from another contact, in no order."""
    chance = random.Random(1)
    while True:
        numbers = (f"+1415{first + 1 + chance.randrange(CONTACTS)}" for _ in itertools.count())
        yield from inbound.text_webhooks(inbox, "STOP", numbers, 500, sids=sids)


def _phase(address: tuple[str, int], stops: Iterator[bytes], over: Callable[[], bool]) -> LoadResult:
    outcome = send_at_rate(address, stops, STOPS_PER_SECOND, over)
    if set(outcome.statuses) != {200}:
        raise NotMeasured(f"Not every STOP was answered 200: {dict(outcome.statuses)}")
    return outcome


def deadline(seconds: float) -> Callable[[], bool]:
    until = time.monotonic() + seconds
    return lambda: time.monotonic() > until


@contextmanager
def _begun(member: Member, action: BulkAction) -> Iterator[BulkActionRun]:
    """Confirm the action for all contacts, as the page does; it is stopped at the end, if it is still at work."""
    with scope(member.team_id):
        begun = operation.start_run(member, action, ContactSelection((), ""), dict(ACTIONS[action]))
    yield begun
    with scope(begun.team_id):
        _rows(begun).filter(ended_at=None).update(cancel_asked=True)
    over = _through(begun, LONGEST)
    while not over():
        time.sleep(0.1)
    with scope(begun.team_id):
        begun.refresh_from_db()
    if begun.state not in (RunState.DONE, RunState.CANCELLED) or begun.total < CONTACTS or not begun.position:
        raise NotMeasured(f"The worker ended it as {begun.state}: {begun.sentence} {begun.counts}")


def _through(begun: BulkActionRun, seconds: float) -> Callable[[], bool]:
    """Whether the worker is through with it, or the time is up."""
    through = threading.Event()
    threading.Thread(target=_watch, args=(begun, seconds, through), daemon=True).start()
    return through.is_set


def _watch(begun: BulkActionRun, seconds: float, through: threading.Event) -> None:
    """Look now and then, in a thread with a connection of its own, so that the STOPs leave on time."""
    until = time.monotonic() + seconds
    running = True
    while running and time.monotonic() < until:
        time.sleep(0.25)
        with scope(begun.team_id):
            running = _rows(begun).filter(ended_at=None).exists()
    connection.close()
    through.set()


def _rows(begun: BulkActionRun) -> QuerySet[BulkActionRun]:
    return BulkActionRun.objects.filter(team_id=begun.team_id, id=begun.id)
