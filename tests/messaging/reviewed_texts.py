"""Texts to review for the tests: inbound texts with their reviews."""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Inbox
from kernel.tenancy import scope
from messaging.carriers.base import InboundText
from messaging.inbound import receive
from messaging.models import Message
from messaging.simulator.adapter import new_sid
from optout.reviews import Review, ReviewKind


def receive_text(inbox: Inbox, number: str, body: str, minutes_ago: int = 0) -> Message:
    """Let a person's text arrive, which was sent so long ago."""
    sid = new_sid()
    receive(inbox, InboundText(sid, number, body, sent_at=timezone.now() - timedelta(minutes=minutes_ago)))
    with scope(inbox.team_id):
        return Message.objects.get(team_id=inbox.team_id, carrier_id=sid)


def review_text(
    inbox: Inbox,
    number: str,
    body: str,
    kind: ReviewKind = ReviewKind.HOLD,
    due_on: date | None = None,
    minutes_ago: int = 0,
    **columns: Any,
) -> Review:
    """Let a text arrive that waits for a decision, whatever the reader says about it."""
    text = receive_text(inbox, number, body, minutes_ago)
    columns = {
        "inbox": inbox, "number": number, "kind": kind, "rule": "may be meant for somebody else", "found": body[:200],
        "at": text.at, "due_on": due_on, "created_at": text.created_at, **columns,
    }  # fmt: skip
    with scope(inbox.team_id):
        review, _ = Review.objects.update_or_create(
            team_id=inbox.team_id, message_id=text.id, defaults=columns
        )
        return review
