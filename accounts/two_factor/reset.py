"""Reset of a lost second factor: an owner offers it to a member, who confirms it by a link in an email.

A user's second factor protects all teams of the user. So no owner can remove it alone: the owner of one team would
otherwise decide about the others.
"""

from datetime import timedelta
from functools import partial

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core import signing
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse

from accounts.account_changes import TWO_FACTOR_RESET, send_account_email, tell
from accounts.audit.actions import AuditAction, TargetType
from accounts.audit.recording import Target, record_action
from accounts.models import Member, User
from accounts.sessions.ending import end_all_sessions
from accounts.two_factor.second_factors import remove_second_factors

LIFETIME = timedelta(days=1)
_SALT = "two-factor-reset"


class InvalidReset(Exception):
    """The link does not work; the message says why and what to do."""


def offer_reset(request: HttpRequest, member: Member, *, by: Member) -> None:
    """Record it, and send the member the link once the transaction has committed."""
    target = Target(TargetType.MEMBER, str(member), member.id)
    record_action(member.team_id, by, AuditAction.TWO_FACTOR_RESET_OFFERED, target)
    sentence = (
        f"{by} of {member.team.name} lets you remove a second factor that you lost. The link works for a day. "
        "It also signs you out everywhere; afterwards you sign in with your password alone."
    )
    link = settings.PUBLIC_URL + reverse("two_factor_reset", args=[_token(member.user)])
    advice = "If you did not ask for this, do not open the link, and tell an owner of your team."
    send = partial(
        send_account_email, request, member.user.email, "Reset your two-factor sign-in", sentence,
        link=link, button="Reset two-factor sign-in", advice=advice,
    )  # fmt: skip
    transaction.on_commit(send)


def read_reset_link(token: str) -> User:
    """The user of a link. Raises InvalidReset, also if the second factors have changed since."""
    try:
        user_id, ids = signing.loads(token, salt=_SALT, max_age=LIFETIME)
    except signing.BadSignature:
        raise InvalidReset(
            "This link is incomplete or older than a day. Ask an owner of your team again."
        ) from None
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None or not ids or ids != _ids(user):
        raise InvalidReset("This link was used already, or your second factors have changed since.")
    return user


@transaction.atomic
def reset_two_factor(request: HttpRequest, user: User) -> None:
    remove_second_factors(user)
    end_all_sessions(user)
    tell(request, user, TWO_FACTOR_RESET)


def _token(user: User) -> str:
    return signing.dumps([user.pk, _ids(user)], salt=_SALT)


def _ids(user: User) -> list[int]:
    return list(Authenticator.objects.filter(user=user).order_by("pk").values_list("pk", flat=True))
