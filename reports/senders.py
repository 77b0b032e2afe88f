"""Senders as rollups store them (members, former members, API keys) and their names. Runs in the team's scope."""

from collections.abc import Iterable

from accounts.models import Team
from kernel.sql import fetch_unprepared
from reports.models import ALL_SENDERS

MEMBER_PREFIX, NAMED_PREFIX = "member ", "named "
FORMER_MEMBER = "Former member"


def member_sender(id: int) -> str:
    return f"{MEMBER_PREFIX}{id}"


def current_members(team: Team) -> dict[str, str]:
    """The names of today's members, by sender."""
    return {member_sender(member.id): str(member) for member in team.members.select_related("user")}


def sender_names(team: Team, senders: Iterable[str]) -> dict[str, str]:
    """The name of each sender. Former members have the name on their last text."""
    current = current_members(team)
    former = [sender for sender in senders if sender.startswith(MEMBER_PREFIX) and sender not in current]
    last_names = dict(fetch_unprepared(_LAST_NAMES, team.id, former)) if former else {}
    return {sender: current.get(sender) or last_names.get(sender) or _name(sender) for sender in senders}


def all_senders(team: Team) -> list[str]:
    """Every sender of a text."""
    return [sender for (sender,) in fetch_unprepared(_ALL_SENDERS, team.id, ALL_SENDERS)]


def _name(sender: str) -> str:
    return FORMER_MEMBER if sender.startswith(MEMBER_PREFIX) else sender.removeprefix(NAMED_PREFIX)


# Skips along the index from one sender to the next, past all rows of each.
_ALL_SENDERS = """
    WITH RECURSIVE walk AS (
      SELECT (SELECT min(t.sender) FROM reports_rollup AS t
        WHERE t.team_id = $1 AND t.grain = 'month' AND NOT t.is_histogram) AS sender
      UNION ALL
      SELECT (SELECT min(t.sender) FROM reports_rollup AS t
        WHERE t.team_id = $1 AND t.grain = 'month' AND NOT t.is_histogram AND t.sender > walk.sender)
      FROM walk WHERE walk.sender IS NOT NULL)
    SELECT sender FROM walk WHERE sender IS NOT NULL AND sender <> $2
"""
# The rollups have the last hour in which each sent a text; its texts are found by their time.
_LAST_NAMES = """
    SELECT former.sender, text.author_name FROM unnest($2::text[]) AS former (sender),
    LATERAL (SELECT t.hour FROM reports_rollup AS t WHERE t.team_id = $1 AND t.grain = 'hour' AND NOT t.is_histogram
      AND t.sender = former.sender AND t.measure NOT LIKE 'opted%' ORDER BY t.day DESC, t.hour DESC LIMIT 1) AS last,
    LATERAL (SELECT m.author_name FROM messaging_message AS m WHERE m.team_id = $1
      AND m.at >= last.hour AND m.at < last.hour + interval '1 hour'
      AND m.author_id = split_part(former.sender, ' ', 2)::bigint ORDER BY m.at DESC LIMIT 1) AS text
    WHERE text.author_name <> ''
"""
