"""Authors of texts that are sent later: whether the member may still send them when their time comes.

A text that was sent at once goes out, whatever becomes of its author's rights: undo, retries and holds only delay it.
"""

from accounts.access import Right, may
from accounts.models import Inbox, Member


def find_author(team_id: int, id: int | None) -> Member | None:
    """The member who wrote a text, with what rights are made of; None for a program's, or if the member has left."""
    if id is None:
        return None
    members = Member.objects.filter(team_id=team_id, id=id)
    return members.select_related("user", "team", "custom_role").first()


def may_still_text(author: Member | None, inbox: Inbox) -> bool:
    """Whether the author of a text that waited may send it from this inbox now. Who has left may not."""
    return author is not None and may(author, Right.SEND_TEXTS, inbox)
