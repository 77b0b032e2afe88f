"""What one member may do, and why: by the role in the team, and by the roles in inboxes."""

from dataclasses import dataclass
from typing import Any

from accounts.access import rights_in, rights_of, visible_inboxes
from accounts.models import Inbox, Member, Role
from accounts.rights import IN_INBOX, Right, RightGroup
from accounts.roles.choices import RoleChoice


@dataclass(frozen=True)
class InboxRights:
    """What the member may do in an inbox."""

    inbox: Inbox
    role: RoleChoice  # that counts there
    is_own: bool  # whether it is the role in this inbox, and not the one in the team
    allowed: list[Right]
    refused: list[Right]


def rights_page(member: Member) -> dict[str, Any]:
    """The context of the page."""
    role, rights = RoleChoice.of(member), rights_of(member)
    groups = [
        (group, [(right, right in rights) for right in Right if right.group == group])
        for group in RightGroup
        if group != RightGroup.INBOXES
    ]
    return {"member": member, "role": role, "inboxes": _inboxes(member, role), "groups": groups}


def _inboxes(member: Member, role: RoleChoice) -> list[InboxRights]:
    in_seats = {}
    if member.role == Role.MEMBER:  # the roles of owners and admins are the same in every inbox
        seats = member.seats.exclude(role="").select_related("custom_role")
        in_seats = {seat.inbox_id: RoleChoice.of(seat) for seat in seats}
    return [
        _of_inbox(member, inbox, in_seats.get(inbox.id, role), is_own=inbox.id in in_seats)
        for inbox in visible_inboxes(member).present()
    ]


def _of_inbox(member: Member, inbox: Inbox, role: RoleChoice, *, is_own: bool) -> InboxRights:
    rights = rights_in(member, inbox.id)
    in_order = [right for right in Right if right in IN_INBOX]
    return InboxRights(
        inbox,
        role,
        is_own,
        [right for right in in_order if right in rights],
        [right for right in in_order if right not in rights],
    )
