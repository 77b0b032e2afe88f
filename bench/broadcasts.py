"""Broadcast through the simulator while recipients text STOP and a member writes: its speed, and proof of Promise 1.

The proof is the simulator's own log (SimulatedText), beside the times at which our answers to the STOPs arrived here:
after that a number gets nothing but its confirmation, and texts that are marked as crossed.
"""

import itertools
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from django.db import connection
from django.utils import timezone

import heymarket.celery
from accounts.models import Carrier, Inbox, Member, Team
from bench import inbound, installation, teams
from bench.http_load import LoadResult, deadline, send_at_rate
from bench.installation import NotMeasured
from devserver import postgres
from devserver.addresses import DATABASE
from kernel.tenancy import scope
from messaging.broadcasts import lifecycle
from messaging.broadcasts.models import ENDED, Broadcast, BroadcastRecipient, RecipientState
from messaging.broadcasts.rates import FASTEST
from messaging.compose import compose_text
from messaging.models import Message, MessageStatus
from messaging.sending_hours.rules import all_rules
from messaging.simulator.models import SimulatedText

BODY = "Winter hours: we open at 9 from Monday on."
STOPS_SHARE = 20  # of how many recipients one texts STOP
STOPS_PER_SECOND, QUIET_SECONDS = 8, 30.0
BURST, PAUSE = (
    20.0,
    40.0,
)  # seconds with STOPs, in which the batches rest, and seconds without, in which they go on
MEMBER_EVERY = 2.0  # seconds between the member's texts
MAX_HOURS = 3
SEED = """
    WITH people AS (
        INSERT INTO contacts_contact
            (team_id, number, first_name, last_name, display_name, email, note, created_at, updated_at)
        SELECT {team}, '+1415' || (2000000 + n), 'Person', n, '', '', '', now(), now()
        FROM generate_series(1, {count}) AS n RETURNING id),
    list AS (
        INSERT INTO contacts_contactlist (team_id, name, created_at) VALUES ({team}, 'Everybody', now()) RETURNING id)
    INSERT INTO contacts_listentry (team_id, list_id, contact_id)
    SELECT {team}, list.id, people.id FROM people, list RETURNING list_id
"""


@dataclass
class BroadcastRun:
    """What was measured, and what the simulator's log says."""

    recipients: int
    seconds: float = 0.0
    states: dict[str, int] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)
    logged: int = 0  # texts of the broadcast in the simulator's log
    twice: int = 0  # numbers that it has more than once
    missing: int = 0  # numbers with a text that the log does not have, and that is not shown as unknown
    stops: int = 0
    after_stop: int = 0  # texts of the broadcast after the answer to a STOP
    not_marked: int = 0  # of these, without the mark "crossed"
    quiet: LoadResult = field(default_factory=LoadResult)
    busy: LoadResult = field(default_factory=LoadResult)
    member_waits: list[float] = field(default_factory=list)  # seconds until the simulator had a member's text
    memory: list[float] = field(default_factory=list)  # megabytes of the worker, once a second
    inbound_per_second: float = 0.0

    @property
    def per_second(self) -> float:
        return self.recipients / self.seconds

    @property
    def growth(self) -> float:
        """The worker's memory at the end, divided by that after a tenth of the time."""
        return self.memory[-1] / self.memory[len(self.memory) // 10]

    @property
    def stop_ratio(self) -> float:
        return self.busy.percentile(0.99) / self.quiet.percentile(0.99)


def measure(folder: Path, address: tuple[str, int], recipients: int) -> BroadcastRun:
    """Send one broadcast to so many people of a list; a twentieth of them text STOP meanwhile."""
    _, other = teams.create_team("Inbound", "+15105550100")
    rates = inbound.measure(folder, address, other, 1)["ordinary"].outcomes
    _drop_queue(folder)
    member, inbox = teams.create_team("Broadcasts", "+15105550112")
    list_id = _seed(folder, inbox, recipients)
    run = BroadcastRun(recipients, inbound_per_second=rates[0].per_second)
    sids = (f"SM{n:032d}" for n in itertools.count())
    stops = _webhooks(inbox, (f"+1628{2_000_000 + n}" for n in itertools.count()), sids)
    with ExitStack() as programs:
        pid = programs.enter_context(installation.running_program(folder, "broadcasts"))
        programs.enter_context(installation.running_program(folder, "worker"))
        programs.enter_context(installation.running_program(folder, "beat"))
        time.sleep(8)  # they start
        _phase(address, stops, 3.0)
        run.quiet = _phase(address, stops, QUIET_SECONDS)
        broadcast = _confirm(member, inbox, list_id)
        began = time.monotonic()
        observer = _Observer(run, broadcast, inbox, member, pid)
        observer.start()
        run.busy = _bursts(address, _recipients_stops(inbox, recipients, sids), observer.ended)
        observer.join()
        run.seconds = observer.seconds or time.monotonic() - began
        time.sleep(3)  # the last confirmations and reports
    _audit(run, broadcast, inbox)
    return run


def _drop_queue(folder: Path) -> None:
    """Forget the confirmations that the inbound rate left: no worker ran, and thousands would go before ours."""
    with postgres.connect(folder, DATABASE) as owner:
        owner.execute("UPDATE messaging_message SET status = 'failed', due_at = NULL WHERE status = 'queued'")
    heymarket.celery.app.control.purge()


def _seed(folder: Path, inbox: Inbox, count: int) -> int:
    """The simulator as the inbox's carrier, without a limit of its rate, and a list; its ID."""
    with scope(inbox.team_id):
        Inbox.objects.filter(team_id=inbox.team_id).update(carrier=Carrier.SIMULATOR, broadcast_rate=FASTEST)
        hours = {"set_aside": {rule.place: "Measured at any hour." for rule in all_rules()}}
        Team.objects.filter(id=inbox.team_id).update(sending_hours=hours)
    with postgres.connect(folder, DATABASE) as owner:
        rows: Any = owner.execute(SEED.format(team=inbox.team_id, count=count))  # type: ignore[arg-type]
        (list_id,) = rows.fetchone()
        owner.execute("VACUUM ANALYZE")
    return int(list_id)


def _confirm(member: Member, inbox: Inbox, list_id: int) -> Broadcast:
    with scope(inbox.team_id):
        draft: Broadcast = Broadcast.objects.create(
            team_id=inbox.team_id,
            name="Winter hours",
            category="informational",
            inbox=inbox,
            body=BODY,
            append_words=False,
            audience={"lists": [list_id]},
        )
        return lifecycle.confirm(draft.id, draft.team_id, author=member)


def _webhooks(inbox: Inbox, numbers: Iterator[str], sids: Iterator[str]) -> Iterator[bytes]:
    while batch := inbound.text_webhooks(inbox, "STOP", numbers, 200, sids=sids):
        yield from batch


def _recipients_stops(inbox: Inbox, recipients: int, sids: Iterator[str]) -> Iterator[bytes]:
    """STOPs of every twentieth recipient, from the last to the first: some before their text, some after it."""
    count = recipients // STOPS_SHARE
    order = sorted(range(count), key=lambda n: (n * 7919) % count)  # spread over the list
    numbers = (f"+1415{2_000_001 + n * STOPS_SHARE}" for n in order)
    yield from _webhooks(inbox, numbers, sids)
    # Then others, so that the bursts go on until the end.
    yield from _webhooks(inbox, (f"+1650{2_000_000 + n}" for n in itertools.count()), sids)


def _bursts(address: tuple[str, int], stops: Iterator[bytes], ended: threading.Event) -> LoadResult:
    """STOPs in bursts until the broadcast has ended, so that they are spread over all of it; all bursts together."""
    together = LoadResult()
    while not ended.is_set():
        burst = _phase(address, stops, BURST)
        together.seconds += burst.seconds
        together.latencies += burst.latencies
        together.statuses += burst.statuses
        together.answers += burst.answers
        ended.wait(PAUSE)
    return together


def _phase(address: tuple[str, int], stops: Iterator[bytes], seconds: float) -> LoadResult:
    result = send_at_rate(address, stops, STOPS_PER_SECOND, deadline(seconds))
    if set(result.statuses) != {200}:
        raise NotMeasured(f"Not every STOP was answered 200: {dict(result.statuses)}")
    return result


class _Observer(threading.Thread):
    """Watches the broadcast and the worker's memory, and writes the member's texts, until the broadcast has ended."""

    def __init__(
        self, run: BroadcastRun, broadcast: Broadcast, inbox: Inbox, member: Member, pid: int
    ) -> None:
        super().__init__(daemon=True)
        self.run_, self.broadcast, self.inbox, self.member, self.pid = run, broadcast, inbox, member, pid
        self.seconds = 0.0
        self.ended = threading.Event()

    def run(self) -> None:
        began, next_text = time.monotonic(), time.monotonic() + 1
        try:
            while time.monotonic() < began + MAX_HOURS * 3600:
                self.run_.memory.append(installation.resident_megabytes(self.pid))
                if self._has_ended():
                    self.seconds = time.monotonic() - began
                    return
                if time.monotonic() >= next_text:
                    self._write(len(self.run_.member_waits))
                    next_text = time.monotonic() + MEMBER_EVERY
                time.sleep(0.5)
        finally:
            self.ended.set()
            connection.close()

    def _has_ended(self) -> bool:
        with scope(self.inbox.team_id):
            found = Broadcast.objects.get(team_id=self.inbox.team_id, id=self.broadcast.id)
        if found.pause_sentence:
            raise NotMeasured(f"The broadcast paused itself: {found.pause_sentence}")
        return found.status in ENDED

    def _write(self, nth: int) -> None:
        """A member's text to a recipient of the broadcast, until the simulator has it."""
        number, body = f"+1415{2_000_002 + nth * STOPS_SHARE}", f"Your glasses are ready ({nth})."
        with scope(self.inbox.team_id):
            inbox = Inbox.objects.select_related("team").get(team_id=self.inbox.team_id, id=self.inbox.id)
            compose_text(inbox, number, body, author=self.member, by_hand=True)
        began = time.monotonic()
        while time.monotonic() < began + 30:
            with scope(self.inbox.team_id):
                rows = SimulatedText.objects.filter(
                    team_id=self.inbox.team_id, inbox_id=self.inbox.id, number=number, body=body
                )
                if rows.exists():
                    break
            time.sleep(0.01)
        self.run_.member_waits.append(time.monotonic() - began)


def _audit(run: BroadcastRun, broadcast: Broadcast, inbox: Inbox) -> None:
    """Compare the simulator's log with the rows and with the answers to the STOPs."""
    team = {"team_id": inbox.team_id}
    with scope(inbox.team_id):
        log = SimulatedText.objects.filter(**team, inbox_id=inbox.id, from_handset=False, body=BODY)
        logged: dict[str, list[datetime]] = {}
        for number, at in log.values_list("number", "at").iterator():
            logged.setdefault(number, []).append(at)
        states = BroadcastRecipient.objects.filter(**team, broadcast_id=broadcast.id)
        for state, reason in states.values_list("state", "reason").iterator():
            run.states[reason or state] = run.states.get(reason or state, 0) + 1
        texts = Message.objects.filter(**team, broadcast_id=broadcast.id)
        crossed = set()
        for number, status, is_crossed in texts.values_list("number", "status", "crossed").iterator():
            run.statuses[status] = run.statuses.get(status, 0) + 1
            run.missing += number not in logged and status != MessageStatus.UNKNOWN
            if is_crossed:
                crossed.add(number)
    run.logged = sum(map(len, logged.values()))
    run.twice = sum(len(times) > 1 for times in logged.values())
    for request, answered_at in run.busy.answers:
        number = parse_qs(request.partition(b"\r\n\r\n")[2].decode())["From"][0]
        if not number.startswith("+1415"):
            continue
        run.stops += 1
        answered = datetime.fromtimestamp(answered_at, UTC)
        late = [at for at in logged.get(number, []) if at > answered]
        run.after_stop += len(late)
        run.not_marked += len(late) if number not in crossed else 0
    if run.states.get(RecipientState.WAITING, 0) or run.states.get(RecipientState.HELD, 0):
        raise NotMeasured(f"Some recipients still wait at {timezone.now()}: {run.states}")
