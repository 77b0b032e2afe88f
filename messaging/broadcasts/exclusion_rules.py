"""Exclusion rules of a broadcast as SQL: for which people of the audience which reason to leave them out applies.

`recipient_check` applies the same rules to one recipient at the claim. Tests compare the two.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from accounts.models import Inbox, Team
from contacts.custom_fields.models import CustomField
from messaging.broadcasts.left_out import LeftOut
from messaging.broadcasts.models import Broadcast, BroadcastCategory
from messaging.line_types.landlines import LANDLINES_SQL
from messaging.text_templates.fields import required_fields
from messaging.text_templates.values import CUSTOM
from optout.consent_records.on_record import counts_sql

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class ExclusionRule:
    """A reason, and to whom it applies: to the `numbers`, or to a person `c` who meets the `condition`.

    `numbers` selects the columns number and inbox_id, which is null for all inboxes. Values are %(name)s.
    """

    reason: LeftOut
    numbers: str = ""
    condition: str = ""
    join: str = ""  # that the condition needs
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def applies(self) -> str:
        """A condition on a person `c` to whom it applies, in some inbox."""
        return self.condition or f"c.number IN (SELECT number FROM ({self.numbers}) AS numbers)"


def rules_for(broadcast: Broadcast, team: Team, now: datetime) -> list[ExclusionRule]:
    """The rules in the order of LeftOut, by which the first that applies is given."""
    found = {rule.reason: rule for rule in _rules(broadcast, team, now)}
    return [found[reason] for reason in LeftOut if reason in found]


def _rules(broadcast: Broadcast, team: Team, now: datetime) -> Iterator[ExclusionRule]:
    yield ExclusionRule(LeftOut.BLOCKED, f"{_SUPPRESSIONS} AND kind = 'block'")
    yield ExclusionRule(LeftOut.OPTED_OUT, f"{_SUPPRESSIONS} AND inbox_id IS NULL")
    yield ExclusionRule(LeftOut.ONE_INBOX, f"{_SUPPRESSIONS} AND inbox_id IS NOT NULL")
    yield ExclusionRule(LeftOut.HELD, _HELD)
    yield from _consent_rules(broadcast, team)
    inboxes = list(Inbox.objects.open().filter(team_id=team.id))
    if asking := [inbox.id for inbox in inboxes if inbox.line_lookups]:
        yield ExclusionRule(LeftOut.LANDLINE, _LANDLINES, values={"asking": asking})
    condition, open_inboxes = "(c.inbox_id = ANY(%(inboxes)s)) IS NOT TRUE", [inbox.id for inbox in inboxes]
    yield ExclusionRule(LeftOut.NO_INBOX, condition=condition, values={"inboxes": open_inboxes})
    yield from _frequency_rules(broadcast, team, now)
    if empty := _unfilled(broadcast, team):
        yield ExclusionRule(LeftOut.UNFILLED, condition=f"({' OR '.join(empty)})")


def _consent_rules(broadcast: Broadcast, team: Team) -> Iterator[ExclusionRule]:
    """The team's suppression lists and consent on record, for marketing alone; and who has not confirmed."""
    if broadcast.category == BroadcastCategory.MARKETING:
        yield ExclusionRule(LeftOut.SUPPRESSED, _SUPPRESSED)
        if team.marketing_needs_consent:
            yield ExclusionRule(LeftOut.NO_CONSENT, condition="consented.number IS NULL", join=_CONSENTED)
    if team.inboxes.filter(double_opt_in=True).exists():
        yield ExclusionRule(LeftOut.UNCONFIRMED, _UNCONFIRMED)


def _frequency_rules(broadcast: Broadcast, team: Team, now: datetime) -> Iterator[ExclusionRule]:
    """Who got one of the broadcast's lists today, and who got as many broadcasts in a week as the team allows."""
    midnight = now.astimezone(ZoneInfo(team.time_zone)).replace(hour=0, minute=0, second=0, microsecond=0)
    lists = [str(int(id)) for id in broadcast.audience.get("lists", ())]
    earlier = {"since": now - WEEK, "broadcast": broadcast.id or 0}
    yield ExclusionRule(
        LeftOut.TEXTED_TODAY, _TEXTED_TODAY, values={**earlier, "midnight": midnight, "lists": lists}
    )
    yield ExclusionRule(
        LeftOut.TOO_OFTEN, _TOO_OFTEN, values={**earlier, "weekly_limit": team.broadcasts_per_week}
    )


_SUPPRESSIONS = "SELECT number, inbox_id FROM optout_suppression WHERE team_id = %(team)s"
_HELD = """
    SELECT number, NULL::bigint AS inbox_id FROM optout_review
    WHERE team_id = %(team)s AND outcome = 'open' AND kind = 'hold'
"""
_SUPPRESSED = "SELECT number, NULL::bigint AS inbox_id FROM optout_suppressednumber WHERE team_id = %(team)s"
_CONSENTED = f"""
    LEFT JOIN (SELECT DISTINCT r.number FROM optout_consentrecord r
        WHERE r.team_id = %(team)s AND r.category = 'marketing' AND {counts_sql("%(team)s", "r")}) AS consented
        ON consented.number = c.number
"""
_UNCONFIRMED = """
    SELECT d.number, d.inbox_id FROM optout_doubleoptin AS d
    JOIN accounts_inbox AS i ON i.team_id = %(team)s AND i.id = d.inbox_id AND i.double_opt_in
    WHERE d.team_id = %(team)s AND d.answered_at IS NULL
"""
_LANDLINES = f"""
    SELECT l.number, i.inbox_id
    FROM ({LANDLINES_SQL.format(team="%(team)s")}) AS l CROSS JOIN unnest(%(asking)s::bigint[]) AS i (inbox_id)
"""
_RECENT = """
    messaging_broadcast AS b
    WHERE b.team_id = %(team)s AND b.id <> %(broadcast)s AND coalesce(b.ended_at > %(since)s, b.started_at IS NOT NULL)
"""
_EARLIER = f"""
    SELECT r.number, NULL::bigint AS inbox_id FROM messaging_broadcastrecipient AS r
    JOIN (SELECT b.id, b.audience FROM {_RECENT}) AS recent ON recent.id = r.broadcast_id
    WHERE r.team_id = %(team)s AND r.state = 'texted' AND r.at > %(since)s
"""
_TEXTED_TODAY = (
    f"{_EARLIER} AND r.at >= %(midnight)s AND recent.audience -> 'lists' @> ANY(%(lists)s::jsonb[])"
)
# Nobody gets a broadcast twice: texts are counted only if there were as many broadcasts.
_TOO_OFTEN = f"""
    {_EARLIER} AND (SELECT count(*) FROM {_RECENT}) >= %(weekly_limit)s
    GROUP BY r.number HAVING count(*) >= %(weekly_limit)s
"""


def _unfilled(broadcast: Broadcast, team: Team) -> list[str]:
    """Conditions, one for each field of the text without a fallback, that a person has no value for it."""
    required = required_fields(broadcast.body)
    custom = (
        {f"{CUSTOM}{row.key.lower()}": row.key for row in CustomField.objects.of(team.id)} if required else {}
    )
    known = {**_EMPTY, **{name: f"NOT c.custom ? '{key}'" for name, key in custom.items()}}
    return [known[name] for name in required if name in known]


# Fields of a text that a person may have no value for; all others are the team's own, or the number.
_EMPTY = {
    "first_name": "btrim(c.first_name) = ''",
    "last_name": "btrim(c.last_name) = ''",
    "name": "c.sort_name = ''",
    "email": "c.email = ''",
}
