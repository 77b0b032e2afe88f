"""Line lookups of a draft: how many of its people's line types are known, and the wish to look up the others.

Only people who would get the text are looked up, and none who has ever texted the team: their phones take texts.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from itertools import batched

from django.utils import timezone

from accounts.models import Team
from kernel import change_tokens
from kernel.sql import fetch
from messaging.broadcasts.left_out import LeftOut
from messaging.broadcasts.models import Broadcast
from messaging.broadcasts.people import RANKS, query_people
from messaging.broadcasts.plain_numbers import TextableNumbers
from messaging.line_types.models import RENEW_AFTER

MOST_AT_ONCE = 50_000  # numbers that one request asks about
BATCH = 5_000

# `open` are those about whom the carrier is to be asked: never, too long ago, or it could not tell.
_PEOPLE = f"""
    FROM ({{people}}) AS p
    JOIN accounts_inbox AS i ON i.team_id = %(team)s AND i.id = p.inbox_id AND i.line_lookups
    LEFT JOIN messaging_linetype AS l ON l.team_id = %(team)s AND l.number = p.number
    WHERE p.rank IN (0, {RANKS[LeftOut.LANDLINE]}) AND NOT EXISTS (SELECT FROM messaging_conversation t
        WHERE t.team_id = %(team)s AND t.number = p.number AND t.inbound_count > 0)
"""
_STATE = """
    CASE WHEN l.due_at IS NOT NULL THEN 'waiting'
         WHEN l.kind IN ('landline', 'other') AND l.looked_up_at > %(renew)s THEN 'known' ELSE 'open' END
"""
_COUNT = f"""
    SELECT {_STATE} AS state, count(*) FILTER (WHERE NOT p.unclear),
        coalesce(array_agg(p.number) FILTER (WHERE p.unclear), '{{{{}}}}')
    {_PEOPLE} GROUP BY state
"""
_OPEN = f"SELECT p.number, p.inbox_id, p.unclear {_PEOPLE} AND {_STATE} = 'open' LIMIT %(most)s"
_ASK = """
    INSERT INTO messaging_linetype AS t (team_id, number, inbox_id, kind, due_at)
    SELECT $1, number, inbox_id, 'waiting', $4 FROM unnest($2::text[], $3::bigint[]) AS new (number, inbox_id)
    ORDER BY number
    ON CONFLICT (team_id, number) DO UPDATE SET inbox_id = EXCLUDED.inbox_id, due_at = EXCLUDED.due_at
    WHERE t.due_at IS NULL
"""


@dataclass(frozen=True)
class LookupCount:
    """How many numbers of a draft's people are known, are being looked up, and could be looked up."""

    known: int
    waiting: int
    open: int

    @property
    def total(self) -> int:
        return self.known + self.waiting + self.open


def count_lookups(draft: Broadcast, team: Team) -> LookupCount | None:
    """None if no inbox of the team looks line types up. In the scope of the team."""
    if not team.inboxes.open().filter(line_lookups=True).exists():
        return None
    textable, counts = TextableNumbers(team), Counter[str]()
    for state, plain, unclear in query_people(_COUNT, draft, team, renew=_renew()):
        counts[state] += plain + sum(number in textable for number in unclear)
    return LookupCount(counts["known"], counts["waiting"], counts["open"])


def ask_for_line_types(draft: Broadcast, team: Team) -> int:
    """Let a worker look up the numbers that are not known, up to MOST_AT_ONCE. Returns how many."""
    rows = query_people(_OPEN, draft, team, renew=_renew(), most=MOST_AT_ONCE)
    textable, now = TextableNumbers(team), timezone.now()
    numbers = [(number, inbox) for number, inbox, unclear in rows if not unclear or number in textable]
    for batch in batched(numbers, BATCH):
        fetch(_ASK, team.id, *(list(column) for column in zip(*batch, strict=True)), now)
    change_tokens.renew_on_commit(team.id)
    return len(numbers)


def _renew() -> datetime:
    """A result from before is asked for again."""
    return timezone.now() - RENEW_AFTER
