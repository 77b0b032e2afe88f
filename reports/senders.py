"""Who sends, as tallies write it: members, those who were, and programs; and what they are called.

Inside the team's scope.
"""

from collections.abc import Iterable

from accounts.models import Team
from kernel.sql import fetch_unprepared
from reports.models import ALL_SENDERS

MEMBER_PREFIX, NAMED_PREFIX = "member ", "named "
FORMER_MEMBER = "A former member"


def member_sender(id: int) -> str:
    return f"{MEMBER_PREFIX}{id}"


def current_members(team: Team) -> dict[str, str]:
    """Today's members, by name."""
    return {member_sender(one.id): str(one) for one in team.members.select_related("user")}


def sender_names(team: Team, senders: Iterable[str]) -> dict[str, str]:
    """What each is called: a member's name, also of those who left as they were called then, or a program's."""
    today = current_members(team)
    gone = [sender for sender in senders if sender.startswith(MEMBER_PREFIX) and sender not in today]
    then = dict(fetch_unprepared(_THEN, team.id, gone)) if gone else {}
    return {sender: today.get(sender) or then.get(sender) or _name(sender) for sender in senders}


def all_senders(team: Team) -> list[str]:
    """Everybody who ever sent something, but for today's members who did not."""
    return [sender for (sender,) in fetch_unprepared(_KNOWN, team.id, ALL_SENDERS)]


def _name(sender: str) -> str:
    return FORMER_MEMBER if sender.startswith(MEMBER_PREFIX) else sender.removeprefix(NAMED_PREFIX)


# From one sender to the next along the index, past all their rows.
_KNOWN = """
    WITH RECURSIVE walk AS (
      SELECT (SELECT min(t.sender) FROM reports_rollup AS t
        WHERE t.team_id = $1 AND t.grain = 'month' AND NOT t.is_histogram) AS sender
      UNION ALL
      SELECT (SELECT min(t.sender) FROM reports_rollup AS t
        WHERE t.team_id = $1 AND t.grain = 'month' AND NOT t.is_histogram AND t.sender > walk.sender)
      FROM walk WHERE walk.sender IS NOT NULL)
    SELECT sender FROM walk WHERE sender IS NOT NULL AND sender <> $2
"""
# The name on one of the last texts: the last hour is in the tallies, its texts are found by their time.
_THEN = """
    SELECT gone.sender, text.author_name FROM unnest($2::text[]) AS gone (sender),
    LATERAL (SELECT t.hour FROM reports_rollup AS t WHERE t.team_id = $1 AND t.grain = 'hour' AND NOT t.is_histogram
      AND t.sender = gone.sender AND t.measure NOT LIKE 'opted%' ORDER BY t.day DESC, t.hour DESC LIMIT 1) AS last,
    LATERAL (SELECT m.author_name FROM messaging_message AS m WHERE m.team_id = $1
      AND m.at >= last.hour AND m.at < last.hour + interval '1 hour'
      AND m.author_id = split_part(gone.sender, ' ', 2)::bigint ORDER BY m.at DESC LIMIT 1) AS text
    WHERE text.author_name <> ''
"""
