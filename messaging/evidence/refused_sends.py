"""Sends that were refused because of a number's standing: texts, and broadcasts that left the number out."""

from collections.abc import Iterator
from typing import Any

from messaging.broadcasts.left_out import LeftOut
from messaging.broadcasts.models import Broadcast, BroadcastRecipient
from messaging.evidence.entries import Part
from messaging.models import Conversation, Message, MessageStatus
from messaging.refusal_reasons import CARRIER_OPTED_OUT
from optout.consent_types import Refusal
from optout.ledger_hash import utc

BY_CONSENT = (Refusal.OPTED_OUT, Refusal.BLOCKED, Refusal.HELD, CARRIER_OPTED_OUT)
LEFT_OUT = (LeftOut.OPTED_OUT, LeftOut.BLOCKED, LeftOut.HELD)


def refused_parts(team_id: int, number: str) -> list[Part]:
    """All refused sends to a number, the oldest first, in the scope of the team."""
    return sorted([*_texts(team_id, number), *_broadcasts(team_id, number)], key=lambda part: part["at"])


def _texts(team_id: int, number: str) -> Iterator[Part]:
    conversations = Conversation.objects.filter(team_id=team_id, number=number)
    texts: Any = Message.objects.filter(
        team_id=team_id, conversation_id__in=list(conversations.values_list("id", flat=True)), outbound=True,
        status=MessageStatus.REFUSED, reason__in=BY_CONSENT,
    ).select_related("inbox")  # fmt: skip
    for text in texts:
        by = text.author_name or ("automatic" if text.is_automatic else "")
        yield _part(text.at, text.inbox.name, by, text.trouble, text.content)


def _broadcasts(team_id: int, number: str) -> Iterator[Part]:
    """A person who is left out has no text, so the broadcast's name stands for its words."""
    broadcasts = list(Broadcast.objects.filter(team_id=team_id).values_list("id", flat=True))
    rows: Any = BroadcastRecipient.objects.filter(
        team_id=team_id, broadcast_id__in=broadcasts, number=number, reason__in=LEFT_OUT, at__isnull=False
    ).select_related("broadcast")
    for row in rows:
        yield _part(row.at, "", f"broadcast {row.broadcast.name}", LeftOut(row.reason).label, "")


def _part(at: Any, inbox: str, by: str, reason: Any, words: str) -> Part:
    return {
        "kind": "refused_send", "at": utc(at), "inbox": inbox, "by": by, "reason": str(reason), "words": words,
    }  # fmt: skip
