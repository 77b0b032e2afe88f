"""Times of the folders and of a thread in a team of ten million texts, compared with a hundred thousand."""

import re
from pathlib import Path

import psycopg

from accounts.models import Member
from bench import teams
from bench.http_load import send_all
from bench.installation import NotMeasured
from bench.pages import PageTimes, page_request, seed_thread, time_alternately
from bench.search import SEED, SMALL
from devserver import postgres
from devserver.addresses import DATABASE
from messaging.folders import Folder

THREAD = 1_000  # texts in the thread that is read
# Of how many conversations one has a mention, and one a scheduled text; the small team's pages must be full too.
RARE, RARE_IF_SMALL = 200, 80
SHARES = """
SET session_replication_role = replica;
UPDATE messaging_conversation SET closed = id % 10 < 7, awaiting_since = CASE WHEN id % 10 = 7 THEN last_message_at END,
  snoozed_until = CASE WHEN id % 100 = 8 THEN now() + interval '1 day' END WHERE team_id = {team};
INSERT INTO messaging_readmarker (team_id, conversation_id, member_id, seen)
SELECT {team}, id, {member}, CASE WHEN id % 50 = 9 THEN 1 ELSE 2 END FROM messaging_conversation WHERE team_id = {team};
INSERT INTO messaging_assignment (team_id, conversation_id, member_id, at)
SELECT {team}, id, {member}, now() FROM messaging_conversation WHERE team_id = {team} AND id % 40 = 9;
WITH notes AS (
  INSERT INTO messaging_note (team_id, conversation_id, author_name, body, at)
  SELECT {team}, id, 'Maya', '@owner', now() FROM messaging_conversation WHERE team_id = {team} AND id % {rare} = 1
  RETURNING id, conversation_id)
INSERT INTO messaging_mention (team_id, note_id, conversation_id, member_id, seen)
SELECT {team}, id, conversation_id, {member}, false FROM notes;
INSERT INTO messaging_scheduledtext (team_id, conversation_id, inbox_id, number, body, send_at, unless_answered,
  seen_inbound, author_name, outcome, reason, created_at)
SELECT {team}, id, inbox_id, number, 'See you', now() + interval '1 day', false, 2, 'Maya', 'scheduled', '', now()
FROM messaging_conversation WHERE team_id = {team} AND id % {rare} = 3;
INSERT INTO optout_suppression (team_id, number, kind, origin, event_id, created_at)
SELECT {team}, number, 'opt_out', 'contact', id, now() FROM messaging_conversation
WHERE team_id = {team} AND id % 20 = 9;
SET session_replication_role = origin;
"""
FOLDERS = tuple(folder for folder in Folder if folder is not Folder.REVIEW)  # To review lists texts, of holds


def measure(folder: Path, address: tuple[str, int], rounds: int, big: int) -> dict[str, PageTimes]:
    """Time each page in both teams, requested alternately by a signed-in owner."""
    with postgres.connect(folder, DATABASE) as owner:
        (few, short), (many, long) = (_create_team(owner, count) for count in (SMALL, big))
        owner.execute("VACUUM ANALYZE")
    times = {}
    for name in FOLDERS:
        path = f"inbox/?folder={name.value}"
        times[name.label] = time_alternately(
            address, page_request(few, path), page_request(many, path), rounds
        )
    first, second = page_request(few, short), page_request(many, long)
    times["a thread"] = time_alternately(address, first, second, rounds)
    first = page_request(few, f"{short}?{_earlier(address, first)}")
    second = page_request(many, f"{long}?{_earlier(address, second)}")
    times["its next page"] = time_alternately(address, first, second, rounds)
    return times


def _create_team(owner: psycopg.Connection, count: int) -> tuple[Member, str]:
    """A team with `count` texts, and the address of a thread."""
    member, inbox = teams.create_team(f"Folders{count}", f"+1510558{count % 9973:04d}")
    step = "SELECT setval('messaging_conversation_id_seq', nextval('messaging_conversation_id_seq') + 100)"
    ((first,),) = owner.execute(step).fetchall()
    places = {
        "team": member.team_id, "inbox": inbox.id, "member": member.id, "count": count, "first": first + 1,
        "words": "'{see,you,at,noon,thanks,yes}'", "last": 5, "rare": RARE if count > SMALL else RARE_IF_SMALL,
    }  # fmt: skip
    owner.execute(SEED.format(**places).encode())
    owner.execute(SHARES.format(**places).encode())
    return member, f"conversations/{seed_thread(owner, inbox, 0, THREAD)}/"


def _earlier(address: tuple[str, int], thread: bytes) -> str:
    """The query of the link to the thread's next page."""
    page = send_all(address, [thread], 1).newest.decode()
    if not (found := re.search(r"earlier=[^\"&#]+", page)):
        raise NotMeasured("The thread has no link to earlier texts.")
    return found[0]
