"""Queries on conversations: the insert-or-update of each text, and the number of unread texts."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple, Self

from django.db.models import F, FilteredRelation, Q, Value
from django.db.models.functions import Coalesce

from accounts.models import Inbox, Member
from kernel.sql import InsertStatement, fetch
from optout.models import StandingQuerySet

# Reports count the next text after so long a silence as the start of a new conversation.
CONVERSATION_GAP = timedelta(hours=24)
_STARTS_SQL = (
    # A difference of times is immutable, their sum with an interval is not, and Citus refuses what is not.
    f"old.id IS NULL OR new.last_message_at - old.last_message_at > interval '{CONVERSATION_GAP}'"
    " AS starts_conversation"
)
# Nobody is waiting in a closed conversation.
_AWAITING_SQL = "CASE WHEN NOT old.closed THEN old.awaiting_since END AS awaiting"
_NEW_SQL = "old.id IS NULL AS is_new"
# A text that was found late is not the newest.
_CHANNEL_SQL = (
    " channel = CASE WHEN excluded.last_inbound_at >= coalesce(t.last_inbound_at, '-infinity')"
    " THEN excluded.channel ELSE t.channel END,"
    " last_inbound_at = greatest(t.last_inbound_at, excluded.last_inbound_at),"
)
_STILL_AWAITING_SQL = "coalesce(CASE WHEN NOT t.closed THEN t.awaiting_since END, excluded.awaiting_since)"


class ConversationUpdate(NamedTuple):
    """The effect of an outbound text on its conversation."""

    id: int
    starts_conversation: bool
    awaiting: datetime | None  # since when the person had waited for an answer
    is_new: bool

    def waited_seconds(self, now: datetime) -> int | None:
        """How long the person had waited. None if nobody waited."""
        return max(0, int((now - self.awaiting).total_seconds())) if self.awaiting else None


class ConversationQuerySet(StandingQuerySet):
    def insert_inbound(
        self,
        inbox: Inbox,
        number: str,
        at: datetime,
        preview: str,
        *,
        is_request: bool = False,
        channel: str = "",
    ) -> InsertStatement:
        """INSERT of the inbox's conversation with a number, or its update, for one more inbound text.

        It wakes a snoozed conversation. The person now waits for an answer, unless the text is a request, which is
        answered automatically. Also returns whether the text starts a conversation.
        """
        since = None if is_request else at
        return self._upsert(
            inbox, number, at, preview, _STILL_AWAITING_SQL, f" snoozed_until = NULL,{_CHANNEL_SQL}",
            inbound_count=1, awaiting_since=since, channel=channel, last_inbound_at=at,
        )  # fmt: skip

    def record_outbound(
        self, inbox: Inbox, number: str, at: datetime, preview: str, *, refused: bool = False
    ) -> ConversationUpdate:
        """Insert or update the conversation for an outbound text, which answers the person unless it is refused."""
        awaiting = _STILL_AWAITING_SQL if refused else "NULL"
        insert = self._upsert(inbox, number, at, preview, awaiting)
        return ConversationUpdate(*fetch(insert.statement, *insert.values)[0])

    def insert_closed(self, inbox: Inbox, number: str, at: datetime) -> InsertStatement:
        """INSERT of a closed and empty conversation for a blocked number's receipts, unless it has a conversation."""
        return self.model.insert_statement(
            "ON CONFLICT (team_id, inbox_id, number) DO UPDATE SET closed = t.closed",  # returns its ID, and locks it
            team_id=inbox.team_id,
            inbox_id=inbox.id,
            number=number,
            closed=True,
            last_message_at=at,
            created_at=at,
        )

    def _upsert(
        self,
        inbox: Inbox,
        number: str,
        at: datetime,
        preview: str,
        awaiting: str,
        changes: str = "",
        **columns: Any,
    ) -> InsertStatement:
        return self.model.insert_statement(
            "ON CONFLICT (team_id, inbox_id, number) DO UPDATE SET closed = false,"
            f"{changes}"
            f" awaiting_since = {awaiting},"
            " inbound_count = t.inbound_count + excluded.inbound_count,"
            " last_message_at = greatest(t.last_message_at, excluded.last_message_at),"
            " preview = CASE WHEN excluded.last_message_at >= t.last_message_at"
            " THEN excluded.preview ELSE t.preview END",
            f"{_STARTS_SQL}, {_AWAITING_SQL}, {_NEW_SQL}",
            team_id=inbox.team_id,
            inbox_id=inbox.id,
            number=number,
            last_message_at=at,
            preview=preview[:140],
            created_at=at,
            **columns,
        )

    def with_unread(self, member: Member) -> Self:
        """Annotate `unread`: how many inbound texts this member has not seen."""
        return self.alias(
            marker=FilteredRelation("read_markers", condition=Q(read_markers__member_id=member.id))
        ).annotate(unread=F("inbound_count") - Coalesce(F("marker__seen"), Value(0)))
