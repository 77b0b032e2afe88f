"""Come into a team: found one when signing up, or take the place that an invitation offers."""

import enum

from allauth.account.models import EmailAddress
from django.contrib.auth.models import AnonymousUser
from django.db import transaction

from accounts import memberships, scope_lookups
from accounts.models import Invitation, Member, User, hash_token


class InvalidInvitation(Exception):
    """An invitation leads nowhere; the message says why and what to do."""


def find_invitation(token: str) -> tuple[int, int]:
    """The team and the id of the invitation behind a letter's token. Raises NotValid when there is none.

    It may have been used or withdrawn, or a newer letter replaced it: the row is gone or has another token, and we
    do not know which.
    """
    found = scope_lookups.invitation_by_token_hash(hash_token(token))
    if found is None:
        raise InvalidInvitation(
            "This invitation was used, withdrawn, or replaced by a newer letter. "
            "If you joined already, sign in. If not, look for a newer letter or ask for one."
        )
    return found.team_id, found.id


def load_invitation(team_id: int, id: int, *, lock: bool = False) -> Invitation:
    """The invitation, inside its team's scope; with `lock`, nobody else can take it. Raises NotValid."""
    invitations = Invitation.objects.select_for_update() if lock else Invitation.objects.all()
    invitation = invitations.filter(team_id=team_id, id=id).first()
    if invitation is None:
        raise InvalidInvitation("This invitation was used or withdrawn a moment ago.")
    if invitation.expired:
        raise InvalidInvitation(
            f"This invitation has expired: it was good for {Invitation.LIFETIME.days} days. "
            f"Ask {invitation.invited_by} to send it again."
        )
    return invitation


class Visitor(enum.StrEnum):
    """Who stands at the door with an invitation."""

    WITHOUT_ACCOUNT = "new"  # signs up
    SIGNED_OUT = "known"  # the address has an account: signs in
    INVITED_USER = "welcome"  # signed in by this address
    OTHER_USER = "other"  # signed in by another one


def identify_visitor(invitation: Invitation, user: User | AnonymousUser) -> Visitor:
    if isinstance(user, User):
        return Visitor.INVITED_USER if is_addressed_to(invitation, user) else Visitor.OTHER_USER
    return (
        Visitor.SIGNED_OUT
        if User.objects.filter(email__iexact=invitation.email).exists()
        else Visitor.WITHOUT_ACCOUNT
    )


def is_addressed_to(invitation: Invitation, user: User) -> bool:
    """Whether the user goes by the invited address: it is the one to sign in with, or a confirmed other one."""
    if user.email.lower() == invitation.email.lower():
        return True
    return EmailAddress.objects.filter(user=user, email__iexact=invitation.email, verified=True).exists()


def accept(invitation: Invitation, user: User) -> Member:
    """Make the user a member and use the invitation up. Who holds its token has proved the address."""
    team = invitation.team
    member, made = Member.objects.get_or_create(team=team, user=user, defaults={"role": invitation.role})
    if made:
        memberships.set_inboxes_of_member(member, team.inboxes.filter(id__in=invitation.inbox_ids))
    _confirm(user, invitation.email)
    invitation.delete()
    return member


def sign_up(invitation: Invitation, name: str, password: str) -> Member:
    """Make a user of the invited address, and a member of the team."""
    with transaction.atomic():
        user = User.objects.create_user(invitation.email, password, name=name)
        return accept(invitation, user)


def _confirm(user: User, email: str) -> None:
    address, _ = EmailAddress.objects.get_or_create(
        user=user, email=email.lower(), defaults={"primary": user.email.lower() == email.lower()}
    )
    address.set_verified()
