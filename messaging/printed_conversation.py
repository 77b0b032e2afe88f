"""A conversation as a document: all its texts and the changes of consent of its number, oldest first, to print."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.access import TeamRequest, team_view
from kernel.phone_numbers import CHANNELS, display
from messaging.message_content import describe_content, media_pairs
from messaging.message_status import describe_status
from messaging.models import Conversation, Message
from messaging.page_contexts import find_conversation
from messaging.retention.wording import describe_erasure
from optout import ledger
from optout.wording import describe_entry

MOST_TEXTS = 5000  # the newest; a page of more would take a browser minutes


@dataclass(frozen=True)
class PrintedLine:
    """A text, or a change of consent, which has no `who`."""

    at: datetime  # in the team's time zone
    who: str
    words: str
    outcome: str = ""

    @property
    def local(self) -> str:
        """Like 2026-11-09 15:05:12-08:00: the year, the second and the offset, as a document needs them."""
        return self.at.isoformat(" ", "seconds")


@dataclass(frozen=True)
class PrintedConversation:
    """The lines of a conversation in the order of time, and how many older texts are left out."""

    lines: list[PrintedLine]
    texts: int
    left_out: int

    @classmethod
    def of(cls, conversation: Conversation) -> "PrintedConversation":
        rows = Message.objects.filter(team_id=conversation.team_id, conversation_id=conversation.id)
        newest = list(rows.order_by("-at", "-id")[:MOST_TEXTS])
        left_out = rows.count() - len(newest)
        since = newest[-1].at if left_out else None
        lines = [*_texts(conversation, newest[::-1]), *_changes(conversation, since)]
        return cls(sorted(lines, key=lambda line: line.at), len(newest), left_out)


def _texts(conversation: Conversation, texts: list[Message]) -> Iterator[PrintedLine]:
    zone = ZoneInfo(conversation.inbox.team.time_zone)
    for text in texts:
        who = (text.author_name or "Automatic") if text.outbound else str(conversation)
        outcome = describe_status(text).text if text.outbound else CHANNELS.get(text.channel, "")
        yield PrintedLine(text.at.astimezone(zone), who, _words(text, zone), outcome)


def _words(text: Message, zone: ZoneInfo) -> str:
    """The words with the attachments in words; what is left of an erased text, and of one that was not kept."""
    attachments = f"[{describe_content('', media_pairs(text.media))}]" if text.media else ""
    kept = " ".join(filter(None, [text.body, attachments, describe_erasure(text, zone)])) or text.content
    return kept or ("(not kept: the number was blocked)" if text.number else "(erased)")


def _changes(conversation: Conversation, since: datetime | None) -> Iterator[PrintedLine]:
    zone = ZoneInfo(conversation.inbox.team.time_zone)
    for event in ledger.entries(conversation.team_id, conversation.number):
        if since is None or event.happened_at >= since:
            yield PrintedLine(event.happened_at.astimezone(zone), "", f"{describe_entry(event)}.")


@require_GET
@team_view()
def printed_conversation(request: TeamRequest, conversation_id: int) -> HttpResponse:
    conversation = find_conversation(request, conversation_id)
    context = {
        "section": "inbox",
        "conversation": conversation,
        "printed": PrintedConversation.of(conversation),
        "shown_number": display(conversation.number, request.team.country),
        "now": timezone.now(),
    }
    return render(request, "messaging/printed_conversation.html", context)
