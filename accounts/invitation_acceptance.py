"""Acceptance of an invitation: find it by its token, check who visits it, sign up, become a member."""

import enum

from allauth.account.models import EmailAddress
from django.contrib.auth.models import AnonymousUser
from django.db import transaction

from accounts.memberships import set_inboxes_of_member
from accounts.models import Invitation, Member, User, hash_token
from accounts.scope_lookups import invitation_by_token_hash


class InvalidInvitation(Exception):
    """The invitation is no longer valid; the message says why and what to do."""


def find_invitation(token: str) -> tuple[int, int]:
    """The team's ID and the invitation's ID behind the token of an e-mail. Raises InvalidInvitation if there is none.

    The reasons cannot be distinguished: used and withdrawn invitations have no row, renewed invitations another token.
    """
    found = invitation_by_token_hash(hash_token(token))
    if found is None:
        raise InvalidInvitation(
            "This invitation was used, withdrawn, or replaced by a newer e-mail. "
            "If you have already joined, sign in. If not, look for a newer e-mail, or ask for a new invitation."
        )
    return found.team_id, found.id


def load_invitation(team_id: int, id: int, *, lock: bool = False) -> Invitation:
    """The invitation, inside its team's scope; `lock` keeps others from accepting it. Raises InvalidInvitation."""
    invitations = Invitation.objects.select_for_update() if lock else Invitation.objects.all()
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

    WITHOUT_ACCOUNT = "without_account"  # signs up
    SIGNED_OUT = "signed_out"  # the address has an account: signs in
    INVITED_USER = "invited_user"  # signed in with the invited address
    OTHER_USER = "other_user"  # signed in with another address


def identify_visitor(invitation: Invitation, user: User | AnonymousUser) -> Visitor:
    if isinstance(user, User):
        return Visitor.INVITED_USER if is_addressed_to(invitation, user) else Visitor.OTHER_USER
    return (
        Visitor.SIGNED_OUT
        if User.objects.filter(email__iexact=invitation.email).exists()
        else Visitor.WITHOUT_ACCOUNT
    )


def is_addressed_to(invitation: Invitation, user: User) -> bool:
    """Whether the user has the invited address: as the address to sign in with, or as another confirmed address."""
    if user.email.lower() == invitation.email.lower():
        return True
    return EmailAddress.objects.filter(user=user, email__iexact=invitation.email, verified=True).exists()


def accept(invitation: Invitation, user: User) -> Member:
    """Make the user a member and delete the invitation. Its token proves that the address is the user's."""
    team = invitation.team
    member, created = Member.objects.get_or_create(team=team, user=user, defaults={"role": invitation.role})
    if created:
        set_inboxes_of_member(member, team.inboxes.filter(id__in=invitation.inbox_ids))
    _confirm(user, invitation.email)
    invitation.delete()
    return member


def sign_up(invitation: Invitation, name: str, password: str) -> Member:
    """Create a user with the invited address, and make the user a member."""
    with transaction.atomic():
        user = User.objects.create_user(invitation.email, password, name=name)
        return accept(invitation, user)


def _confirm(user: User, email: str) -> None:
    address, _ = EmailAddress.objects.get_or_create(
        user=user, email=email.lower(), defaults={"primary": user.email.lower() == email.lower()}
    )
    address.set_verified()
