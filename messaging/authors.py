"""Authors of texts that are sent later: whether the member may still send them when their time comes.

A text that was sent at once goes out, whatever becomes of its author's rights: undo, retries and holds only delay it.
"""

from accounts.access import Right, may
from accounts.models import Inbox, Member, Role


def find_author(team_id: int, id: int | None) -> Member | None:
    """The member who wrote a text, with what rights are made of; None for a program's, or if the member has left."""
    if id is None:
        return None
    members = Member.objects.filter(team_id=team_id, id=id)
    return members.select_related("user", "team", "custom_role").first()


def may_still_text(author: Member | None, inbox: Inbox) -> bool:
    """Whether the author of a text that waited may send it from this inbox now. Who has left may not."""
    return author is not None and may(author, Right.SEND_TEXTS, inbox)


def with_owners(team_id: int, author: Member | None) -> list[Member]:
    """Whom it concerns that an author may not send something: the author, unless they have left, and the owners."""
    owners = Member.objects.filter(team_id=team_id, role=Role.OWNER).order_by("id")
    others = [owner for owner in owners.select_related("user", "team", "custom_role") if owner != author]
    return [author, *others] if author else others
