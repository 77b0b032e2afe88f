"""Scope lookups of messaging: what is due or to index, of all teams; and the team's texts by words."""

from dataclasses import dataclass
from datetime import datetime

from kernel.backlog import Backlog, fetch_backlog
from kernel.keyset import Cursor
from kernel.scope_lookups import ScopedId
from kernel.sql import fetch


def conversations_due(limit: int) -> list[ScopedId]:
    """Conversations with a text that is due to be sent, or whose claim or call is overdue. Longest due first."""
    return [ScopedId(*row) for row in fetch("SELECT * FROM lookup_conversations_due($1::integer)", limit)]


def opt_ins_due(limit: int) -> list[ScopedId]:
    """Pending opt-ins that are due to be checked, longest due first."""
    return [ScopedId(*row) for row in fetch("SELECT * FROM lookup_opt_ins_due($1::integer)", limit)]


def scheduled_texts_due(limit: int) -> list[ScopedId]:
    """Scheduled texts whose time has come, longest due first."""
    rows = fetch("SELECT * FROM lookup_scheduled_texts_due($1::integer)", limit)
    return [ScopedId(*row) for row in rows]


def scheduled_texts_to_tell(limit: int) -> list[ScopedId]:
    """Scheduled texts that are not sent, about which somebody is to be told, the first stopped first."""
    rows = fetch("SELECT * FROM lookup_scheduled_texts_to_tell($1::integer)", limit)
    return [ScopedId(*row) for row in rows]


def snoozes_ended(limit: int) -> list[ScopedId]:
    """Snoozed conversations whose time has come, longest ago first."""
    return [ScopedId(*row) for row in fetch("SELECT * FROM lookup_snoozes_ended($1::integer)", limit)]


def broadcasts_due(limit: int) -> list[ScopedId]:
    """Broadcasts with work besides their texts, longest due first."""
    return [ScopedId(*row) for row in fetch("SELECT * FROM lookup_broadcasts_due($1::integer)", limit)]


def broadcast_lanes_due(limit: int) -> list[ScopedId]:
    """Lanes of broadcasts that may send, or have a text whose retry, claim or call is due."""
    return [ScopedId(*row) for row in fetch("SELECT * FROM lookup_broadcast_lanes_due($1::integer)", limit)]


def broadcasts_to_reconcile(limit: int) -> list[ScopedId]:
    """Broadcasts with texts of unknown outcome, about which the carrier is to be asked."""
    rows = fetch("SELECT * FROM lookup_broadcasts_to_reconcile($1::integer)", limit)
    return [ScopedId(*row) for row in rows]


def inboxes_with_lookups(limit: int) -> list[ScopedId]:
    """Inboxes whose carrier is to be asked for line types."""
    return [ScopedId(*row) for row in fetch("SELECT * FROM lookup_inboxes_with_lookups($1::integer)", limit)]


def opt_out_pushes_due(limit: int) -> list[ScopedId]:
    """Inboxes whose carrier is to be told of our opt-outs, longest due first."""
    return [ScopedId(*row) for row in fetch("SELECT * FROM lookup_opt_out_pushes_due($1::integer)", limit)]


def members_to_tell(limit: int) -> list[ScopedId]:
    """The members who have chosen to be told of something, with rows that were not looked at for them."""
    return [ScopedId(*row) for row in fetch("SELECT * FROM lookup_members_to_tell($1::integer)", limit)]


def members_with_unseen_events(limit: int) -> list[ScopedId]:
    """The members for whom an email about unseen events is due."""
    return [
        ScopedId(*row) for row in fetch("SELECT * FROM lookup_members_with_unseen_events($1::integer)", limit)
    ]


def teams_to_index() -> list[int]:
    """The teams with texts that the search does not find yet."""
    return [team_id for (team_id,) in fetch("SELECT * FROM lookup_teams_to_index()")]


def retention_due() -> list[int]:
    """The teams whose retention run of today is not at its end."""
    return [team_id for (team_id,) in fetch("SELECT * FROM lookup_retention_due()")]


@dataclass(frozen=True)
class TextFilters:
    """What a search asks of a text besides its words. None lets all texts pass."""

    inbox_ids: list[int] | None = None
    outbound: bool | None = None
    with_picture: bool | None = None  # True or None
    conversation_ids: list[int] | None = None
    since: datetime | None = None


def find_texts(typed: str, filters: TextFilters, before: Cursor | None, limit: int) -> list[int]:
    """The IDs of the texts of the team in scope that contain all typed words, newest first, behind a cursor by time."""
    rows = fetch(
        "SELECT id FROM lookup_texts($1, $2::bigint[], $3::boolean, $4::boolean, $5::bigint[], $6::timestamptz,"
        " $7::timestamptz, $8::bigint, $9::integer)",
        typed,
        filters.inbox_ids,
        filters.outbound,
        filters.with_picture,
        filters.conversation_ids,
        filters.since,
        before.value if before else None,
        before.id if before else None,
        limit,
    )
    return [id for (id,) in rows]


def attachments_due(limit: int) -> list[ScopedId]:
    """Attachments that are due to be fetched or deleted, longest due first."""
    return [ScopedId(*row) for row in fetch("SELECT * FROM lookup_attachments_due($1::integer)", limit)]


def backlog() -> list[Backlog]:
    """How many texts and other work of messaging of all teams are due, and since when."""
    return fetch_backlog("lookup_backlog_of_messaging")


def lists_behind() -> int:
    """How many inboxes' lists of received texts were not read to their end for ten minutes, of all teams."""
    ((count,),) = fetch("SELECT lookup_lists_behind()")
    return int(count)
