"""Latency of STOPs while the product works for others: reports, an export, an import, slow clients and open pages.

Each phase is divided by the quiet phase before it. The background runs in processes of its own.
"""

import itertools
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlencode

import heymarket.celery  # noqa: F401  (runs wake its worker)
from accounts.models import Inbox, Member
from bench import background_load, browsers, idle_browsers, inbound, installation, reports
from bench.http_load import LoadResult, deadline, send_at_rate
from bench.imports import write_file
from bench.installation import NotMeasured, analyze
from bench.pages import page_request
from contacts.imports import upload
from contacts.imports.models import Import
from contacts.runs.models import RunState
from contacts.runs.queue import wake
from kernel.tenancy import scope
from reports import rollup

TEXTS = 200_000  # of the team
ROWS = 100_000  # of the imported file; a hundredth is refused
STOPS_PER_SECOND, SECONDS = 40, 12.0
SENDERS, READERS = 100, 100  # slow clients
MAX_SECONDS = 90.0  # of preparing an import


@dataclass
class IsolatedStops:
    """Latencies of STOPs by what else was done, and how much of it."""

    phases: dict[str, list[LoadResult]] = field(default_factory=dict)
    quiet_before: dict[str, list[LoadResult]] = field(default_factory=dict)
    done: dict[str, int] = field(default_factory=dict)

    def ratios(self, phase: str) -> list[float]:
        """The 99th percentile of each of these phases, divided by that of the quiet phase before it."""
        pairs = zip(self.phases[phase], self.quiet_before[phase], strict=True)
        return [busy.percentile(0.99) / quiet.percentile(0.99) for busy, quiet in pairs]

    def ratio(self, phase: str) -> float:
        """The median of the ratios: a burst of other work on the machine counts once."""
        return median(self.ratios(phase))


def measure(folder: Path, address: tuple[str, int], rounds: int, only: tuple[str, ...] = ()) -> IsolatedStops:
    """In each round a quiet phase before each of the others."""
    member, inboxes = reports.create_team(folder, TEXTS)
    with scope(member.team_id):
        rollup.rebuild(member.team)
    analyze(folder)
    background = Background(folder, address, member, inboxes[0])
    stops, seen = background.stops(), IsolatedStops()
    with installation.running_program(folder, "bulk"):
        _phase(address, stops, 3)  # warms up
        for _ in range(rounds):
            for name, kinds in PHASES.items():
                if only and name not in only:
                    continue
                quiet = _phase(address, stops, SECONDS)
                _add(seen, "quiet", quiet)
                seen.quiet_before.setdefault(name, []).append(quiet)
                with ExitStack() as running:
                    counts = {kind: running.enter_context(getattr(background, kind)()) for kind in kinds}
                    time.sleep(1.5)  # its processes start
                    _add(seen, name, _phase(address, stops, SECONDS))
                    for kind, count in counts.items():
                        seen.done[kind] = seen.done.get(kind, 0) + count()
    return seen


PHASES: dict[str, tuple[str, ...]] = {
    "reports": ("reading",),
    "export": ("exporting",),
    "import": ("importing",),
    "reports, export, import": ("reading", "exporting", "importing"),
    "200 slow clients": ("slow_clients",),
    "1,000 browsers": ("browsers",),
}


def _add(seen: IsolatedStops, name: str, result: LoadResult) -> None:
    seen.phases.setdefault(name, []).append(result)


def _phase(address: tuple[str, int], stops: Iterator[bytes], seconds: float) -> LoadResult:
    requests = iter(list(itertools.islice(stops, int(seconds * STOPS_PER_SECOND * 1.2))))  # signed before
    result = send_at_rate(address, requests, STOPS_PER_SECOND, deadline(seconds))
    if set(result.statuses) != {200}:
        raise NotMeasured(f"Not every STOP was answered 200: {dict(result.statuses)}")
    return result


class Background:
    """What others do; each method runs it and yields a function that counts it."""

    def __init__(self, folder: Path, address: tuple[str, int], member: Member, inbox: Inbox) -> None:
        self.folder, self.address, self.member, self.inbox = folder, address, member, inbox
        self.people = folder / "people.csv"
        write_file(self.people, ROWS)
        self.refused = 0  # the ID of an import with refused rows
        self.pages: Any = None  # that browsers keep open

    def stops(self) -> Iterator[bytes]:
        sids = (f"SM{n:032d}" for n in itertools.count())
        numbers = (f"+1628{2_000_000 + n}" for n in itertools.count())
        while True:
            yield from inbound.text_webhooks(self.inbox, "STOP", numbers, 200, sids=sids)

    def reading(self) -> AbstractContextManager[Any]:
        paths = reports.report_paths([self.inbox]).values()
        return self._run(background_load.read_pages, [page_request(self.member, path) for path in paths])

    def exporting(self) -> AbstractContextManager[Any]:
        return self._run(background_load.download, self._export())

    def _export(self) -> bytes:
        query = urlencode({**reports.last_days(364), "format": "csv"})
        return page_request(self.member, f"reports/volume/texts/export/?{query}")

    @contextmanager
    def importing(self) -> Iterator[Any]:
        """Write the rows of an import that was checked before."""
        run = self._checked_import()
        with scope(run.team_id):
            run.confirm(lift_ours=False)
            run.save()
        wake(run)
        before = self._position(run)
        yield lambda: self._position(run) - before
        with scope(run.team_id):
            Import.objects.filter(team_id=run.team_id, id=run.id, ended_at=None).update(cancel_asked=True)
        self._await(run, lambda found: bool(found.ended))
        self.refused = run.id

    @contextmanager
    def slow_clients(self) -> Iterator[Any]:
        if not self.refused:
            with self.importing():
                time.sleep(2)
        stops = inbound.text_webhooks(
            self.inbox, "Hello", iter(f"+1650200{n:04d}" for n in range(SENDERS)), SENDERS
        )
        refused = page_request(self.member, f"contacts/imports/{self.refused}/refused-rows.csv")
        readers = [refused, self._export()] * (READERS // 2)
        with self._run(background_load.be_slow, stops, readers) as count:
            yield count

    @contextmanager
    def browsers(self) -> Iterator[Any]:
        """Pages of the inbox of another team, all of which are open before the phase begins."""
        self.pages = self.pages or idle_browsers.inbox_pages(self.address)
        with background_load.in_background(browsers.keep_open, *self.pages) as count:
            time.sleep(browsers.OPENING + 2)
            if not (opened := count.value):
                raise NotMeasured("No browser polls.")
            yield lambda: count.value - opened

    @contextmanager
    def _run(self, work: Any, *args: Any) -> Iterator[Any]:
        with background_load.in_background(work, self.address, *args) as count:
            yield lambda: count.value

    def _checked_import(self) -> Import:
        with scope(self.member.team_id):
            run = upload.create_from_path(self.member.team, self.people, self.people.name, by=self.member)
            run.start_check(run.columns, run.options)
            run.save()
        wake(run)
        return self._await(run, lambda found: found.state == RunState.CHECKED)

    def _await(self, run: Import, condition: Any) -> Import:
        until = time.monotonic() + MAX_SECONDS
        while time.monotonic() < until:
            with scope(run.team_id):
                found = Import.objects.get(team_id=run.team_id, id=run.id)
            if condition(found):
                return found
            time.sleep(0.2)
        raise NotMeasured(f"The import is {found.state} after {MAX_SECONDS:.0f} s: {found.sentence}")

    def _position(self, run: Import) -> int:
        with scope(run.team_id):
            return int(Import.objects.get(team_id=run.team_id, id=run.id).position)
