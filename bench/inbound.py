"""Inbound texts per second through the webhook, compared with plain inserts into the same tables (the floor)."""

import itertools
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

import psycopg
from django.conf import settings
from twilio.request_validator import RequestValidator

from accounts.models import Inbox
from bench.http_load import LoadResult, post_request, send_all
from bench.installation import NotMeasured, analyze
from devserver import postgres
from devserver.addresses import DATABASE, OWNER_ROLE, PORT, socket_folder

CONNECTIONS = 32
SECONDS = 4  # of each round
MAX_TEXTS = 2000 * SECONDS  # texts prepared for a round
# Conversations of the floor's messages: enough that its clients do not wait for each other's locks.
CONVERSATIONS = 1000

# The simplest way to store the same rows: as the owner, without policies, scope, locks or lookups.
FLOOR = r"""
\set n random(1, 1000000000000000)
\set c random({first}, {last})
BEGIN;
INSERT INTO contacts_contact (team_id, number, first_name, last_name, display_name, email, note, created_at, updated_at,
  last_message_at, last_inbox_id)
VALUES ({team}, '+' || :n::text, '', '', '', '', '', now(), now(), now(), {inbox});
INSERT INTO messaging_message (team_id, conversation_id, inbox_id, number, outbound, purpose, status, body, media,
  segments, carrier_id, at, created_at, possible_opt_out, author_name, attempts, reason, error_code, error, crossed)
VALUES ({team}, :c, {inbox}, '+' || :n::text, false, 'text', 'received', 'Hello, do you open on Sunday?', '[]',
  1, 'SM' || :n::text, now(), now(), false, '', 0, '', '', '', false);
{more}
COMMIT;
"""
MORE_FOR_STOP = """
INSERT INTO optout_consentevent (team_id, number, position, action, origin, before, after, added, lifted, inbox_id,
  inbox_name, actor_name, words, reason, source, happened_at, recorded_at, previous_hash, hash)
VALUES ({team}, '+' || :n::text, 1, 'opted_out', 'contact', 'active', 'opt_out', '["opt_out contact"]', '[]', {inbox},
  'Bench', '', 'STOP', '', '', now(), now(), '', repeat('0', 64));
INSERT INTO optout_suppression (team_id, number, kind, origin, event_id, created_at)
VALUES ({team}, '+' || :n::text, 'opt_out', 'contact', 1, now());
"""


@dataclass
class InboundRates:
    """Results of the rounds of one kind of text."""

    body: str
    floors: list[float] = field(default_factory=list)  # transactions a second
    outcomes: list[LoadResult] = field(default_factory=list)

    @property
    def ratios(self) -> list[float]:
        """The product's rate divided by the floor's rate just before, for each round."""
        pairs = zip(self.outcomes, self.floors, strict=True)
        return [outcome.per_second / floor for outcome, floor in pairs]

    @property
    def ratio(self) -> float:
        return median(self.ratios)


def measure(folder: Path, address: tuple[str, int], inbox: Inbox, rounds: int) -> dict[str, InboundRates]:
    """Alternate floor and product, ordinary texts and STOPs, so that changes of the machine's speed affect both."""
    kinds = {"ordinary": InboundRates("Hello, do you open on Sunday?"), "STOP": InboundRates("STOP")}
    numbers = (f"+1415{2000000 + n:07d}" for n in itertools.count())
    scripts = write_floors(folder, inbox)
    send_all(address, text_webhooks(inbox, "Warming up", numbers, 400), CONNECTIONS)
    send_all(address, text_webhooks(inbox, "STOP", numbers, 400), CONNECTIONS)
    analyze(folder)
    for _ in range(rounds):
        for kind, rates in kinds.items():
            rates.floors.append(measure_floor(folder, scripts[kind]))
            requests = text_webhooks(inbox, rates.body, numbers, MAX_TEXTS)
            outcome = send_all(address, requests, CONNECTIONS, SECONDS)
            if set(outcome.statuses) != {200}:
                raise NotMeasured(f"Not every webhook was answered 200: {dict(outcome.statuses)}")
            rates.outcomes.append(outcome)
    return kinds


def text_webhooks(
    inbox: Inbox, body: str, numbers: Iterator[str], count: int, sids: Iterator[str] | None = None
) -> list[bytes]:
    """Signed webhooks in Twilio's format, one per number. Without `sids`, message IDs derive from the numbers."""
    return [
        post_request(url, urlencode(fields), {"X-Twilio-Signature": signature, "Accept": "*/*"})
        for url, fields, signature in signed_texts(inbox, body, itertools.islice(numbers, count), sids)
    ]


def signed_texts(
    inbox: Inbox, body: str, numbers: Iterator[str], sids: Iterator[str] | None = None
) -> Iterator[tuple[str, dict[str, str], str]]:
    """The URL, the fields and the signature of each."""
    url = f"{settings.PUBLIC_URL}/webhooks/twilio/messages"
    validator = RequestValidator(inbox.auth_tokens[0])
    for number in numbers:
        sid = next(sids) if sids else f"SM{number[1:]:0>32}"
        fields = {
            "MessageSid": sid, "SmsSid": sid, "SmsMessageSid": sid, "AccountSid": inbox.account_id,
            "From": number, "To": inbox.number, "Body": body, "NumMedia": "0", "NumSegments": "1",
            "ToCountry": "US", "ToState": "CA", "FromCountry": "US", "FromState": "CA", "FromCity": "OAKLAND",
            "SmsStatus": "received", "ApiVersion": "2010-04-01",
        }  # fmt: skip
        yield url, fields, validator.compute_signature(url, fields)


def write_floors(folder: Path, inbox: Inbox) -> dict[str, Path]:
    places = {"team": inbox.team_id, "inbox": inbox.id}
    with postgres.connect(folder, DATABASE) as owner:
        places["first"], places["last"] = create_conversations(owner, inbox)
    scripts = {}
    for kind, more in {"ordinary": "", "STOP": MORE_FOR_STOP}.items():
        scripts[kind] = folder / f"floor-{kind}.sql"
        scripts[kind].write_text(FLOOR.format(more=more.format(**places), **places))
    return scripts


def create_conversations(owner: psycopg.Connection, inbox: Inbox) -> tuple[int, int]:
    made = owner.execute(
        "WITH made AS (INSERT INTO messaging_conversation (team_id, inbox_id, number, closed, inbound_count,"
        " last_message_at, preview, created_at) SELECT %s, %s, '+0' || n, false, 0, now(), '', now()"
        " FROM generate_series(1, %s) AS n RETURNING id) SELECT min(id), max(id) FROM made",
        [inbox.team_id, inbox.id, CONVERSATIONS],
    ).fetchone()
    assert made
    return made


def measure_floor(folder: Path, script: Path) -> float:
    """Transactions per second of pgbench, over the Unix socket and with prepared statements, as in the product."""
    words = [
        postgres.program("pgbench"), "-n", "-M", "prepared", "-c", str(CONNECTIONS), "-j", "2",
        "-T", str(SECONDS), "-f", str(script), "-h", str(socket_folder(folder)), "-p", str(PORT),
        "-U", OWNER_ROLE, DATABASE,
    ]  # fmt: skip
    done = subprocess.run(words, text=True, capture_output=True, check=False)
    found = re.search(r"^tps = ([0-9.]+)", done.stdout, re.MULTILINE)
    if done.returncode or not found:
        raise NotMeasured(f"pgbench failed:\n{done.stdout}{done.stderr}")
    return float(found.group(1))
