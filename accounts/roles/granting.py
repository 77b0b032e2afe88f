"""Granting of roles: nobody gives or takes rights that they do not have."""

from django.core.exceptions import PermissionDenied

from accounts.access import rights_in, rights_of
from accounts.models import Inbox, Member
from accounts.rights import IN_INBOX, Right
from accounts.roles.choices import RoleChoice


def may_give(by: Member, choice: RoleChoice) -> bool:
    """Whether the member may give the role to others, and take it from them."""
    return choice.rights <= rights_of(by)


def require_may_give(by: Member, choice: RoleChoice) -> None:
    """Raise PermissionDenied, with the first right that `by` does not have, unless `may_give`."""
    _refuse_missing(choice, choice.rights - rights_of(by))


def may_give_in(by: Member, choice: RoleChoice, inbox: Inbox) -> bool:
    """The same for a role in an inbox, where only rights in inboxes count."""
    return choice.rights & IN_INBOX <= rights_in(by, inbox.id)


def require_may_give_in(by: Member, choice: RoleChoice, inbox: Inbox) -> None:
    """Raise PermissionDenied unless `may_give_in`."""
    _refuse_missing(choice, (choice.rights & IN_INBOX) - rights_in(by, inbox.id))


def _refuse_missing(choice: RoleChoice, missing: frozenset[Right]) -> None:
    for right in (right for right in reversed(Right) if right in missing):
        raise PermissionDenied(
            f"You may not give or take the role {choice.name}: with it a member may {right.sentence}, and you may not."
        )
