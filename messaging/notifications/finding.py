"""Finding of notifications: what happened since a member's settings were last looked at, and of what to tell."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Max
from django.utils import timezone

from accounts.access import visible_inboxes
from accounts.models import Member
from messaging.models import Conversation, Message
from messaging.notifications.models import NotificationSettings, NotifiedEvent
from messaging.teamwork.models import Activity, ActivityKind, Mention
from optout.reviews import Review, ReviewKind

# Rows get their IDs before they are committed: a row of a slow transaction is waited for this long.
SETTLED = timedelta(seconds=1)
MOST = 50  # of one kind at a time, so that an import or an outage fills nobody's screen


@dataclass(frozen=True)
class Notification:
    """One thing to tell a member."""

    event: NotifiedEvent
    conversation: Conversation
    title: str
    words: str

    @property
    def tag(self) -> str:
        """Browsers replace a notification of the same tag."""
        return f"conversation-{self.conversation.id}"


def find_new(member: Member, settings: NotificationSettings) -> list[Notification]:
    """What to tell, oldest first of each kind; moves the settings' marks, which the caller saves."""
    found = [
        *_texts(member, settings),
        *_mentions(member, settings),
        *_assignments(member, settings),
        *_possible_opt_outs(member, settings),
    ]
    return [notification for notification in found if notification.event in settings.events]


def skip_all(settings: NotificationSettings) -> None:
    """Move the marks to the newest rows: what happened before a choice is not told."""
    for mark, model in _MARKS.items():
        newest = model.objects.filter(team_id=settings.team_id).aggregate(id=Max("id"))["id"]
        setattr(settings, mark, newest or 0)


_MARKS: dict[str, Any] = {
    "texts_upto": Message,
    "mentions_upto": Mention,
    "assignments_upto": Activity,
    "reviews_upto": Review,
}


def _since(settings: NotificationSettings, mark: str, **conditions: Any) -> list[Any]:
    """The matching rows after a mark, which moves to the newest row of all; the newest MOST of them."""
    rows = _MARKS[mark].objects.filter(team_id=settings.team_id, id__gt=getattr(settings, mark))
    if mark == "texts_upto":
        rows = rows.filter(created_at__lte=timezone.now() - SETTLED)
    newest = rows.aggregate(id=Max("id"))["id"]
    if newest is None:
        return []
    setattr(settings, mark, newest)
    return list(rows.filter(id__lte=newest, **conditions).order_by("-id")[:MOST])[::-1]


def _texts(member: Member, settings: NotificationSettings) -> Iterator[Notification]:
    inbox_ids = visible_inboxes(member).filter(id__in=settings.inbox_ids).values_list("id", flat=True)
    texts = _since(settings, "texts_upto", outbound=False, inbox_id__in=list(inbox_ids))
    conversations = visible_among(member, (text.conversation_id for text in texts))
    for text in texts:
        if conversation := conversations.get(text.conversation_id):
            yield Notification(NotifiedEvent.TEXT, conversation, str(conversation), text.body)


def _mentions(member: Member, settings: NotificationSettings) -> Iterator[Notification]:
    mentions = _since(settings, "mentions_upto", member_id=member.id, seen=False)
    conversations = visible_among(member, (mention.conversation_id for mention in mentions))
    for mention in mentions:
        if conversation := conversations.get(mention.conversation_id):
            title = f"{mention.note.author_name} mentioned you · {conversation}"
            yield Notification(NotifiedEvent.MENTION, conversation, title, mention.note.body)


def _assignments(member: Member, settings: NotificationSettings) -> Iterator[Notification]:
    activities = _since(settings, "assignments_upto", kind=ActivityKind.ASSIGNED, assignee_id=member.id)
    conversations = visible_among(member, (activity.conversation_id for activity in activities))
    for activity in activities:
        conversation = conversations.get(activity.conversation_id)
        if conversation and activity.actor_id != member.id:
            title = f"{activity.actor_name} assigned you {conversation}"
            yield Notification(NotifiedEvent.ASSIGNED, conversation, title, conversation.preview)


def _possible_opt_outs(member: Member, settings: NotificationSettings) -> Iterator[Notification]:
    reviews = _since(settings, "reviews_upto", kind__in=[ReviewKind.HOLD, ReviewKind.MARK])
    texts = Message.objects.filter(team_id=member.team_id, id__in=[review.message_id for review in reviews])
    by_id = {text.id: text for text in texts}
    conversations = visible_among(member, (text.conversation_id for text in by_id.values()))
    for review in reviews:
        text = by_id.get(review.message_id)
        if text and (conversation := conversations.get(text.conversation_id)):
            title = f"Possible opt-out · {conversation}"
            yield Notification(NotifiedEvent.OPT_OUT, conversation, title, text.body)


def visible_among(member: Member, ids: Iterable[int]) -> dict[int, Conversation]:
    """Those of these conversations that the member may open."""
    rows = Conversation.objects.filter(team_id=member.team_id, id__in=set(ids)).exclude(number="")
    rows = rows.filter(inbox_id__in=visible_inboxes(member).values("id")).select_related("contact")
    return {row.id: row for row in rows}
