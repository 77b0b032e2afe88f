"""People of a search: the conversations with numbers that match a typed name or number."""

from dataclasses import dataclass

from django.db.models import Q

from accounts.models import Inbox, Member
from contacts.search.number_search import NumberMatches, normalize_query
from kernel.loading import Loader, rows_loader
from messaging.inbox import visible_conversations
from messaging.models import Conversation

MAX_PEOPLE = 6
MAX_CONVERSATIONS = 1_000  # of a person filter


@dataclass(frozen=True)
class PersonMatches:
    """Conversations, newest first, with the people whose name or number matches."""

    condition: Q

    @classmethod
    def of(cls, member: Member, typed: str) -> "PersonMatches | None":
        """None if the typed text has no letter or digit."""
        query = normalize_query(typed)
        if not any(character.isalnum() for character in query):
            return None
        found = NumberMatches.of(member.team, query)
        condition = Q(number__in=found.numbers)
        for first, behind in found.ranges:
            condition |= Q(number__gte=first, number__lt=behind)
        return cls(condition)

    def conversation_ids(self, member: Member) -> list[int]:
        rows = visible_conversations(member).filter(self.condition).order_by("-last_message_at")
        return list(rows.values_list("id", flat=True)[:MAX_CONVERSATIONS])

    def conversations(self, member: Member, inbox: Inbox | None = None) -> Loader[list[Conversation]]:
        """The newest conversations with what a list shows of them."""
        rows = visible_conversations(member).filter(self.condition)
        if inbox:
            rows = rows.filter(inbox_id=inbox.id)
        rows = rows.with_unread(member).with_standing(member.team, inbox="inbox_id")
        shown = rows.select_related("contact", "inbox").order_by("-last_message_at", "-id")[:MAX_PEOPLE]
        return rows_loader(shown)
