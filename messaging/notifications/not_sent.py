"""Scheduled texts that are not sent: who is told, and of what. Programs learn it from the API."""

from accounts.models import Member
from messaging.authors import find_author, may_still_text, with_owners
from messaging.models import Conversation
from messaging.notifications.finding import Notification, visible_among
from messaging.notifications.models import NotifiedEvent
from messaging.scheduling.models import ScheduledText
from optout.models import ConsentEvent


def find_not_sent(text: ScheduledText) -> list[tuple[Member, Notification]]:
    """Whom to tell that the text is not sent, of those who see its conversation."""
    found = []
    for member in _concerned(text):
        for conversation in visible_among(member, [text.conversation_id]).values():
            found.append((member, _notification(text, conversation)))
    return found


def _concerned(text: ScheduledText) -> list[Member]:
    """The author; and the owners, who may take it over, if the author may not text from the inbox any more."""
    author = find_author(text.team_id, text.author_id)
    if text.author_id is None or (author and _did_it(author, text)):
        return []
    if author and may_still_text(author, text.inbox):
        return [author]
    return with_owners(text.team_id, author)


def _did_it(author: Member, text: ScheduledText) -> bool:
    """Whether the author recorded the opt-out that cancelled the text, and saw on the page that it did."""
    entries = ConsentEvent.objects.filter(team_id=text.team_id, id=text.event_id or 0)
    return entries.filter(actor_id=author.id).exists()


def _notification(text: ScheduledText, conversation: Conversation) -> Notification:
    title = f"Scheduled text to {conversation} not sent: {text.why_not_sent}"
    return Notification(NotifiedEvent.NOT_SENT, conversation, title, text.body)
