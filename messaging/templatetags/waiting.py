"""Template tags of waiting times."""

from datetime import datetime
from typing import Any

from django import template
from django.utils import timezone

from accounts.models import Team
from messaging.hours.waiting import waiting_time
from messaging.models import Conversation

register = template.Library()


@register.inclusion_tag("messaging/waiting.html")
def waiting(conversation: Conversation, team: Team) -> dict[str, Any]:
    """How long the person of a conversation has waited; nothing if nobody waits."""
    since = conversation.awaiting_since
    if since is None or conversation.closed:
        return {}
    conversation.inbox.team = team
    return {"waiting": waiting_time(conversation.inbox, since, timezone.now()), "team": team}


@register.filter
def milliseconds(at: datetime) -> int:
    """A moment as JavaScript counts time."""
    return int(at.timestamp() * 1000)
