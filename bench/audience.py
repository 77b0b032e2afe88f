"""Time in which the recipients of a broadcast are counted: a list of a million people with three exclusions."""

import os
import time
from dataclasses import dataclass
from pathlib import Path

from django.db import connection

from accounts.models import Member
from bench import teams
from bench.fake_carrier import CarrierNumber
from contacts.lists.models import ContactList, Tag
from devserver import postgres
from devserver.addresses import DATABASE
from kernel.tenancy import scope
from messaging.broadcasts.groups import AudienceCount, count_groups
from messaging.broadcasts.models import Broadcast

MAX_SECONDS = 2.0

# Everybody is on the list All. Two lists and a tag are taken out: of each ten, one person. 3 % opted out, 0.5 % are
# blocked, one in a thousand is held, and a third got a broadcast three days ago.
SEED = """
INSERT INTO contacts_contact (team_id, number, first_name, last_name, display_name, email, note, created_at, updated_at,
  last_message_at, last_inbox_id)
SELECT {team}, '+1' || (ARRAY[212,415,510,305,713,617,206,312,404,503])[1 + n % 10] || 2000000 + n, 'Person', n,
  '', '', '', now() - n * interval '1 minute', now(), now() - n * interval '1 minute', {inbox}
FROM generate_series(1, {count}) AS n;
INSERT INTO contacts_contactlist (team_id, name, created_at) SELECT {team}, name, now()
FROM unnest(ARRAY['All', 'Bought', 'Staff']) AS name;
INSERT INTO contacts_tag (team_id, name, created_at) VALUES ({team}, 'complained', now());
INSERT INTO contacts_listentry (team_id, list_id, contact_id) SELECT {team}, l.id, c.id
FROM contacts_contact AS c, contacts_contactlist AS l WHERE c.team_id = {team} AND l.team_id = {team}
  AND (l.name = 'All' OR c.id % 10 = CASE l.name WHEN 'Bought' THEN 1 ELSE 2 END) ORDER BY random();
INSERT INTO contacts_tagging (team_id, tag_id, contact_id) SELECT {team}, t.id, c.id
FROM contacts_contact AS c, contacts_tag AS t WHERE c.team_id = {team} AND t.team_id = {team} AND c.id % 10 = 3;
INSERT INTO optout_suppression (team_id, number, kind, origin, event_id, created_at)
SELECT {team}, number, CASE WHEN dice < 0.005 THEN 'block' ELSE 'opt_out' END, 'contact', id, now()
FROM (SELECT id, number, random() AS dice FROM contacts_contact WHERE team_id = {team}) AS x WHERE dice < 0.035;
INSERT INTO optout_review (team_id, inbox_id, number, message_id, kind, rule, found, language, version, at, outcome,
  decided_by_name, created_at)
SELECT {team}, {inbox}, number, id, 'hold', '', '', '', '', now(), 'open', '', now()
FROM contacts_contact WHERE team_id = {team} AND id % 1000 = 7;
INSERT INTO messaging_broadcast (team_id, name, category, body, template_title, audience, audience_text, status,
  pause_reason, pause_detail, author_name, created_at, started_at, ended_at)
SELECT {team}, 'Earlier', 'marketing', 'Hello', '', jsonb_build_object('lists', jsonb_build_array(999)), '', 'finished',
  '', '', '', at, at, at FROM (SELECT now() - interval '3 days' AS at) AS x;
INSERT INTO messaging_broadcastrecipient (team_id, broadcast_id, number, contact_id, inbox_id, state, reason, at,
  held_reason)
SELECT {team}, b.id, c.number, c.id, {inbox}, 'texted', '', now() - interval '3 days', ''
FROM contacts_contact AS c, messaging_broadcast AS b WHERE c.team_id = {team} AND b.team_id = {team} AND c.id % 3 = 0;
"""


@dataclass(frozen=True)
class CountTimes:
    """Seconds of each count; the computing time of PostgreSQL's process if it uses no second one; and the count."""

    seconds: list[float]
    computing: float
    counted: AudienceCount


def measure(folder: Path, rounds: int, count: int) -> CountTimes:
    numbers = [CarrierNumber("+15105570000", "AC" + "5" * 32, "token")]
    member, inboxes = teams.create_team_at("Audience", numbers)
    inbox_id = next(iter(inboxes.values()))
    with postgres.connect(folder, DATABASE) as owner:
        for statement in SEED.format(team=member.team_id, inbox=inbox_id, count=count).split(";\n"):
            if statement.strip():
                owner.execute(statement)  # type: ignore[arg-type]
    with postgres.connect(folder, DATABASE) as owner:
        owner.execute("VACUUM ANALYZE")
    with scope(member.team_id):
        broadcast = _broadcast(member, inbox_id)
        counted = count_groups(broadcast, member.team)
        seconds = []
        for _ in range(max(3, rounds)):
            begun = time.perf_counter()
            count_groups(broadcast, member.team)
            seconds.append(time.perf_counter() - begun)
        return CountTimes(seconds, _computing_time(broadcast, member), counted)


def _broadcast(member: Member, inbox_id: int) -> Broadcast:
    lists = {row.name: row.id for row in ContactList.objects.filter(team_id=member.team_id)}
    tag = Tag.objects.get(team_id=member.team_id)
    audience = {
        "lists": [lists["All"]],
        "without_lists": [lists["Bought"], lists["Staff"]],
        "without_filters": [f"tag={tag.id}"],
    }
    body = "Hi {{ first_name | there }}"
    return Broadcast(team=member.team, name="Bench", body=body, inbox_id=inbox_id, audience=audience)


def _computing_time(broadcast: Broadcast, member: Member) -> float:
    """Seconds of the processor in one process, which a busy machine does not change much."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL max_parallel_workers_per_gather = 0")
        cursor.execute("SELECT pg_backend_pid()")
        (process,) = cursor.fetchone()
    before = _processor_seconds(process)
    count_groups(broadcast, member.team)
    return _processor_seconds(process) - before


def _processor_seconds(process: int) -> float:
    """Of a process on Linux: user and system time (proc(5))."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
