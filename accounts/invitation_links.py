"""The link of an invitation that its team may copy and pass on.

Whoever passes it on could open it as well. So it does not prove the invited address, as the link in the email does: a
user who has proved the address joins by it, and for everybody else it sends that email once more.
"""

from django.conf import settings
from django.core import signing
from django.urls import reverse

from accounts.invitation_acceptance import InvalidInvitation
from accounts.models import Invitation
from kernel.cache import cache

EMAIL_EVERY = 300  # seconds: so often a copied link sends the email
_signer = signing.Signer(salt="invitation")


def copied_link(invitation: Invitation) -> str:
    token = _signer.sign_object([invitation.team_id, invitation.id])
    return settings.PUBLIC_URL + reverse("copied_invitation", args=[token])


def read_copied_link(token: str) -> tuple[int, int]:
    """The IDs of the team and of the invitation. Raises InvalidInvitation."""
    try:
        team_id, id = _signer.unsign_object(token)
    except signing.BadSignature:
        raise InvalidInvitation("This link is incomplete. Copy all of it, or ask for it again.") from None
    return team_id, id


def may_send_email(invitation: Invitation) -> bool:
    """Whether a copied link may send the email now; a question that is answered yes counts."""
    return bool(cache.add(_key(invitation), 1, EMAIL_EVERY))


def forget_email(invitation: Invitation) -> None:
    """The email was not sent after all."""
    cache.delete(_key(invitation))


def _key(invitation: Invitation) -> str:
    return f"invitation-email {invitation.team_id} {invitation.id}"
