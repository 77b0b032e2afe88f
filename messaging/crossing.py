"""Crossing texts: what a colleague sent to the same person while a member was writing."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Inbox, Member
from kernel.id_parameter import read_id
from messaging.message_content import describe_content, media_pairs
from messaging.models import Conversation, Message, MessagePurpose, MessageStatus

# Older texts have been read, or are another day's affair.
RECENT = timedelta(hours=24)
SHOWN_WORDS = 140  # characters


class CrossedSend(Exception):
    """A member's text was not sent, because a colleague's text crossed it."""

    def __init__(self, crossing: "CrossingText") -> None:
        super().__init__(crossing.sentence)
        self.crossing = crossing


@dataclass(frozen=True)
class CrossingText:
    """A colleague's text that a member did not know, in words."""

    id: int
    author: str
    ago: str
    words: str

    @classmethod
    def of(cls, text: Message, now: datetime) -> "CrossingText":
        words = describe_content(text.body, media_pairs(text.media))
        shown = words if len(words) <= SHOWN_WORDS else f"{words[: SHOWN_WORDS - 1]}…"
        return cls(text.id, text.author_name or "A colleague", describe_age(now - text.created_at), shown)

    @property
    def sentence(self) -> str:
        return f"{self.author} replied {self.ago}: “{self.words}”"


def describe_age(age: timedelta) -> str:
    """4 seconds ago, 2 minutes ago, 3 hours ago."""
    seconds = max(int(age.total_seconds()), 1)
    for size, unit in ((3600, "hour"), (60, "minute"), (1, "second")):
        if seconds >= size:
            count = seconds // size
            return f"{count} {unit}{'' if count == 1 else 's'} ago"
    raise AssertionError("a second is the smallest unit")


def read_known(fields: Any) -> int | None:
    """The newest text that the writer of a form knew, or has confirmed. None if the form does not say."""
    known = [id for id in map(read_id, (fields.get("known"), fields.get("confirmed"))) if id is not None]
    return max(known, default=None)


def refuse_crossing(inbox: Inbox, number: str, author: Member, known: int | None) -> None:
    """Raise CrossedSend if a colleague has sent a text after the `known` one; ask under the conversation's lock.

    The lock lasts until the transaction ends, so of two texts at the same moment the second is asked. Texts of
    programs, automatic replies and texts that were refused cross nothing.
    """
    if known is None:
        return
    conversations = Conversation.objects.filter(team_id=inbox.team_id, inbox_id=inbox.id, number=number)
    conversation = conversations.select_for_update(no_key=True).only("id").first()
    if conversation is None:
        return
    now = timezone.now()
    unknown = Message.objects.filter(
        team_id=inbox.team_id,
        conversation_id=conversation.id,
        at__gte=now - RECENT,
        id__gt=known,
        outbound=True,
        purpose=MessagePurpose.TEXT,
        author_id__isnull=False,
    )
    text = unknown.exclude(author_id=author.id).exclude(status=MessageStatus.REFUSED).order_by("-id").first()
    if text is not None:
        raise CrossedSend(CrossingText.of(text, now))
