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
from accounts.tenancy import scope
from bench import cast, inbound, stage
from bench.load import Outcome, steady
from bench.stage import NotMeasured
from contacts import selections
from contacts.models import Selection
from contacts.models.run import State
from contacts.models.selection import Doing
from contacts.selections import Chosen
from heymarket.local import postgres
from heymarket.local.addresses import DATABASE

CONTACTS = 100_000
PER_SECOND = 40  # STOPs
QUIET = 12.0  # seconds
WATCHED = 40.0  # seconds of an action, at most; the rest of it is cancelled
LONGEST = 60.0  # seconds that stopping may take

SEED = """
INSERT INTO contacts_contact (team_id, number, first_name, last_name, display_name, email, note, created_at, updated_at)
SELECT {team}, '+1415' || {first} + n, 'Person', n, '', '', '', now(), now() FROM generate_series(1, {count}) AS n
ON CONFLICT DO NOTHING
"""
DOINGS: dict[Doing, dict[str, Any]] = {
    Doing.OPT_OUT: {"reason": "Our decision"},
    Doing.DELETE: {"erase": False},
}


@dataclass
class Series:
    """What the STOPs during one kind of action saw, and those in the quiet before each."""

    quiet: list[Outcome] = field(default_factory=list)
    busy: list[Outcome] = field(default_factory=list)
    contacts: int = 0

    @property
    def per_second(self) -> float:
        """Contacts that were done, while the STOPs went on."""
        return self.contacts / sum(outcome.seconds for outcome in self.busy)

    @property
    def ratio(self) -> float:
        return percentile(self.busy, 0.99) / percentile(self.quiet, 0.99)


def percentile(outcomes: list[Outcome], share: float) -> float:
    """Of all rounds together, in milliseconds: one round has too few STOPs for the 99th."""
    return Outcome(latencies=[one for outcome in outcomes for one in outcome.latencies]).percentile(share)


def measure(folder: Path, address: tuple[str, int], rounds: int) -> dict[Doing, Series]:
    """Quiet, opting out, quiet, deleting, and again. The STOPs are from the contacts that it is done with."""
    member, inbox = cast.team("Meanwhile", "+15105550111")
    sids, seen = (f"SM{n:032d}" for n in itertools.count()), {doing: Series() for doing in DOINGS}
    with stage.running(folder, "bulk"):
        for nth in range(rounds):
            first = 2_000_000 + nth * CONTACTS  # a number that is opted out already would cost nothing
            _seed(folder, inbox, first)
            stops = _stops(inbox, first, sids)
            _phase(address, stops, after(3))
            for doing, series in seen.items():
                series.quiet.append(_phase(address, stops, after(QUIET)))
                with _begun(member, doing) as begun:
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
        yield from inbound.texts(inbox, "STOP", numbers, 500, sids=sids)


def _phase(address: tuple[str, int], stops: Iterator[bytes], over: Callable[[], bool]) -> Outcome:
    outcome = steady(address, stops, PER_SECOND, over)
    if set(outcome.statuses) != {200}:
        raise NotMeasured(f"Not every STOP was answered 200: {dict(outcome.statuses)}")
    return outcome


def after(seconds: float) -> Callable[[], bool]:
    until = time.monotonic() + seconds
    return lambda: time.monotonic() > until


@contextmanager
def _begun(member: Member, doing: Doing) -> Iterator[Selection]:
    """Confirm the action for all contacts, as the page does; it is stopped at the end, if it is still at work."""
    with scope(member.team_id):
        begun = selections.start(member, doing, Chosen((), ""), dict(DOINGS[doing]))
    yield begun
    with scope(begun.team_id):
        _rows(begun).filter(ended_at=None).update(cancel_asked=True)
    over = _through(begun, LONGEST)
    while not over():
        time.sleep(0.1)
    with scope(begun.team_id):
        begun.refresh_from_db()
    if begun.state not in (State.DONE, State.CANCELLED) or begun.total < CONTACTS or not begun.position:
        raise NotMeasured(f"The worker ended it as {begun.state}: {begun.sentence} {begun.counts}")


def _through(begun: Selection, seconds: float) -> Callable[[], bool]:
    """Whether the worker is through with it, or the time is up."""
    through = threading.Event()
    threading.Thread(target=_watch, args=(begun, seconds, through), daemon=True).start()
    return through.is_set


def _watch(begun: Selection, seconds: float, through: threading.Event) -> None:
    """Look now and then, in a thread with a connection of its own, so that the STOPs leave on time."""
    until = time.monotonic() + seconds
    running = True
    while running and time.monotonic() < until:
        time.sleep(0.25)
        with scope(begun.team_id):
            running = _rows(begun).filter(ended_at=None).exists()
    connection.close()
    through.set()


def _rows(begun: Selection) -> QuerySet[Selection]:
    return Selection.objects.filter(team_id=begun.team_id, id=begun.id)
