"""Landlines: the numbers that get no broadcast, because a carrier's lookup said so and they never sent a text."""

from collections.abc import Sequence

from accounts.models import Inbox
from kernel.sql import fetch

# A number that has texted the team gets texts, whatever the carrier says: landlines of businesses may be text-enabled.
LANDLINES_SQL = """
    SELECT l.number FROM messaging_linetype l WHERE l.team_id = {team} AND l.kind = 'landline'
    AND NOT EXISTS (SELECT FROM messaging_conversation t
        WHERE t.team_id = {team} AND t.number = l.number AND t.inbound_count > 0)
"""
_AMONG = LANDLINES_SQL.format(team="$1") + " AND l.number = ANY($2::text[])"


def find_landlines(inbox: Inbox, numbers: Sequence[str]) -> set[str]:
    """Which of the numbers are landlines; none for an inbox that looks no numbers up. In the scope of the team."""
    if not inbox.line_lookups:
        return set()
    return {number for (number,) in fetch(_AMONG, inbox.team_id, list(numbers))}
