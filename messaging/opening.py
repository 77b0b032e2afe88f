"""Opening of a conversation by a member: its texts and mentions are seen, and no email tells of them."""

from typing import Any

from django.db.models import Exists, OuterRef, Q

from accounts.models import Member
from kernel.distribution.shards import on_shards
from kernel.sql import fetch
from messaging.models import Conversation
from messaging.notifications.models import UnseenEvent
from messaging.teamwork.models import Mention


def has_news(member: Member) -> Q:
    """That a mention is unseen, or that an email waits to tell this member of something."""
    of: dict[str, Any] = {
        "team_id": member.team_id,
        "member_id": member.id,
        "conversation_id": OuterRef("id"),
    }
    mentions, events = Mention.objects.filter(seen=False, **of), UnseenEvent.objects.filter(**of)
    return Q(Exists(mentions)) | Q(Exists(events))


def mark_opened(conversation: Conversation, member: Member) -> None:
    """Record that the member has seen everything. A conversation without news is left alone: nothing is written.

    It was read with `unread` and `has_news`.
    """
    if conversation.unread or conversation.has_news:  # type: ignore[attr-defined]  # annotated
        fetch(
            on_shards(_MARK_OPENED),
            team_id=member.team_id,
            conversation_id=conversation.id,
            member_id=member.id,
            seen=conversation.inbound_count,
        )


_MARK_OPENED = """
    WITH mentions AS (
      UPDATE messaging_mention SET seen = true
      WHERE team_id = $team_id AND conversation_id = $conversation_id AND member_id = $member_id AND NOT seen
    ), events AS (
      DELETE FROM messaging_unseenevent
      WHERE team_id = $team_id AND conversation_id = $conversation_id AND member_id = $member_id
    )
    INSERT INTO messaging_readmarker (team_id, conversation_id, member_id, seen)
    VALUES ($team_id, $conversation_id, $member_id, $seen)
    ON CONFLICT (team_id, conversation_id, member_id) DO UPDATE SET seen = excluded.seen
"""
