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
    """A condition on a person `c` of the audience, with a join that it needs. Values are %(name)s."""

    reason: LeftOut
    condition: str
    join: str = ""
    values: dict[str, Any] = field(default_factory=dict)


def rules_for(broadcast: Broadcast, team: Team, now: datetime) -> list[ExclusionRule]:
    """The rules in the order of LeftOut, by which the first that applies is given."""
    found = {rule.reason: rule for rule in _rules(broadcast, team, now)}
    return [found[reason] for reason in LeftOut if reason in found]


def _rules(broadcast: Broadcast, team: Team, now: datetime) -> Iterator[ExclusionRule]:
    yield ExclusionRule(LeftOut.BLOCKED, "'block' IN (everywhere.kind, here.kind)", _STANDING)
    yield ExclusionRule(LeftOut.OPTED_OUT, "everywhere.kind IS NOT NULL")
    yield ExclusionRule(LeftOut.ONE_INBOX, "here.kind IS NOT NULL")
    yield ExclusionRule(LeftOut.HELD, "held.number IS NOT NULL", _HELD)
    yield from _consent_rules(broadcast, team)
    inboxes = list(Inbox.objects.open().filter(team_id=team.id))
    if asking := [inbox.id for inbox in inboxes if inbox.line_lookups]:
        condition = "landline.number IS NOT NULL AND c.inbox_id = ANY(%(asking)s)"
        yield ExclusionRule(LeftOut.LANDLINE, condition, _LANDLINES, {"asking": asking})
    condition, open_inboxes = "(c.inbox_id = ANY(%(inboxes)s)) IS NOT TRUE", [inbox.id for inbox in inboxes]
    yield ExclusionRule(LeftOut.NO_INBOX, condition, values={"inboxes": open_inboxes})
    midnight = now.astimezone(ZoneInfo(team.time_zone)).replace(hour=0, minute=0, second=0, microsecond=0)
    earlier = {
        "since": now - WEEK,
        "midnight": midnight,
        "lists": [str(int(id)) for id in broadcast.audience.get("lists", ())],
        "broadcast": broadcast.id or 0,
        "weekly_limit": team.broadcasts_per_week,
    }
    yield ExclusionRule(LeftOut.TEXTED_TODAY, "earlier.today", _EARLIER, earlier)
    yield ExclusionRule(LeftOut.TOO_OFTEN, "earlier.texts >= %(weekly_limit)s")
    if empty := _unfilled(broadcast, team):
        yield ExclusionRule(LeftOut.UNFILLED, f"({' OR '.join(empty)})")


def _consent_rules(broadcast: Broadcast, team: Team) -> Iterator[ExclusionRule]:
    """The team's suppression lists and consent on record, for marketing alone; and who has not confirmed."""
    if broadcast.category == BroadcastCategory.MARKETING:
        yield ExclusionRule(LeftOut.SUPPRESSED, "suppressed.number IS NOT NULL", _SUPPRESSED)
        if team.marketing_needs_consent:
            yield ExclusionRule(LeftOut.NO_CONSENT, "consented.number IS NULL", _CONSENTED)
    if team.inboxes.filter(double_opt_in=True).exists():
        yield ExclusionRule(LeftOut.UNCONFIRMED, "unconfirmed.number IS NOT NULL", _UNCONFIRMED)


_SUPPRESSED = """
    LEFT JOIN (SELECT DISTINCT number FROM optout_suppressednumber WHERE team_id = %(team)s) AS suppressed
        ON suppressed.number = c.number
"""
_CONSENTED = f"""
    LEFT JOIN (SELECT DISTINCT r.number FROM optout_consentrecord r
        WHERE r.team_id = %(team)s AND r.category = 'marketing' AND {counts_sql("%(team)s", "r")}) AS consented
        ON consented.number = c.number
"""
_UNCONFIRMED = """
    LEFT JOIN (SELECT d.number, d.inbox_id FROM optout_doubleoptin d
        JOIN accounts_inbox i ON i.team_id = %(team)s AND i.id = d.inbox_id AND i.double_opt_in
        WHERE d.team_id = %(team)s AND d.answered_at IS NULL) AS unconfirmed
        ON unconfirmed.number = c.number AND unconfirmed.inbox_id = c.inbox_id
"""
_LANDLINES = f"""
    LEFT JOIN ({LANDLINES_SQL.format(team="%(team)s")}) AS landline ON landline.number = c.number
"""
_STANDING = """
    LEFT JOIN (SELECT number, min(kind) AS kind FROM optout_suppression
        WHERE team_id = %(team)s AND inbox_id IS NULL GROUP BY number) AS everywhere ON everywhere.number = c.number
    LEFT JOIN (SELECT number, inbox_id, min(kind) AS kind FROM optout_suppression
        WHERE team_id = %(team)s AND inbox_id IS NOT NULL GROUP BY number, inbox_id) AS here
        ON here.number = c.number AND here.inbox_id = c.inbox_id
"""
_HELD = """
    LEFT JOIN (SELECT DISTINCT number FROM optout_review
        WHERE team_id = %(team)s AND outcome = 'open' AND kind = 'hold') AS held ON held.number = c.number
"""
_EARLIER = """
    LEFT JOIN (
        SELECT r.number, count(*) AS texts,
            bool_or(r.at >= %(midnight)s AND b.audience -> 'lists' @> ANY(%(lists)s::jsonb[])) AS today
        FROM messaging_broadcast AS b JOIN messaging_broadcastrecipient AS r
            ON r.team_id = %(team)s AND r.broadcast_id = b.id AND r.state = 'texted' AND r.at > %(since)s
        WHERE b.team_id = %(team)s AND b.id <> %(broadcast)s
            AND coalesce(b.ended_at > %(since)s, b.started_at IS NOT NULL)
        GROUP BY r.number) AS earlier ON earlier.number = c.number
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
