"""Groups of a broadcast's audience: its recipients, and those who would be left out now, by reason.

The first reason that applies counts, so each person is in one group, and the groups add up to the audience.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from accounts.models import Team
from contacts.contact.models import Contact
from kernel.tenancy import scope
from messaging.broadcasts.left_out import LeftOut
from messaging.broadcasts.models import Broadcast
from messaging.broadcasts.people import RANKS, query_people
from messaging.broadcasts.plain_numbers import TextableNumbers

RECIPIENTS = ""  # in place of a reason
ID_BATCH = 100_000  # IDs of a group that are read at a time, since each statement reads all who may be in it

_COUNT = """
    SELECT rank, count(*), coalesce(array_agg(number) FILTER (WHERE unclear), '{{}}')
    FROM ({people}) AS people GROUP BY rank
"""
# CASE, since the planner takes one row in two to pass it; of `rank = 3` it takes one in two hundred, and plans badly.
_IDS = """
    SELECT id, number, unclear FROM ({people}) AS people
    WHERE id > %(after)s AND CASE rank WHEN %(rank)s THEN true ELSE %(any_rank)s END
    ORDER BY id LIMIT %(limit)s
"""


@dataclass(frozen=True)
class AudienceCount:
    """How many people get a broadcast, and how many are left out, by reason."""

    recipients: int
    left_out: dict[LeftOut, int]

    @property
    def total(self) -> int:
        return self.recipients + sum(self.left_out.values())


def count_groups(broadcast: Broadcast, team: Team, now: datetime | None = None) -> AudienceCount:
    """Count the groups in one statement; the reasons are in the order of LeftOut, without those of nobody."""
    counts: Counter[int] = Counter()
    textable = TextableNumbers(team)
    for rank, people, unclear in query_people(_COUNT, broadcast, team, now):
        not_textable = sum(number not in textable for number in unclear)
        counts += Counter({rank: people - not_textable, RANKS[LeftOut.NOT_TEXTABLE]: not_textable})
    left_out = {reason: counts[rank] for reason, rank in RANKS.items() if counts[rank]}
    return AudienceCount(counts[0], left_out)


def group_page(
    broadcast: Broadcast,
    team: Team,
    reason: str,
    *,
    after: int = 0,
    limit: int = 50,
    now: datetime | None = None,
) -> list[Contact]:
    """People of a group, by the IDs of their contacts from `after` on. `reason` is a LeftOut, or RECIPIENTS."""
    return _load(team, list(islice(_ids(broadcast, team, reason, after, 2 * limit, now), limit)))


def group_batches(broadcast: Broadcast, team: Team, reason: str, size: int) -> Iterator[list[Contact]]:
    """All people of a group, for an export, up to `size` at a time, each batch in a scope of its own."""
    with scope(team.id):
        ids = list(_ids(broadcast, team, reason, 0, ID_BATCH, None))
    for at in range(0, len(ids), size):
        with scope(team.id):
            people = _load(team, ids[at : at + size])
        yield people


def _ids(
    broadcast: Broadcast, team: Team, reason: str, after: int, step: int, now: datetime | None
) -> Iterator[int]:
    """The IDs of a group's contacts, of which a statement reads up to `step`."""
    textable, wanted = TextableNumbers(team), reason == LeftOut.NOT_TEXTABLE
    of_group = LeftOut(reason) if reason else None
    wish = {"rank": RANKS[of_group] if of_group else 0, "any_rank": wanted}
    rows: list[Any] = [None] * step
    while len(rows) == step:
        rows = query_people(_IDS, broadcast, team, now, reason=of_group, after=after, limit=step, **wish)
        for id, number, unclear in rows:
            if (unclear and number not in textable) == wanted:
                yield id
            after = id


def _load(team: Team, ids: list[int]) -> list[Contact]:
    rows = Contact.objects.filter(team_id=team.id, id__in=ids).order_by("id")
    return list(rows.defer("search_words"))
