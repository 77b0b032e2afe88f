"""Snapshots: once a day, how many of a team's contacts may be texted.

They cannot be counted later, because a deleted contact leaves no row. A missed day stays a gap.
"""

from accounts.models import Team
from kernel.sql import fetch_unprepared


def take_snapshot(team: Team) -> bool:
    """Take today's snapshot, in the team's scope; False if today has one already."""
    return bool(fetch_unprepared(_TAKE_SNAPSHOT, team.id, team.time_zone))


# Suppressions are few compared with contacts, which an index counts. min(kind): "block" sorts before "opt_out".
_TAKE_SNAPSHOT = """
    INSERT INTO reports_snapshot (team_id, day, at, contacts, opted_out, blocked)
    WITH counts AS MATERIALIZED (SELECT (SELECT count(*) FROM contacts_contact WHERE team_id = $1) AS contacts,
        count(*) FILTER (WHERE s.kind = 'opt_out') AS opted_out, count(*) FILTER (WHERE s.kind = 'block') AS blocked
      FROM (SELECT number, min(kind) AS kind FROM optout_suppression
        WHERE team_id = $1 AND inbox_id IS NULL GROUP BY number) AS s
      JOIN contacts_contact AS c ON c.team_id = $1 AND c.number = s.number)
    SELECT $1, (now() AT TIME ZONE $2::text)::date, now(), contacts, opted_out, blocked FROM counts
    ON CONFLICT (team_id, day) DO NOTHING RETURNING id
"""
