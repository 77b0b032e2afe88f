"""Ask somebody into a team: the invitation, and the letter that brings its token."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse

from accounts.access import Right, require_right
from accounts.models import Inbox, Invitation, Member, Role

log = logging.getLogger(__name__)


class AlreadyMember(Exception):
    """The person is in the team; the message says so."""


@dataclass(frozen=True)
class InvitationEmail:
    """An invitation on its way. Send it after the transaction has committed: it talks to a mail server."""

    to: str
    team: str
    invited_by: str
    role: str
    token: str

    def send(self) -> bool:
        """Whether the mail server took it."""
        link = settings.PUBLIC_URL + reverse("invitation", args=[self.token])
        body = render_to_string("accounts/invitation_email.txt", {"letter": self, "link": link})
        subject = f"{self.invited_by} invites you to {self.team} on Heymarket"
        try:
            EmailMessage(" ".join(subject.split()), body, to=[self.to]).send()
        except (OSError, SMTPException):
            log.exception("the invitation to %s could not be sent", self.to)
            return False
        return True


def invite(email: str, role: str, inboxes: Iterable[Inbox], *, by: Member) -> InvitationEmail:
    """Invite an address with a role and seats; an earlier invitation to it is replaced.

    Raises PermissionDenied when the role is owner and `by` may not make owners, AlreadyMember.
    """
    _may_give(role, by)
    if by.team.members.filter(user__email__iexact=email).exists():
        raise AlreadyMember(f"{email} is a member of this team already.")
    waiting = by.team.invitations.filter(email__iexact=email).first()
    invitation = waiting or Invitation(team=by.team, email=email.lower())
    invitation.role, invitation.inbox_ids = role, [inbox.id for inbox in inboxes]
    return _write(invitation, by)


def renew_invitation(invitation: Invitation, *, by: Member) -> InvitationEmail:
    """A new letter for an invitation that waits. Its time starts again and the link of the old letter ends."""
    _may_give(invitation.role, by)
    return _write(invitation, by)


def _may_give(role: str, by: Member) -> None:
    require_right(by, Right.MANAGE_MEMBERS)
    if role == Role.OWNER:
        require_right(by, Right.MANAGE_OWNERS)


def _write(invitation: Invitation, by: Member) -> InvitationEmail:
    invitation.invited_by = str(by)[:80]
    token = invitation.renew()
    invitation.save()
    return InvitationEmail(invitation.email, by.team.name, invitation.invited_by, invitation.role, token)
