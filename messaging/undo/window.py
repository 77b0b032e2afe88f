"""Window of undo: how long a text waits, and which texts can still be taken back."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from django.utils import timezone

from accounts.models import Member
from messaging.models import Message, MessageStatus

UNDO_WINDOW = timedelta(seconds=5)


def undo_window(author: Member) -> timedelta | None:
    """How long the texts that this member sends from a page wait; None if the member has turned undo off."""
    return UNDO_WINDOW if author.user.undo_sends and UNDO_WINDOW else None


def can_be_taken_back(message: Message, member: Member) -> bool:
    """Whether it is the member's own, waited for an undo, and was never claimed."""
    is_own = message.author_id == member.id and message.undo_until is not None
    return is_own and message.status == MessageStatus.QUEUED and message.attempts == 0


def offer_undo(entries: Iterable[Any], member: Member) -> None:
    """Set in the entries of a thread how long the page offers to take each text back."""
    now = timezone.now()
    for entry in entries:
        if entry.kind == "text":
            entry.undo_seconds = seconds_left(entry.message, member, now)


def seconds_left(message: Message, member: Member, now: datetime) -> int:
    """The seconds in which a page offers to take the text back; 0 if it does not."""
    if message.undo_until is None or not can_be_taken_back(message, member):
        return 0
    return max(0, ceil((message.undo_until - now).total_seconds()))
