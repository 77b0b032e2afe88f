"""Folders of conversations: which conversations each one has, in which order, and what it says when it is empty."""

from typing import Any, Self

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q, QuerySet, TextChoices

from accounts.models import Member
from messaging.broadcasts.replies import replied_to_broadcast
from messaging.models import Conversation, ReadMarker
from messaging.scheduling.models import ScheduledText, ScheduleOutcome
from messaging.teamwork.models import Assignment, Mention
from optout.models import Suppression


class Folder(TextChoices):
    """The folders of conversations. A new text moves its conversation to the open folders.

    To review lists texts instead of conversations (messaging.to_review).
    """

    OPEN = "open", "Open"
    MINE = "mine", "Mine"
    WAITING = "waiting", "Waiting"  # for an answer, longest first
    REVIEW = "review", "To review"
    UNREAD = "unread", "Unread"
    UNASSIGNED = "unassigned", "Unassigned"
    MENTIONS = "mentions", "Mentions"
    SCHEDULED = "scheduled", "Scheduled"
    SNOOZED = "snoozed", "Snoozed"  # first to wake first
    REPLIES = "replies", "Replies"  # to broadcasts
    CLOSED = "closed", "Closed"
    OPTED_OUT = "opted-out", "Opted out"

    @classmethod
    def named(cls, name: str) -> Self:
        return cls(name) if name in cls.values else cls("open")

    @property
    def emptiness(self) -> str:
        """The heading of the folder without conversations."""
        return _WHEN_EMPTY[self][0]

    @property
    def purpose(self) -> str:
        """What appears in the folder, in a sentence."""
        return _WHEN_EMPTY[self][1]

    @property
    def order(self) -> str:
        """The field that orders the folder: newest text first, but longest waiting and first to wake first."""
        return {Folder.WAITING: "awaiting_since", Folder.SNOOZED: "snoozed_until"}.get(
            self, "last_message_at"
        )

    @property
    def descending(self) -> bool:
        return self.order == "last_message_at"

    @property
    def is_walked(self) -> bool:
        """Whether no index has its condition; see messaging.folder_rows."""
        return self in (Folder.UNREAD, Folder.OPTED_OUT, Folder.REPLIES)

    @property
    def begins_at_rows(self) -> bool:
        """Whether it is read from the few rows that its conversations have, and sorted; no other index is walked."""
        return self == Folder.SCHEDULED

    @property
    def closed(self) -> tuple[bool, ...]:
        """Whether its conversations are closed; both values if that does not matter."""
        if self in (Folder.OPTED_OUT, Folder.MENTIONS, Folder.SCHEDULED, Folder.REPLIES):
            return (False, True)
        return (self == Folder.CLOSED,)

    def base(self, member: Member) -> QuerySet[Conversation]:
        """The conversations of the member's team among which the folder chooses, read from an index in its order."""
        conversations = Conversation.objects.filter(team_id=member.team_id).exclude(number="")
        if self == Folder.WAITING:
            return conversations.filter(awaiting_since__isnull=False, snoozed_until=None)
        if self == Folder.SNOOZED:
            return conversations.filter(snoozed_until__isnull=False)
        if self in (Folder.OPEN, Folder.MINE, Folder.UNREAD, Folder.UNASSIGNED):
            return conversations.filter(snoozed_until=None)
        return conversations

    def condition(self, member: Member) -> Q:
        """What the folder asks of a conversation besides."""
        match self:
            case Folder.MENTIONS:
                return Q(_related(Mention, member, member_id=member.id))
            case Folder.SCHEDULED:
                return Q(_is_among(_scheduled(member)))
            case Folder.MINE:
                return Q(_related(Assignment, member, member_id=member.id))
            case Folder.UNASSIGNED:
                return ~Q(_related(Assignment, member))
            case Folder.UNREAD:
                return unread_by(member)
            case Folder.OPTED_OUT:
                return Q(may_not_be_texted(member))
            case Folder.REPLIES:
                return Q(inbound_count__gt=0) & Q(replied_to_broadcast(member.team_id))
        return Q()

    def counted(self, member: Member) -> Q:
        """What its count asks of a conversation: of mentions those that the member has not seen."""
        if self == Folder.MENTIONS:
            return Q(_related(Mention, member, member_id=member.id, seen=False))
        return self.condition(member)


def unread_by(member: Member) -> Q:
    """That the member has not seen all texts of the person."""
    seen = ReadMarker.objects.filter(
        team_id=member.team_id,
        conversation_id=OuterRef("id"),
        member_id=member.id,
        seen__gte=OuterRef("inbound_count"),
    )
    return Q(inbound_count__gt=0) & ~Q(Exists(seen))


def may_not_be_texted(member: Member, **conditions: Any) -> Exists:
    """That the number is opted out or blocked in the conversation's inbox."""
    here = Q(inbox=None) | Q(inbox_id=OuterRef("inbox_id"))
    rows = Suppression.objects.filter(here, team_id=member.team_id, number=OuterRef("number"), **conditions)
    return Exists(rows)


def _related(model: Any, member: Member, **conditions: Any) -> Exists:
    """Whether the conversation has such a row."""
    return Exists(model.objects.filter(team_id=member.team_id, conversation_id=OuterRef("id"), **conditions))


def _scheduled(member: Member) -> QuerySet[ScheduledText, Any]:
    """The IDs of the conversations with a text to be sent later."""
    rows = ScheduledText.objects.filter(team_id=member.team_id, outcome=ScheduleOutcome.SCHEDULED)
    return rows.values("conversation_id")


def _is_among(ids: QuerySet[Any, Any]) -> Func:
    """Whether the conversation's ID is one of these, which PostgreSQL reads first.

    As a semijoin it may walk all conversations in their order instead: it assumes that some will soon be found.
    """
    return Func(
        F("id"),
        ArraySubquery(ids),
        template="%(expressions)s)",
        arg_joiner=" = ANY (",
        output_field=BooleanField(),
    )


_WHEN_EMPTY = {
    Folder.OPEN: ("No open conversations", "Texts to your inboxes appear here as they arrive."),
    Folder.MINE: (
        "Nothing is assigned to you",
        "Conversations that you take, or that others give you, appear here.",
    ),
    Folder.WAITING: (
        "Nobody is waiting",
        "People who wrote and got no answer appear here, the longest waiting first.",
    ),
    Folder.REVIEW: ("Nothing to review", "Texts that wait for a decision appear here."),
    Folder.UNREAD: (
        "You have read everything",
        "Open conversations with texts that you have not seen appear here.",
    ),
    Folder.UNASSIGNED: (
        "Everything is assigned",
        "Open conversations that are assigned to nobody appear here.",
    ),
    Folder.MENTIONS: ("Nobody has mentioned you", "Conversations with a note that names you appear here."),
    Folder.SCHEDULED: (
        "Nothing is scheduled",
        "Conversations with a text to be sent later appear here, also if nobody may send it any more.",
    ),
    Folder.SNOOZED: (
        "Nothing is snoozed",
        "Snoozed conversations appear here until their time, or until the person writes.",
    ),
    Folder.REPLIES: (
        "No replies to broadcasts",
        "Conversations in which a person answered a broadcast within three days appear here.",
    ),
    Folder.CLOSED: ("No closed conversations", "Closed conversations appear here. A new text reopens them."),
    Folder.OPTED_OUT: (
        "Nobody has opted out",
        "Conversations with numbers that may not be texted appear here, open and closed ones.",
    ),
}
