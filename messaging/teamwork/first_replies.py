"""First replies: if the team wants, a conversation that nobody takes care of goes to the member who answers it."""

from accounts.models import Member
from messaging.models import Conversation, Message, MessageStatus
from messaging.teamwork.assignment import assign, assignee_of


def assign_at_first_reply(message: Message, author: Member) -> None:
    """Assign the conversation of a text that a member wrote on a page, in the text's own transaction."""
    if not message.inbox.team.assign_on_reply or message.status == MessageStatus.REFUSED:
        return
    rows = Conversation.objects.filter(team_id=message.team_id, id=message.conversation_id)
    conversation = rows.select_related("inbox__team").get()
    if assignee_of(conversation) is None:
        assign(conversation, author, author)
