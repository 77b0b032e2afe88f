"""Page times in a big team, compared with the same page in a small team, requested alternately by an owner."""

from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import psycopg
from django.conf import settings

from accounts.models import Inbox, Member
from bench import teams
from bench.http_load import get_request, send_all
from bench.installation import NotMeasured
from devserver import postgres
from devserver.addresses import DATABASE

SMALL, BIG = 1_000, 100_000  # conversations in a team
SHORT, LONG = 50, 10_000  # texts in a thread
REQUESTS_IN_A_ROW = 20  # requests of one page before the other

# One contact and conversation per number, half of them read by the owner, every twentieth number opted out: each row
# of the page joins unread counts and standing.
SEED = """
INSERT INTO contacts_contact (team_id, number, first_name, last_name, display_name, email, note, created_at, updated_at)
SELECT {team}, '+1415' || 2000000 + n, 'Person', n, '', '', '', now(), now() FROM generate_series(1, {count}) AS n;
INSERT INTO messaging_conversation
  (team_id, inbox_id, number, closed, inbound_count, last_message_at, preview, created_at)
SELECT {team}, {inbox}, '+1415' || 2000000 + n, n % 10 = 0, 2, now() - n * interval '1 second',
  'Hello, do you open on Sunday?', now() FROM generate_series(1, {count}) AS n;
INSERT INTO messaging_readmarker (team_id, conversation_id, member_id, seen)
SELECT {team}, id, {member}, 1 + id % 2 FROM messaging_conversation WHERE team_id = {team};
INSERT INTO optout_suppression (team_id, number, kind, origin, event_id, created_at)
SELECT {team}, '+1415' || 2000000 + n, 'opt_out', 'contact', n, now() FROM generate_series(1, {count}, 20) AS n;
"""
SEED_THREAD = """
INSERT INTO messaging_message (team_id, conversation_id, inbox_id, number, outbound, purpose, status, body, media,
  carrier_id, at, created_at, possible_opt_out, author_name, attempts, reason, error_code, error, crossed)
SELECT {team}, {conversation}, {inbox}, '{number}', n % 2 = 0, 'text', CASE WHEN n % 2 = 0 THEN 'delivered' ELSE
  'received' END, 'A text of some length, number ' || n, '[]', '{conversation}-' || n, now() - n * interval '1 minute',
  now(), false, '', 0, '', '', '', false FROM generate_series(1, {count}) AS n;
"""


@dataclass
class PageTimes:
    """Median latencies of a page in milliseconds, with few and with many rows."""

    small: list[float] = field(default_factory=list)
    big: list[float] = field(default_factory=list)

    @property
    def ratio(self) -> float:
        return median(big / small for small, big in zip(self.small, self.big, strict=True))


def measure(folder: Path, address: tuple[str, int], rounds: int) -> dict[str, PageTimes]:
    people = {
        count: teams.create_team(f"Pages{count}", f"+1510556{count % 9999:04d}") for count in (SMALL, BIG)
    }
    with postgres.connect(folder, DATABASE) as owner:
        for count, (member, inbox) in people.items():
            seed(owner, member, inbox, count)
        threads = [
            seed_thread(owner, people[SMALL][1], nth, count) for nth, count in enumerate((SHORT, LONG))
        ]
        owner.execute("VACUUM ANALYZE")
    small, big = (page_request(member, "inbox/") for member, _ in people.values())
    short, long = (
        page_request(people[SMALL][0], f"conversations/{conversation}/") for conversation in threads
    )
    return {
        "inbox": time_alternately(address, small, big, rounds),
        "thread": time_alternately(address, short, long, rounds),
    }


def seed(owner: psycopg.Connection, member: Member, inbox: Inbox, count: int) -> None:
    for statement in SEED.format(team=inbox.team_id, inbox=inbox.id, member=member.id, count=count).split(
        ";\n"
    ):
        if statement.strip():
            owner.execute(statement)  # type: ignore[arg-type]


def seed_thread(owner: psycopg.Connection, inbox: Inbox, nth: int, count: int) -> int:
    """Add `count` texts to the nth conversation; returns its ID."""
    found = owner.execute(
        "SELECT id, number FROM messaging_conversation WHERE team_id = %s AND NOT closed ORDER BY id LIMIT 1 OFFSET %s",
        [inbox.team_id, nth],
    ).fetchone()
    assert found
    places = {
        "team": inbox.team_id,
        "inbox": inbox.id,
        "conversation": found[0],
        "number": found[1],
        "count": count,
    }
    owner.execute(SEED_THREAD.format(**places))  # type: ignore[arg-type]
    id: int = found[0]
    return id


def page_request(member: Member, path: str) -> bytes:
    headers = {"Cookie": "=".join(teams.session_cookie(member))}
    return get_request(f"{settings.PUBLIC_URL}/t/{member.team.slug}/{path}", headers)


def time_alternately(address: tuple[str, int], small: bytes, big: bytes, rounds: int) -> PageTimes:
    pair = PageTimes()
    for request in (small, big):  # so that every thread has its connection and prepared statements
        send_all(address, [request] * 40, 4)
    for _ in range(rounds):
        for request, seen in ((small, pair.small), (big, pair.big)):
            outcome = send_all(address, [request] * REQUESTS_IN_A_ROW, 1)
            if set(outcome.statuses) != {200}:
                raise NotMeasured(f"Not every page was answered 200: {dict(outcome.statuses)}")
            seen.append(outcome.percentile(0.5))
    return pair
