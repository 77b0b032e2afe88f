"""Time of a daily root: the first over a whole ledger, and the next after a day, in a small and in a big team."""

import time
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from django.utils import timezone

from accounts.models import Member
from bench import teams
from devserver import postgres
from devserver.addresses import DATABASE
from kernel.tenancy import scope
from optout.roots.emails import root_json
from optout.roots.making import make_root
from optout.roots.models import LedgerRoot

SMALL = 10_000  # numbers with a ledger entry
A_DAY = 200  # entries between two roots

# One opt-out of each number, as the ledger and its feed store it. The hashes are of nothing: a root reads only them.
SEED = """
SET session_replication_role = replica;
WITH entry AS (
  INSERT INTO optout_consentevent (team_id, number, position, action, origin, before, after, added, lifted, inbox_name,
    actor_name, words, reason, source, happened_at, recorded_at, previous_hash, hash)
  SELECT {team}, '+1' || 2000000000 + n, 1, 'opted_out', 'contact', 'active', 'opt_out', '["opt_out contact"]', '[]',
    'Desk', '', 'STOP', '', '', now(), now(), '', encode(sha256(('{team} ' || n)::bytea), 'hex')
  FROM generate_series({first}, {last} - 1) AS n RETURNING id)
INSERT INTO optout_feedentry (team_id, event_id) SELECT {team}, id FROM entry;
SET session_replication_role = origin;
"""


@dataclass
class DailyRootTimes:
    """Seconds by numbers in the ledger, of the first root and of those of the next days."""

    first: dict[int, float] = field(default_factory=dict)
    days: dict[int, list[float]] = field(default_factory=dict)
    file_bytes: dict[int, int] = field(default_factory=dict)


def measure(folder: Path, rounds: int, big: int) -> DailyRootTimes:
    times = DailyRootTimes()
    members = {count: teams.create_owner(f"Root{count}") for count in (SMALL, big)}
    for count, member in members.items():
        _add_entries(folder, member, 0, count)
        times.first[count] = _timed(member, 0)[0]
    with postgres.connect(folder, DATABASE) as owner:
        owner.execute("VACUUM ANALYZE")  # as autovacuum does within a day
    for day in range(1, rounds + 1):
        for count, member in members.items():
            first = count + (day - 1) * A_DAY
            _add_entries(folder, member, first, first + A_DAY)
            seconds, root = _timed(member, day)
            times.days.setdefault(count, []).append(seconds)
            assert root.entries == first + A_DAY
            with scope(member.team_id):
                times.file_bytes[count] = len(root_json(root))
    return times


def _add_entries(folder: Path, member: Member, first: int, last: int) -> None:
    with postgres.connect(folder, DATABASE) as owner:
        owner.execute(SEED.format(team=member.team_id, first=first, last=last).encode())
        if last - first > A_DAY:
            owner.execute("VACUUM ANALYZE")


def _timed(member: Member, day: int) -> tuple[float, LedgerRoot]:
    began = time.perf_counter()
    root = make_root(member.team_id, timezone.now() + timedelta(days=day))
    return time.perf_counter() - began, root
