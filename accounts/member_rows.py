"""Rows of the page Members: members and invitations, with what the member who looks may do to them."""

from dataclasses import dataclass
from typing import Self

from accounts.access import Right, may
from accounts.invitation_links import copied_link
from accounts.models import Invitation, Member
from accounts.roles.choices import RoleChoice
from accounts.roles.granting import may_give


@dataclass(frozen=True)
class MemberRow:
    """A member in the list."""

    member: Member
    sees_all: bool
    may_change: bool

    @classmethod
    def of(cls, member: Member, by: Member) -> Self:
        may_change = may(by, Right.MANAGE_MEMBERS) and may_give(by, RoleChoice.of(member))
        return cls(member, may(member, Right.SEE_ALL_INBOXES), may_change)


@dataclass(frozen=True)
class InvitationRow:
    """An invitation in the list."""

    invitation: Invitation
    link: str
    sees_all: bool
    may_change: bool

    @classmethod
    def of(cls, invitation: Invitation, by: Member) -> Self:
        role = RoleChoice.of(invitation)
        sees_all = Right.SEE_ALL_INBOXES in role.rights
        return cls(invitation, copied_link(invitation), sees_all, may_give(by, role))
