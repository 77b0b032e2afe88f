"""Acceptance of an invitation: find it by its token, check who visits it, sign up, become a member."""

import enum

from allauth.account.models import EmailAddress
from django.contrib.auth.models import AnonymousUser
from django.db import transaction

from accounts.addresses import account_of, create_account, has_proved, is_proved
from accounts.clock_fields import own_settings
from accounts.memberships import add_member
from accounts.models import Invitation, Member, User, hash_token
from accounts.roles.choices import RoleChoice
from accounts.scope_lookups import invitation_by_token_hash
from accounts.single_sign_on.removed_members import forget_removal


class InvalidInvitation(Exception):
    """The invitation is no longer valid; the message says why and what to do."""


def find_invitation(token: str) -> tuple[int, int]:
    """The team's ID and the invitation's ID behind the token of an email. Raises InvalidInvitation if there is none.

    The reasons cannot be distinguished: used and withdrawn invitations have no row, renewed invitations another token.
    """
    found = invitation_by_token_hash(hash_token(token))
    if found is None:
        raise InvalidInvitation(
            "This invitation was used, withdrawn, or replaced by a newer email. "
            "If you have already joined, sign in. If not, look for a newer email, or ask for a new invitation."
        )
    return found.team_id, found.id


def load_invitation(team_id: int, id: int, *, lock: bool = False) -> Invitation:
    """The invitation, inside its team's scope; `lock` keeps others from accepting it. Raises InvalidInvitation."""
    invitations = Invitation.objects.select_related("team", "custom_role")
    if lock:
        invitations = invitations.select_for_update(no_key=True, of=("self",))
    invitation = invitations.filter(team_id=team_id, id=id).first()
    if invitation is None:
        raise InvalidInvitation("This invitation was used or withdrawn a moment ago.")
    if invitation.expired:
        raise InvalidInvitation(
            f"This invitation has expired: it was valid for {Invitation.LIFETIME.days} days. "
            f"Ask {invitation.invited_by} to send it again."
        )
    return invitation


class Visitor(enum.StrEnum):
    """The visitor of an invitation's page."""

    WITHOUT_ACCOUNT = "without_account"  # no account has proved the address: signs up
    SIGNED_OUT = "signed_out"  # an account has proved the address: signs in
    INVITED_USER = "invited_user"  # signed in with the invited address
    OTHER_USER = "other_user"  # signed in with another address


def identify_visitor(invitation: Invitation, user: User | AnonymousUser) -> Visitor:
    if not isinstance(user, User):
        return Visitor.SIGNED_OUT if is_proved(invitation.email) else Visitor.WITHOUT_ACCOUNT
    if is_addressed_to(invitation, user):
        return Visitor.INVITED_USER
    # The user of an unproved address signs up like everybody: that ends what others had prepared under the address.
    own = user.email.lower() == invitation.email.lower() and account_of(invitation.email) == user
    return Visitor.WITHOUT_ACCOUNT if own else Visitor.OTHER_USER


def is_addressed_to(invitation: Invitation, user: User) -> bool:
    """Whether the user has proved the invited address, to sign in with or as another address."""
    return has_proved(user, invitation.email)


def accept(invitation: Invitation, user: User) -> Member:
    """Make the user a member and delete the invitation."""
    team = invitation.team
    inboxes = team.inboxes.filter(id__in=invitation.inbox_ids)
    member = add_member(team, user, RoleChoice.of(invitation), inboxes, invited_by=invitation.invited_by)
    EmailAddress.objects.filter(user=user, verified=False).delete()
    forget_removal(team.id, user)
    invitation.delete()
    return member


@transaction.atomic
def join(invitation: Invitation, name: str, password: str, clock_settings: dict[str, str]) -> Member:
    """Make a member of the person with the invited address, which the invitation's token proves."""
    user = create_account(invitation.email, name, password)
    User.objects.filter(pk=user.pk).update(**own_settings(invitation.team, clock_settings))
    return accept(invitation, user)
