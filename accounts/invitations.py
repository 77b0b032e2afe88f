"""Invitations to a team: creating and renewing them, and the email that brings the link."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from accounts.access import Right, require_right
from accounts.audit.actions import AuditAction, TargetType
from accounts.audit.models import AuditEntry
from accounts.audit.recording import Target, record_action
from accounts.models import Inbox, Invitation, Member, Team
from accounts.roles.choices import RoleChoice
from accounts.roles.granting import require_may_give
from kernel.mail import compose_email, send_email

# A team of this age is new: it sends fewer invitations, so that nobody signs up to send emails.
NEW_FOR = timedelta(days=7)
MOST_OF_NEW_TEAM = 10
PERIOD = timedelta(hours=24)


class AlreadyMember(Exception):
    """The person is in the team; the message says so."""


class TooManyInvitations(Exception):
    """A new team has sent as many as it may; the message says when it may send the next one."""


@dataclass(frozen=True)
class InvitationEmail:
    """The email of an invitation. Send it after the transaction has committed: it needs a mail server."""

    to: str
    team: str
    invited_by: str
    token: str

    def send(self) -> bool:
        """Whether the mail server accepted it."""
        link = settings.PUBLIC_URL + reverse("invitation", args=[self.token])
        subject = f"{self.invited_by} invites you to {self.team} on Heymarket"
        context = {"email": self, "link": link}
        email = compose_email(subject, "accounts/invitation_email.txt", context, [self.to], self.team)
        return send_email(email.send, f"invitation to {self.to}")


def invite(email: str, role: RoleChoice, inboxes: Iterable[Inbox], *, by: Member) -> InvitationEmail:
    """Invite an email address with a role and seats; an earlier invitation to the address is replaced.

    Raises PermissionDenied when `by` has not all rights of the role, AlreadyMember for a member, RoleGone,
    TooManyInvitations for a new team.
    """
    _require_right_to_grant(role.locked(), by)
    if by.team.members.filter(user__email__iexact=email).exists():
        raise AlreadyMember(f"{email} is already a member of this team.")
    earlier = by.team.invitations.filter(email__iexact=email).first()
    invitation = earlier or Invitation(team=by.team, email=email.lower())
    invitation.role, invitation.custom_role = role.role, role.own
    invitation.inbox_ids = [inbox.id for inbox in inboxes]
    return _renew_and_save(invitation, by)


def renew_invitation(invitation: Invitation, *, by: Member) -> InvitationEmail:
    """A new email for an open invitation. Its lifetime starts again and the earlier link stops working.

    Raises PermissionDenied and TooManyInvitations.
    """
    _require_right_to_grant(RoleChoice.of(invitation), by)
    return _renew_and_save(invitation, by)


def email_again(invitation: Invitation) -> InvitationEmail:
    """The email for whoever has the copied link. The lifetime goes on, and the earlier email's link stops working."""
    token = invitation.replace_token()
    invitation.save(update_fields=["token_hash"])
    return _email(invitation, token)


def withdraw_invitation(invitation: Invitation, *, by: Member) -> None:
    """Delete it; its links no longer work. Raises PermissionDenied."""
    _require_right_to_grant(RoleChoice.of(invitation), by)
    record_action(by.team_id, by, AuditAction.INVITATION_WITHDRAWN, _target(invitation))
    invitation.delete()


def _require_right_to_grant(role: RoleChoice, by: Member) -> None:
    require_right(by, Right.MANAGE_MEMBERS)
    require_may_give(by, role)


def _renew_and_save(invitation: Invitation, by: Member) -> InvitationEmail:
    _refuse_too_many(by.team)
    invitation.invited_by = str(by)[:80]
    token = invitation.renew()
    invitation.save()
    inboxes = by.team.inboxes.filter(id__in=invitation.inbox_ids).order_by("name", "id")
    record_action(
        by.team_id, by, AuditAction.INVITATION_SENT, _target(invitation),
        role=invitation.role_name, inboxes=[inbox.name for inbox in inboxes],
    )  # fmt: skip
    return _email(invitation, token)


def _refuse_too_many(team: Team) -> None:
    """Counted in the audit log, where nothing can be deleted."""
    now = timezone.now()
    if now - team.created_at > NEW_FOR:
        return
    sent = AuditEntry.objects.filter(team=team, action=AuditAction.INVITATION_SENT, at__gt=now - PERIOD)
    times = list(sent.order_by("-at").values_list("at", flat=True)[:MOST_OF_NEW_TEAM])
    if len(times) == MOST_OF_NEW_TEAM:
        hours = math.ceil((times[-1] + PERIOD - now).total_seconds() / 3600)
        when = "within the hour" if hours == 1 else f"in {hours} hours"
        raise TooManyInvitations(
            f"In its first week a team sends at most {MOST_OF_NEW_TEAM} invitations in 24 hours. The next one can be"
            f" sent {when}."
        )


def _target(invitation: Invitation) -> Target:
    return Target(TargetType.INVITATION, invitation.email, invitation.id)


def _email(invitation: Invitation, token: str) -> InvitationEmail:
    team = invitation.team.name
    return InvitationEmail(invitation.email, team, invitation.invited_by, token)
