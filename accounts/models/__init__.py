"""Teams, their users and members, their inboxes, and invitations."""

from accounts.models.inboxes import Carrier, Inbox, InboxQuerySet, KeywordResponder, OptOutReading, Seat
from accounts.models.invitations import Invitation, hash_token
from accounts.models.members import Member, MemberQuerySet, Role, RoleHolder, shown_name
from accounts.models.teams import Team, TeamManager
from accounts.models.users import User, UserManager

__all__ = [
    "Carrier",
    "Inbox",
    "InboxQuerySet",
    "Invitation",
    "KeywordResponder",
    "Member",
    "MemberQuerySet",
    "OptOutReading",
    "Role",
    "RoleHolder",
    "Seat",
    "Team",
    "TeamManager",
    "User",
    "UserManager",
    "hash_token",
    "shown_name",
]

# Models in modules of their own, which Django finds through this one.
import accounts.audit.models
import accounts.sign_in_limits
import accounts.single_sign_on.models  # noqa: F401
