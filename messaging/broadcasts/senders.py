"""Who may send a broadcast from which inbox."""

from accounts.access import Right, inboxes_with
from accounts.models import Inbox, Member
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
