"""Replies to broadcasts: what a person wrote within three days after a broadcast's text, without opt-outs."""

from datetime import timedelta
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from messaging.models import Message
from optout.models import Action, ConsentEvent

EFFECT_TIME = timedelta(hours=72)  # within which a reply or an opt-out counts for the text before it


def opt_outs_of(team_id: int) -> QuerySet[ConsentEvent]:
    """The opt-outs of the number of the row around this query."""
    return ConsentEvent.objects.filter(team_id=team_id, number=OuterRef("number"), action=Action.OPTED_OUT)


def has_reply(team_id: int) -> Exists:
    """Whether the text around this query has a reply."""
    inbound = Message.objects.filter(
        team_id=team_id,
        conversation_id=OuterRef("conversation_id"),
        number=OuterRef("number"),
        outbound=False,
        at__gte=OuterRef("at"),
        at__lte=OuterRef("at") + EFFECT_TIME,
    )
    # Erased texts share one conversation and have no number.
    return Exists(
        inbound.exclude(number="").filter(~Exists(opt_outs_of(team_id).filter(message_id=OuterRef("id"))))
    )


def replied_to_broadcast(team_id: int, broadcast_id: int | None = None) -> Exists:
    """Whether the conversation around this query has a reply to a text of a broadcast, or of any."""
    of_broadcast: dict[str, Any] = (
        {"broadcast_id": broadcast_id} if broadcast_id else {"broadcast_id__isnull": False}
    )
    texts = Message.objects.filter(team_id=team_id, conversation_id=OuterRef("id"), **of_broadcast)
    return Exists(texts.filter(has_reply(team_id)))
