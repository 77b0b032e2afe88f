"""Times of reports over a year in a team of ten million texts, compared with a team of a hundred thousand.

Also: the time of a rebuild, the latency of webhooks while reports are read, and the streaming of exports.
"""

import itertools
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.utils import timezone

from accounts.models import Inbox, Member
from bench import inbound
from bench import teams as bench_teams
from bench.fake_carrier import CarrierNumber
from bench.http_load import LoadResult, deadline, percentile, send_all, send_at_rate
from bench.installation import NotMeasured
from bench.pages import PageTimes, page_request, time_alternately
from devserver import postgres
from devserver.addresses import DATABASE
from kernel.tenancy import scope
from reports import rollup

SMALL, BIG = 100_000, 10_000_000  # texts in a team; it has a tenth as many consent changes
SENDERS, INBOXES = 20, 4
PER_SECOND, WATCHED = 40, 12.0  # webhooks, and seconds of them
EXPORTED = 1_000_000  # texts

# Texts of a year, ordered by time; conversations of 25 texts.
SEED = """
SET session_replication_role = replica;
INSERT INTO messaging_conversation
  (team_id, inbox_id, number, closed, inbound_count, last_message_at, preview, created_at)
SELECT {team}, ({inboxes}::bigint[])[1 + n % {boxes}], '+1' || 2000000000 + n, false, 2, now(), 'Hello', now()
FROM generate_series(0, {count} / 25 - 1) AS n;
INSERT INTO messaging_message (team_id, conversation_id, inbox_id, number, outbound, purpose, status, body, media,
  segments, carrier_id, at, created_at, possible_opt_out, starts_conversation, waited_seconds,
  author_id, author_name, attempts, claimed_at, reason, error_code, error, crossed)
SELECT {team}, {first} + conversation, ({inboxes}::bigint[])[1 + conversation % {boxes}],
  '+1' || 2000000000 + conversation,
  outbound, 'text',
  CASE WHEN NOT outbound THEN 'received' WHEN outcome < 0.93 THEN 'delivered' WHEN outcome < 0.96 THEN 'undelivered'
    WHEN outcome < 0.98 THEN 'failed' WHEN outcome < 0.99 THEN 'refused' ELSE 'sent' END,
  'A text of some length, number ' || n, '[]', 1 + n % 2, 'SM' || n, at, at, false, n % 5 = 0,
  CASE WHEN outbound AND n % 10 = 3 THEN exp(random() * 12)::int END,
  CASE WHEN outbound AND outcome > 0.1 THEN ({senders}::bigint[])[1 + n % {people}] END,
  CASE WHEN outbound THEN 'A member' ELSE '' END,
  0, at, CASE WHEN outbound AND outcome >= 0.98 AND outcome < 0.99 THEN 'opted_out' ELSE '' END,
  CASE WHEN outbound AND outcome >= 0.93 AND outcome < 0.98 THEN
    (ARRAY['30003', '30005', '30006', '30007', '30008'])[1 + n % 5] ELSE '' END, '', false
FROM (SELECT n, hashint8(n)::bigint & 2147483647 AS dice, random() AS outcome, n % 5 > 1 AS outbound,
    now() - interval '364 days' * (1 - n::float / {count}) AS at FROM generate_series(0, {count} - 1) AS n) AS x,
  LATERAL (SELECT dice % ({count} / 25) AS conversation) AS y;
INSERT INTO optout_consentevent (team_id, number, position, action, origin, before, after, added, lifted, inbox_id,
  inbox_name, actor_name, words, reason, source, happened_at, recorded_at, previous_hash, hash)
SELECT {team}, '+1' || 2000000000 + conversation, n + 1, CASE WHEN n % 5 = 0 THEN 'opted_in' ELSE 'opted_out' END,
  origin, 'active', 'opt_out', CASE WHEN n % 20 = 7 THEN '[]' ELSE '["opt_out contact"]' END::jsonb, '[]',
  CASE WHEN origin IN ('contact', 'carrier') THEN ({inboxes}::bigint[])[1 + conversation % {boxes}] END, 'Desk', '',
  'STOP',
  '', '', at, at, '', ''
FROM (SELECT n, n::bigint * 7919 % ({count} / 25) AS conversation, (ARRAY['contact', 'contact', 'contact', 'contact',
    'contact', 'contact', 'contact', 'member', 'import', 'carrier'])[1 + n % 10] AS origin,
    now() - interval '364 days' * (1 - n::float / ({count} / 10)) AS at
  FROM generate_series(0, {count} / 10 - 1) AS n) AS x;
SET session_replication_role = origin;
"""


@dataclass
class ReportTimes:
    pages: dict[str, PageTimes] = field(default_factory=dict)
    rebuilt: dict[int, float] = field(default_factory=dict)  # seconds by number of texts
    idle: list[LoadResult] = field(default_factory=list)
    busy: list[LoadResult] = field(default_factory=list)
    reports: int = 0  # read during the busy phases
    exports: dict[str, "ExportTimes"] = field(default_factory=dict)

    @property
    def slowdown(self) -> float:
        return percentile(self.busy, 0.99) / percentile(self.idle, 0.99)


def measure(folder: Path, address: tuple[str, int], rounds: int, big: int) -> ReportTimes:
    times, teams = ReportTimes(), [(create_team(folder, count), count) for count in (SMALL, big)]
    for (member, _), count in teams:
        began = time.perf_counter()
        with scope(member.team_id):
            rollup.rebuild(member.team)
        times.rebuilt[count] = time.perf_counter() - began
    with postgres.connect(folder, DATABASE) as owner:
        owner.execute("VACUUM ANALYZE")
    (small, _), (large, inboxes) = (team for team, _ in teams)
    for name, path in report_paths(inboxes).items():
        times.pages[name] = time_alternately(
            address, page_request(small, path), page_request(large, path), rounds
        )
    sids = (f"SM{n:032d}" for n in itertools.count())
    for _ in range(rounds):
        _measure_webhooks(address, large, inboxes[0], times, sids)
    days = max(1, 364 * EXPORTED // big)
    for kind in ("csv", "xlsx"):
        times.exports[kind] = _export(folder, address, large, {**last_days(days), "format": kind})
    return times


def create_team(folder: Path, count: int) -> tuple[Member, list[Inbox]]:
    """Create a team with `count` texts of a year and a tenth as many consent changes, without rollups."""
    lines = [
        CarrierNumber(f"+1510558{n}{count % 997:03d}", f"AC{n}{count:031d}", "token") for n in range(INBOXES)
    ]
    member, inboxes = bench_teams.create_team_at(f"Reports{count}", lines)
    with postgres.connect(folder, DATABASE) as owner:
        ((first,),) = owner.execute(
            "SELECT setval('messaging_conversation_id_seq', nextval('messaging_conversation_id_seq') + 100)"
        ).fetchall()
        places = {
            "team": member.team_id,
            "count": count,
            "first": first + 1,
            "boxes": INBOXES,
            "inboxes": f"'{{{','.join(map(str, inboxes.values()))}}}'",
            "people": SENDERS,
            "senders": f"'{{{','.join(str(member.id + n) for n in range(SENDERS))}}}'",
        }
        owner.execute(SEED.format(**places).encode())
        owner.execute("VACUUM ANALYZE")
    with scope(member.team_id):
        return member, list(
            Inbox.objects.filter(team_id=member.team_id).select_related("team").order_by("id")
        )


def last_days(days: int) -> dict[str, str]:
    today = timezone.localdate()
    return {"period": "between", "first": str(today - timedelta(days=days)), "last": str(today)}


def report_paths(inboxes: list[Inbox]) -> dict[str, str]:
    """Each report over a year, by step and with filters."""
    year: dict[str, Any] = {**last_days(364)}
    inbox = {"inbox": inboxes[0].id}
    paths: dict[str, tuple[str, dict[str, Any]]] = {
        "volume by month": ("volume/", {**year, "step": "month"}),
        "volume by week": ("volume/", {**year, "step": "week"}),
        "volume by day": ("volume/", {**year, "step": "day"}),
        "volume, last 12 months": ("volume/", {"period": "12-months"}),
        "volume of an inbox": ("volume/", {**year, **inbox}),
        "opt out": ("volume/opt-out/", year),
        "opt out, by the carrier": ("volume/opt-out/", {**year, "origin": "carrier"}),
        "opt out of an inbox": ("volume/opt-out/", {**year, **inbox}),
        "consent": ("consent/", year),
        "team": ("team/", year),
        "team, last 12 months": ("team/", {"period": "12-months"}),
    }
    return {name: f"reports/{path}?{urlencode(query)}" for name, (path, query) in paths.items()}


# -- webhooks while reports are read -----------------------------------------------------------------------------


def _measure_webhooks(
    address: tuple[str, int], member: Member, inbox: Inbox, times: ReportTimes, sids: Iterator[str]
) -> None:
    """Measure webhooks at a steady rate, idle and while a member reads reports."""
    numbers = (f"+1415{2_000_000 + n}" for n in itertools.count())
    texts = inbound.text_webhooks(inbox, "Do you open on Sunday?", numbers, 4000, sids=sids)
    requests = itertools.chain(texts)
    times.idle.append(send_at_rate(address, requests, PER_SECOND, deadline(WATCHED)))
    with _reading(address, member, list(report_paths([inbox]).values())) as read:
        times.busy.append(send_at_rate(address, requests, PER_SECOND, deadline(WATCHED)))
    times.reports += len(read)
    for outcome in (times.idle[-1], times.busy[-1]):
        if set(outcome.statuses) != {200}:
            raise NotMeasured(f"Not every webhook was answered 200: {dict(outcome.statuses)}")


@contextmanager
def _reading(address: tuple[str, int], member: Member, paths: list[str]) -> Iterator[list[int]]:
    """Read one report after another without a pause; yields the list of the statuses so far."""
    read: list[int] = []
    ended = threading.Event()

    def read_until_ended() -> None:
        for path in itertools.cycle(paths):
            if ended.is_set():
                return
            read.extend(send_all(address, [page_request(member, path)], 1).statuses)

    reader = threading.Thread(target=read_until_ended, daemon=True)
    reader.start()
    try:
        yield read
    finally:
        ended.set()
        reader.join(60)


# -- exports -----------------------------------------------------------------------------------------------------


@dataclass
class ExportTimes:
    first: float  # seconds until its first bytes
    seconds: float
    size: int  # bytes
    rows: int
    grown: float  # MB by which the web server's processes grew


def _export(folder: Path, address: tuple[str, int], member: Member, query: dict[str, str]) -> ExportTimes:
    request = page_request(member, f"reports/volume/texts/export/?{urlencode(query)}")
    before = _memory(address[1])
    began, peak = time.perf_counter(), before
    with socket.create_connection(address, timeout=120) as connection:
        connection.sendall(request.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1))
        size, rows, first, head = 0, 0, 0.0, b""
        while part := connection.recv(1 << 16):
            if not size:
                first, head = time.perf_counter() - began, part
            size, rows = size + len(part), rows + part.count(b"\n")
            if size % 50 == 0:
                peak = max(peak, _memory(address[1]))
    if not re.match(rb"HTTP/1\.1 200 ", head):
        raise NotMeasured(f"The export was not answered: {head[:200]!r}")
    peak = max(peak, _memory(address[1]))
    return ExportTimes(first, time.perf_counter() - began, size, rows, (peak - before) / 1e6)


def _memory(port: int) -> int:
    """Resident memory of all processes that serve this port, in bytes."""
    total = 0
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            if f"--port\0{port}".encode() in (status.parent / "cmdline").read_bytes():
                paths = re.search(r"VmRSS:\s+(\d+) kB", status.read_text())
                total += int(paths[1]) * 1024 if paths else 0
        except OSError:
            continue
    return total
