"""People of a broadcast's audience in SQL, each with the first reason that leaves the person out."""

import re
from datetime import datetime
from itertools import count
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.utils import timezone

from accounts.models import Team
from messaging.broadcasts.audience import Audience, matching
from messaging.broadcasts.exclusion_rules import ExclusionRule, rules_for
from messaging.broadcasts.left_out import LeftOut
from messaging.broadcasts.models import Broadcast
from messaging.broadcasts.plain_numbers import PLAIN_SQL, plain_areas

# In SQL a reason is its place in LeftOut, from 1, so the least is the first that applies. Recipients have 0.
RANKS = {reason: rank for rank, reason in enumerate(LeftOut, 1)}

_COLUMNS = ("id", "number", "last_inbox_id", "first_name", "last_name", "email", "sort_name", "custom")
# So that PostgreSQL reads large sets of contacts in the order of their indexes and merges them: a hash table of a
# million IDs takes three times as long. JIT compiles longer than it saves.
_SETTINGS = (
    "SET LOCAL jit = off",
    "SET LOCAL random_page_cost = 1.1",
    "SET LOCAL work_mem = '8MB'",
    "SET LOCAL hash_mem_multiplier = 1",
)
_PEOPLE = """
    WITH listed AS ({numbers})
    SELECT c.id, c.number, c.inbox_id, {unclear} AS unclear, coalesce(least({ranks}), 0) AS rank
    FROM (SELECT a.*, coalesce(%(inbox)s::bigint, a.last_inbox_id) AS inbox_id FROM ({audience}) AS a) AS c
    {joins} WHERE {condition}
"""
_NUMBERS = "SELECT number, inbox_id, {rank} AS rank FROM ({numbers}) AS numbers"
# A number has one row in each, so that a person stays one row.
_IN_CHOSEN_INBOX = """
    LEFT JOIN (SELECT number, min(rank) AS rank FROM listed WHERE inbox_id IS NULL OR inbox_id = %(inbox)s
        GROUP BY number) AS everywhere ON everywhere.number = c.number
"""
_IN_LAST_INBOX = """
    LEFT JOIN (SELECT number, min(rank) AS rank FROM listed WHERE inbox_id IS NULL GROUP BY number) AS everywhere
        ON everywhere.number = c.number
    LEFT JOIN (SELECT number, inbox_id, min(rank) AS rank FROM listed WHERE inbox_id IS NOT NULL
        GROUP BY number, inbox_id) AS here ON here.number = c.number AND here.inbox_id = c.inbox_id
"""
_UNCLEAR = f"NOT {PLAIN_SQL.format(number='c.number')}"


def query_people(
    statement: str,
    broadcast: Broadcast,
    team: Team,
    now: datetime | None = None,
    *,
    reason: LeftOut | None = None,
    **values: Any,
) -> list[tuple[Any, ...]]:
    """Run a statement about {people}: the columns id, number, inbox_id, rank, and whether the number is unclear.

    PostgreSQL cannot tell whether an unclear number is textable. With a reason, there are only people who may have it:
    those to whom its rule applies, and perhaps an earlier one.
    """
    contacts = matching(team, Audience.from_json(broadcast.audience)).order_by().values(*_COLUMNS)
    try:
        audience, own = contacts.query.sql_with_params()
    except EmptyResultSet:
        return []
    rules, condition = _narrow(rules_for(broadcast, team, now or timezone.now()), reason)
    number, named = count(), {f"own{at}": value for at, value in enumerate(own)}
    people = _PEOPLE.format(
        audience=re.sub(r"%s", lambda _: f"%(own{next(number)})s", audience),
        unclear=_UNCLEAR,
        condition=condition,
        **_sql_of(rules, has_inbox=broadcast.inbox_id is not None),
    )
    for rule in rules:
        named |= rule.values
    named |= {"team": team.id, "inbox": broadcast.inbox_id, "plain_areas": plain_areas(), **values}
    with connection.cursor() as cursor:
        for setting in _SETTINGS:  # one by one: a cluster passes each on
            cursor.execute(setting)
        cursor.execute(statement.format(people=people), named)
        return list(cursor.fetchall())


def _narrow(rules: list[ExclusionRule], reason: LeftOut | None) -> tuple[list[ExclusionRule], str]:
    """The rules that decide who has the reason, and a condition on a person `c` who may have it."""
    if reason is None or reason == LeftOut.NOT_TEXTABLE:
        return rules, _UNCLEAR if reason else "true"
    for at, rule in enumerate(rules, 1):
        if rule.reason == reason:
            return rules[:at], rule.applies
    return rules, "false"


def _sql_of(rules: list[ExclusionRule], *, has_inbox: bool) -> dict[str, str]:
    """Parts of _PEOPLE: the numbers to which rules apply, the joins, and the ranks of the reasons that apply."""
    numbers = [rule for rule in rules if rule.numbers]
    tested = [rule for rule in rules if not rule.numbers]
    ranks = ["everywhere.rank"] if has_inbox else ["everywhere.rank", "here.rank"]
    ranks += [f"CASE WHEN {rule.condition} THEN {RANKS[rule.reason]} END" for rule in tested]
    return {
        "numbers": " UNION ALL ".join(
            _NUMBERS.format(rank=RANKS[rule.reason], numbers=rule.numbers) for rule in numbers
        ),
        "joins": " ".join(
            [_IN_CHOSEN_INBOX if has_inbox else _IN_LAST_INBOX, *(rule.join for rule in tested)]
        ),
        "ranks": ", ".join(ranks),
    }
