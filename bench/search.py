"""Times of the search in a team of ten million texts of three years, compared with a hundred thousand."""

from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from urllib.parse import urlencode

import psycopg

from accounts.models import Member
from bench import teams
from bench.contacts import FIRST_NAMES, LAST_NAMES
from bench.http_load import send_all
from bench.installation import NotMeasured
from bench.pages import PageTimes, page_request
from devserver import postgres
from devserver.addresses import DATABASE
from kernel.tenancy import scope
from messaging.search import indexing
from messaging.search.text_search import PAGE_SIZE

SMALL = 100_000  # texts in the small team
INDEXED = 10_000  # texts that the product itself indexes, for its rate
REQUESTS_IN_A_ROW = 10

# Eight words each, and a number that no other text has. "please" is in a fifth of the texts, "violin" in one of a
# thousand, and "zeppelin" in forty, so that a page is full in both teams.
SEED = """
SET session_replication_role = replica;
INSERT INTO messaging_conversation
  (team_id, inbox_id, number, closed, inbound_count, last_message_at, preview, created_at)
SELECT {team}, {inbox}, '+1' || 2000000000 + n, false, 2, now() - n * interval '1 second', 'Hello', now()
FROM generate_series(0, {count} / 25 - 1) AS n;
INSERT INTO messaging_message (team_id, conversation_id, inbox_id, number, outbound, purpose, status, body, media,
  at, created_at, possible_opt_out, author_name, attempts, reason, error_code, error, crossed)
SELECT {team}, {first} + (hashint8(n)::bigint & 2147483647) % ({count} / 25), {inbox}, '+1' || 2000000000 + n % 1000,
  n % 2 = 0, 'text', CASE WHEN n % 2 = 0 THEN 'delivered' ELSE 'received' END,
  array_to_string(ARRAY(
    SELECT ({words}::text[])[1 + (random() * {last})::int] FROM generate_series(1, 8) WHERE n >= 0), ' ')
    || ' ' || n || CASE WHEN n % 5 = 0 THEN ' please' ELSE '' END || CASE WHEN n % 1000 = 7 THEN ' violin' ELSE '' END
    || CASE WHEN n % ({count} / 40) = 11 THEN ' zeppelin' ELSE '' END,
  '[]', at, at, false, '', 0, '', '', '', false
FROM (SELECT n, now() - interval '1092 days' * (1 - n::float / {count}) AS at
  FROM generate_series(0, {count} - 1) AS n) AS x;
"""
# As the worker writes them, without its index, which is made afterwards: ten million texts at once are no case of its.
SEED_SEARCHABLE = """
INSERT INTO messaging_searchabletext (team_id, id, conversation_id, inbox_id, at, outbound, has_picture, folded)
SELECT team_id, id, conversation_id, inbox_id, at, outbound, false, messaging_search_folded(body)
FROM messaging_message WHERE team_id = {team} ORDER BY id;
INSERT INTO messaging_searchprogress (team_id, from_id, settled_id, seen_id, seen_xid)
SELECT {team}, 0, max(id), max(id), 0 FROM messaging_message WHERE team_id = {team};
SET session_replication_role = origin;
"""

CASES = {
    "a common word": {"q": "please"},
    "a rare word": {"q": "zeppelin"},
    "a word of 1 in 1,000": {"q": "violin"},
    "no such word": {"q": "xylophone"},
    "a part of a word": {"q": "eppeli"},
    "two words": {"q": "please violin"},
    "a rare word, from customers": {"q": "zeppelin", "by": "them"},
    "a rare and a frequent word": {"q": "zeppelin please"},
}
WITH_TARGET = ("a common word", "a rare word")


@dataclass
class SearchTimes:
    pages: dict[str, PageTimes] = field(default_factory=dict)
    found: dict[str, tuple[int, int]] = field(default_factory=dict)  # texts on the page of each team
    per_second: float = 0  # texts that one worker indexes


def measure(folder: Path, address: tuple[str, int], rounds: int, big: int) -> SearchTimes:
    """Time each search in both teams, requested alternately by a signed-in owner."""
    times, members = SearchTimes(), []
    with postgres.connect(folder, DATABASE) as owner:
        ((definition,),) = owner.execute(
            "SELECT pg_get_indexdef('messaging_searchabletext_found'::regclass)"
        ).fetchall()
        owner.execute("DROP INDEX messaging_searchabletext_found")
        members = [_create_team(owner, count) for count in (SMALL, big)]
        owner.execute("SET maintenance_work_mem = '512MB'")
        owner.execute(definition)
        owner.execute("VACUUM ANALYZE")
    for name, query in CASES.items():
        small, large = (page_request(member, f"inbox/search/?{urlencode(query)}") for member in members)
        times.pages[name], times.found[name] = _alternate(address, small, large, rounds)
    times.per_second = _index(folder, members[0])
    return times


def _create_team(owner: psycopg.Connection, count: int) -> Member:
    member, inbox = teams.create_team(f"Search{count}", f"+1510559{count % 9973:04d}")
    step = "SELECT setval('messaging_conversation_id_seq', nextval('messaging_conversation_id_seq') + 100)"
    ((first,),) = owner.execute(step).fetchall()
    words = sorted({word.lower() for word in FIRST_NAMES + LAST_NAMES})
    places = {
        "team": member.team_id, "inbox": inbox.id, "count": count, "first": first + 1,
        "words": f"'{{{','.join(words)}}}'", "last": len(words) - 1,
    }  # fmt: skip
    owner.execute(SEED.format(**places).encode())
    owner.execute(SEED_SEARCHABLE.format(**places).encode())
    return member


def _alternate(
    address: tuple[str, int], small: bytes, big: bytes, rounds: int
) -> tuple[PageTimes, tuple[int, int]]:
    pair = PageTimes()
    first, second = (
        send_all(address, [request] * 8, 4).newest.count(b"found-text") for request in (small, big)
    )
    for _ in range(rounds):
        for request, seen in ((small, pair.small), (big, pair.big)):
            outcome = send_all(address, [request] * REQUESTS_IN_A_ROW, 1)
            if set(outcome.statuses) != {200}:
                raise NotMeasured(f"Not every search was answered 200: {dict(outcome.statuses)}")
            seen.append(outcome.percentile(0.5))
    return pair, (min(first, PAGE_SIZE), min(second, PAGE_SIZE))


def _index(folder: Path, member: Member) -> float:
    """Texts per second that one worker indexes: the newest of the small team, after their rows were removed."""
    with postgres.connect(folder, DATABASE) as owner:
        ((last,),) = owner.execute(
            "DELETE FROM messaging_searchabletext WHERE team_id = %s AND id > (SELECT max(id) FROM messaging_message"
            " WHERE team_id = %s) - %s RETURNING (SELECT max(id) FROM messaging_message WHERE team_id = %s)",
            [member.team_id, member.team_id, INDEXED, member.team_id],
        ).fetchall()[:1]
        owner.execute(
            "UPDATE messaging_searchprogress SET settled_id = %s, seen_id = %s WHERE team_id = %s",
            [last - INDEXED, last - INDEXED, member.team_id],
        )
    began = perf_counter()
    for _ in range(INDEXED // indexing.BATCH):
        with scope(member.team_id):
            indexing.index_new(member.team_id)
    return INDEXED / (perf_counter() - began)
