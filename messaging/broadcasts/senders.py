"""Who may send a broadcast from which inbox, and whether its author still may when it starts."""

from accounts.access import Right, inboxes_with, may
from accounts.models import Inbox, Member
from messaging.authors import find_author
from messaging.broadcasts.models import Broadcast


def closed_to(member: Member) -> list[Inbox]:
    """The open inboxes in which the member may not send texts."""
    sendable = inboxes_with(member, Right.SEND_TEXTS)
    return list(member.team.inboxes.open().exclude(id__in=sendable.values("id")).order_by("name", "id"))


def find_refusal(broadcast: Broadcast, member: Member) -> str:
    """Why the member may not send the broadcast from its inboxes, in a sentence; empty if the member may."""
    refused = closed_to(member)
    if broadcast.inbox_id:
        refused = [inbox for inbox in refused if inbox.id == broadcast.inbox_id]
    if not refused:
        return ""
    return f"You may not send texts in {refused[0]}. Choose an inbox in which you may."


def author_may_send(broadcast: Broadcast) -> bool:
    """Whether the member who confirmed it may send it now; of a program's, the member whom it named, if it did.

    A program's own right to send broadcasts is the scope of its key.
    """
    if broadcast.author_id is None:
        return True
    author = find_author(broadcast.team_id, broadcast.author_id)
    if author is None or find_refusal(broadcast, author):
        return False
    return broadcast.by_program or may(author, Right.SEND_BROADCASTS)
