"""Requests per second of API calls, compared with a bare view that runs the same SQL; and times of the feed."""

import itertools
import json
import os
import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any
from unittest.mock import patch

from django.db import connection
from django.test import Client
from psycopg import RawCursor

from accounts.models import Member
from api import keys
from api.models import KeyKind, KeyScope
from bench import bare_view, teams
from bench.http_load import get_request, post_request, send_all
from bench.installation import NotMeasured, analyze, free_port, serve_application
from devserver import postgres
from devserver.addresses import DATABASE
from kernel import sql as kernel_sql
from kernel.tenancy import scope
from optout.number_locks import lock_key

CONNECTIONS, SECONDS, MAX_REQUESTS = 16, 4.0, 40_000
BODIES = {"status": {}, "set_status": {"status": "unsubscribed"}}
LEDGER_ENTRIES, PAGE = 1_000_000, 500  # PAGE: entries per page


@dataclass
class RequestRates:
    """Requests per second of each round."""

    ours: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)

    @property
    def ratio(self) -> float:
        return median(ours / bare for ours, bare in zip(self.ours, self.bare, strict=True))


def measure(folder: Path, rounds: int) -> dict[str, RequestRates]:
    """Alternate product and bare view, each served as `make run` does, without a rate limit."""
    member = teams.create_owner("Api")
    secret = _key(member)
    numbers = (f"1415{2000000 + n:07d}" for n in itertools.count())
    record = folder / "statements.pickle"
    record.write_bytes(
        pickle.dumps({name: _statements(name, member, secret, next(numbers)) for name in BODIES})
    )
    os.environ.update(BENCH_STATEMENTS=str(record), BENCH_TEAM=str(member.team_id), API_REQUESTS_A_MINUTE="0")
    recorded = {name: RequestRates() for name in BODIES}
    applications = ("heymarket.page_wsgi:application", "bench.bare_view:application")
    with (
        serve_application(folder, applications[0], free_port()) as ours,
        serve_application(folder, applications[1], free_port()) as bare,
    ):
        for name, series in itertools.chain(recorded.items(), *([recorded.items()] * rounds)):
            for address, rates in ((ours, series.ours), (bare, series.bare)):
                requests = [
                    _request(address, name, secret, number)
                    for number in itertools.islice(numbers, MAX_REQUESTS)
                ]
                outcome = send_all(address, requests, CONNECTIONS, SECONDS)
                if set(outcome.statuses) != {200}:
                    raise NotMeasured(f"Not every {name} was answered 200: {dict(outcome.statuses)}")
                rates.append(outcome.per_second)
            analyze(folder)
    for series in recorded.values():  # the first round warms up
        del series.ours[0], series.bare[0]
    return recorded


def _key(member: Member) -> str:
    with scope(member.team_id):
        return keys.create_key("Bench", KeyKind.BEARER, list(KeyScope), member).secret


def _request(address: tuple[str, int], name: str, secret: str, phone: str) -> bytes:
    url = f"http://{address[0]}:{address[1]}/v1/contact/{name}"
    headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
    return post_request(url, json.dumps({"phone": phone, **BODIES[name]}), headers)


# -- the statements of a call --------------------------------------------------------------------------------------


def _statements(name: str, member: Member, secret: str, phone: str) -> list[tuple[str, str, Any]]:
    """The statements of one call, with placeholders for values that depend on the number."""
    Client().get("/v1/team", headers={"authorization": f"Bearer {secret}"})  # records the use of the key
    with _recording() as recorded:
        body = json.dumps({"phone": phone, **BODIES[name]})
        answer = Client().post(
            f"/v1/contact/{name}", body, "application/json", headers={"authorization": f"Bearer {secret}"}
        )
    if answer.status_code != 200:
        raise NotMeasured(f"{name} answered {answer.status_code}")
    number = f"+{phone}"
    placeholders = {number: bare_view.NUMBER, lock_key(member.team_id, number): bare_view.LOCK}

    def with_placeholder(value: Any) -> Any:
        return placeholders.get(value, value) if isinstance(value, str | int) else value

    return [
        (kind, statement, [with_placeholder(value) for value in values])
        for kind, statement, values in recorded
    ]


@contextmanager
def _recording() -> Iterator[list[tuple[str, str, Any]]]:
    recorded: list[tuple[str, str, Any]] = []

    class Recorder(RawCursor):
        def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
            recorded.append(("fetch", query, params or ()))
            return super().execute(query, params, **options)

    def record_begin(statement: str) -> None:
        recorded.append(("begin", statement, ()))
        begin(statement)

    def record_cursor(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        recorded.append(("cursor", sql, params or ()))
        return execute(sql, params, many, context)

    begin = kernel_sql.begin_transaction
    with (
        patch.object(kernel_sql, "RawCursor", Recorder),
        patch.object(kernel_sql, "begin_transaction", record_begin),
        connection.execute_wrapper(record_cursor),
    ):
        yield recorded


# -- the feed ------------------------------------------------------------------------------------------------------


@dataclass
class FeedTimes:
    """Milliseconds per page: the first and the middle page, and all pages of the first read."""

    first: list[float] = field(default_factory=list)
    middle: list[float] = field(default_factory=list)
    first_read: list[float] = field(default_factory=list)


SEED = """
INSERT INTO optout_consentevent (team_id, number, position, action, origin, before, after, added, lifted, inbox_name,
  actor_name, words, reason, source, happened_at, recorded_at, previous_hash, hash)
SELECT {team}, '+1415' || 2000000 + n, 1, 'opted_out', 'contact', 'active', 'opt_out', '["opt_out contact"]', '[]', '',
  '', 'STOP', '', '', now(), now(), '', repeat('0', 64) FROM generate_series(1, {entries}) AS n
"""


def measure_feed(folder: Path, rounds: int) -> FeedTimes:
    """Read a ledger of LEDGER_ENTRIES entries page by page; the first read also numbers them."""
    member = teams.create_owner("Feed")
    secret = _key(member)
    with postgres.connect(folder, DATABASE) as owner:
        owner.execute(SEED.format(team=member.team_id, entries=LEDGER_ENTRIES))  # type: ignore[arg-type]
        owner.execute("VACUUM ANALYZE")
    times = FeedTimes()
    os.environ["API_REQUESTS_A_MINUTE"] = "0"
    with serve_application(folder, "heymarket.page_wsgi:application", free_port()) as address:

        def page(since: int) -> float:
            url = f"http://{address[0]}:{address[1]}/v1/optouts?since={since}&limit={PAGE}"
            outcome = send_all(address, [get_request(url, {"Authorization": f"Bearer {secret}"})], 1)
            if set(outcome.statuses) != {200}:
                raise NotMeasured(f"The feed answered {dict(outcome.statuses)}")
            return outcome.latencies[0] * 1000

        for since in range(0, LEDGER_ENTRIES, PAGE):
            times.first_read.append(page(since))
        for _ in range(20 * rounds):
            times.first.append(page(0))
            times.middle.append(page(LEDGER_ENTRIES // 2))
    return times
