"""Invitations to a team: creating and renewing them, and the email that brings the link."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse

from accounts.access import Right, require_right
from accounts.audit.actions import AuditAction, TargetType
from accounts.audit.recording import Target, record_action
from accounts.models import Inbox, Invitation, Member, Role
from kernel.mail import compose_email, send_email


class AlreadyMember(Exception):
    """The person is in the team; the message says so."""


@dataclass(frozen=True)
class InvitationEmail:
    """The email of an invitation. Send it after the transaction has committed: it needs a mail server."""

    to: str
    team: str
    invited_by: str
    role: str
    token: str

    def send(self) -> bool:
        """Whether the mail server accepted it."""
        link = settings.PUBLIC_URL + reverse("invitation", args=[self.token])
        subject = f"{self.invited_by} invites you to {self.team} on Heymarket"
        context = {"email": self, "link": link}
        email = compose_email(subject, "accounts/invitation_email.txt", context, [self.to], self.team)
        return send_email(email.send, f"invitation to {self.to}")


def invite(email: str, role: str, inboxes: Iterable[Inbox], *, by: Member) -> InvitationEmail:
    """Invite an email address with a role and seats; an earlier invitation to the address is replaced.

    Raises PermissionDenied when the role is owner and `by` may not add owners, AlreadyMember for a member.
    """
    _require_right_to_grant(role, by)
    if by.team.members.filter(user__email__iexact=email).exists():
        raise AlreadyMember(f"{email} is already a member of this team.")
    earlier = by.team.invitations.filter(email__iexact=email).first()
    invitation = earlier or Invitation(team=by.team, email=email.lower())
    invitation.role, invitation.inbox_ids = role, [inbox.id for inbox in inboxes]
    return _renew_and_save(invitation, by)


def renew_invitation(invitation: Invitation, *, by: Member) -> InvitationEmail:
    """A new email for an open invitation. Its lifetime starts again and the earlier link stops working."""
    _require_right_to_grant(invitation.role, by)
    return _renew_and_save(invitation, by)


def email_again(invitation: Invitation) -> InvitationEmail:
    """The email for whoever has the copied link. The lifetime goes on, and the earlier email's link stops working."""
    token = invitation.replace_token()
    invitation.save(update_fields=["token_hash"])
    return _email(invitation, token)


def withdraw_invitation(invitation: Invitation, *, by: Member) -> None:
    """Delete it; its links no longer work. Raises PermissionDenied."""
    _require_right_to_grant(invitation.role, by)
    record_action(by.team_id, by, AuditAction.INVITATION_WITHDRAWN, _target(invitation))
    invitation.delete()


def _require_right_to_grant(role: str, by: Member) -> None:
    require_right(by, Right.MANAGE_MEMBERS)
    if role == Role.OWNER:
        require_right(by, Right.MANAGE_OWNERS)


def _renew_and_save(invitation: Invitation, by: Member) -> InvitationEmail:
    invitation.invited_by = str(by)[:80]
    token = invitation.renew()
    invitation.save()
    inboxes = by.team.inboxes.filter(id__in=invitation.inbox_ids).order_by("name", "id")
    record_action(
        by.team_id, by, AuditAction.INVITATION_SENT, _target(invitation),
        role=invitation.get_role_display(), inboxes=[inbox.name for inbox in inboxes],
    )  # fmt: skip
    return _email(invitation, token)


def _target(invitation: Invitation) -> Target:
    return Target(TargetType.INVITATION, invitation.email, invitation.id)


def _email(invitation: Invitation, token: str) -> InvitationEmail:
    team = invitation.team.name
    return InvitationEmail(invitation.email, team, invitation.invited_by, invitation.role, token)
