"""Groups of a broadcast's audience: its recipients, and those who would be left out now, by reason.

The first reason that applies counts, so each person is in one group, and the groups add up to the audience.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import count, islice
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.utils import timezone

from accounts.models import Team
from contacts.contact.models import Contact
from kernel.tenancy import scope
from messaging.broadcasts.audience import Audience, matching
from messaging.broadcasts.exclusion_rules import rules_for
from messaging.broadcasts.left_out import LeftOut
from messaging.broadcasts.models import Broadcast
from messaging.broadcasts.plain_numbers import PLAIN_SQL, TextableNumbers, plain_areas

RECIPIENTS = ""  # in place of a reason
ID_BATCH = 100_000  # IDs of a group that are read at a time, since each statement reads the whole audience

_COLUMNS = ("id", "number", "last_inbox_id", "first_name", "last_name", "email", "sort_name", "custom")
# Hash tables of a million IDs fit into memory, and JIT compiles longer than it saves.
_SETTINGS = ("SET LOCAL jit = off", "SET LOCAL work_mem = '32MB'")
_WITH_REASONS = """
    SELECT c.id, c.number, c.inbox_id, NOT {plain} AS unclear, CASE {cases} ELSE '' END AS reason
    FROM (SELECT a.*, coalesce(%(inbox)s::bigint, a.last_inbox_id) AS inbox_id FROM ({audience}) AS a) AS c {joins}
"""
_COUNT = """
    SELECT reason, count(*), coalesce(array_agg(number) FILTER (WHERE unclear), '{{}}')
    FROM ({people}) AS people GROUP BY reason
"""
_IDS = """
    SELECT id, number, unclear FROM ({people}) AS people
    WHERE id > %(after)s AND CASE WHEN %(reason)s = 'not_textable' THEN unclear ELSE reason = %(reason)s END
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
    counts: Counter[str] = Counter()
    textable = TextableNumbers(team)
    for reason, people, unclear in query_people(_COUNT, broadcast, team, now):
        not_textable = sum(number not in textable for number in unclear)
        counts += Counter({reason: people - not_textable, LeftOut.NOT_TEXTABLE.value: not_textable})
    left_out = {reason: counts[reason.value] for reason in LeftOut if counts[reason.value]}
    return AudienceCount(counts[RECIPIENTS], left_out)


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
    rows: list[Any] = [None] * step
    while len(rows) == step:
        rows = query_people(_IDS, broadcast, team, now, reason=reason, after=after, limit=step)
        for id, number, unclear in rows:
            if (unclear and number not in textable) == wanted:
                yield id
            after = id


def _load(team: Team, ids: list[int]) -> list[Contact]:
    rows = Contact.objects.filter(team_id=team.id, id__in=ids).order_by("id")
    return list(rows.defer("search_words"))


def query_people(
    statement: str, broadcast: Broadcast, team: Team, now: datetime | None, **values: Any
) -> list[tuple[Any, ...]]:
    """Run a statement about the people of the audience and the reasons that apply to them."""
    contacts = matching(team, Audience.from_json(broadcast.audience)).order_by().values(*_COLUMNS)
    try:
        audience, own = contacts.query.sql_with_params()
    except EmptyResultSet:
        return []
    rules = rules_for(broadcast, team, now or timezone.now())
    number, named = count(), {f"own{at}": value for at, value in enumerate(own)}
    people = _WITH_REASONS.format(
        plain=PLAIN_SQL.format(number="c.number"),
        audience=re.sub(r"%s", lambda _: f"%(own{next(number)})s", audience),
        cases=" ".join(f"WHEN {rule.condition} THEN '{rule.reason.value}'" for rule in rules),
        joins=" ".join(rule.join for rule in rules),
    )
    for rule in rules:
        named |= rule.values
    named |= {"team": team.id, "inbox": broadcast.inbox_id, "plain_areas": plain_areas(), **values}
    with connection.cursor() as cursor:
        for setting in _SETTINGS:  # one by one: a cluster passes each on
            cursor.execute(setting)
        cursor.execute(statement.format(people=people), named)
        return list(cursor.fetchall())
