"""Who sends, as tallies write it: members, those who were, and programs; and what they are called.

Inside the team's scope.
"""

from collections.abc import Iterable

from accounts.models import Team
from accounts.statements import ask_anew
from reports.models import EVERYBODY

MEMBER, NAMED = "member ", "named "
LEFT = "A former member"


def member(id: int) -> str:
    return f"{MEMBER}{id}"


def here(team: Team) -> dict[str, str]:
    """Today's members, by name."""
    return {member(one.id): str(one) for one in team.members.select_related("user")}


def names(team: Team, senders: Iterable[str]) -> dict[str, str]:
    """What each is called: a member's name, also of those who left as they were called then, or a program's."""
    today = here(team)
    gone = [sender for sender in senders if sender.startswith(MEMBER) and sender not in today]
    then = dict(ask_anew(_THEN, team.id, gone)) if gone else {}
    return {sender: today.get(sender) or then.get(sender) or _name(sender) for sender in senders}


def known(team: Team) -> list[str]:
    """Everybody who ever sent something, but for today's members who did not."""
    return [sender for (sender,) in ask_anew(_KNOWN, team.id, EVERYBODY)]


def _name(sender: str) -> str:
    return LEFT if sender.startswith(MEMBER) else sender.removeprefix(NAMED)


# From one sender to the next along the index, past all their rows.
_KNOWN = """
    WITH RECURSIVE walk AS (
      SELECT (SELECT min(t.sender) FROM reports_tally AS t
        WHERE t.team_id = $1 AND t.grain = 'month' AND NOT t.timed) AS sender
      UNION ALL
      SELECT (SELECT min(t.sender) FROM reports_tally AS t
        WHERE t.team_id = $1 AND t.grain = 'month' AND NOT t.timed AND t.sender > walk.sender)
      FROM walk WHERE walk.sender IS NOT NULL)
    SELECT sender FROM walk WHERE sender IS NOT NULL AND sender <> $2
"""
# The name on one of the last texts: the last hour is in the tallies, its texts are found by their time.
_THEN = """
    SELECT gone.sender, text.author_name FROM unnest($2::text[]) AS gone (sender),
    LATERAL (SELECT t.hour FROM reports_tally AS t WHERE t.team_id = $1 AND t.grain = 'hour' AND NOT t.timed
      AND t.sender = gone.sender AND t.measure NOT LIKE 'opted%' ORDER BY t.day DESC, t.hour DESC LIMIT 1) AS last,
    LATERAL (SELECT m.author_name FROM messaging_message AS m WHERE m.team_id = $1
      AND m.at >= last.hour AND m.at < last.hour + interval '1 hour'
      AND m.author_id = split_part(gone.sender, ' ', 2)::bigint ORDER BY m.at DESC LIMIT 1) AS text
    WHERE text.author_name <> ''
"""
