"""Changes of an account that concern its safety: each is in the audit log of the person's teams and in an email.

allauth reports its changes by the names of its own emails; `CHANGES` says what each of them is here.
"""

from functools import partial
from typing import Any, NamedTuple

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse

from accounts.audit.accounts import record_account_action
from accounts.audit.actions import AuditAction
from accounts.audit.client import client_ip
from accounts.audit.sign_ins import browser_of
from accounts.models import User
from kernel.mail import compose_email, send_email


class AccountChange(NamedTuple):
    """A change, with the sentence that the email says about it."""

    action: AuditAction
    heading: str
    sentence: str


ADDRESS_CONFIRMED = AccountChange(
    AuditAction.ADDRESS_CONFIRMED,
    "You have another email address",
    "{address} was confirmed as an address of your account. You can sign in and reset the password with it.",
)
TWO_FACTOR_RESET = AccountChange(
    AuditAction.TWO_FACTOR_RESET,
    "Your two-factor sign-in was reset",
    "Your second factors were removed, and all browsers were signed out. Add new ones after signing in.",
)
CHANGES = {
    "account/email/password_changed": AccountChange(
        AuditAction.PASSWORD_CHANGED,
        "Your password was changed",
        "The password of your account was changed. All other browsers were signed out.",
    ),
    "account/email/password_reset": AccountChange(
        AuditAction.PASSWORD_RESET,
        "Your password was reset",
        "The password of your account was reset by a link in an email. All browsers were signed out.",
    ),
    "account/email/email_changed": AccountChange(
        AuditAction.PRIMARY_ADDRESS_CHANGED,
        "Your primary email address was changed",
        "Emails now go to {to_email} instead of {from_email}.",
    ),
    "account/email/email_deleted": AccountChange(
        AuditAction.ADDRESS_REMOVED,
        "An email address was removed",
        "{deleted_email} is no longer an address of your account.",
    ),
    "mfa/email/totp_activated": AccountChange(
        AuditAction.AUTHENTICATOR_APP_ADDED,
        "Authenticator app added",
        "Signing in with your password now also needs a code of your authenticator app.",
    ),
    "mfa/email/totp_deactivated": AccountChange(
        AuditAction.AUTHENTICATOR_APP_REMOVED,
        "Authenticator app removed",
        "Codes of your authenticator app no longer count at sign-in.",
    ),
    "mfa/email/webauthn_added": AccountChange(
        AuditAction.PASSKEY_ADDED,
        "Passkey added",
        "A passkey was added to your account. It signs you in without the password.",
    ),
    "mfa/email/webauthn_removed": AccountChange(
        AuditAction.PASSKEY_REMOVED,
        "Passkey removed",
        "A passkey was removed from your account. It no longer signs you in.",
    ),
    "mfa/email/recovery_codes_generated": AccountChange(
        AuditAction.RECOVERY_CODES_MADE,
        "New recovery codes",
        "New recovery codes were made for your account. The codes from before no longer work.",
    ),
}


def tell(request: HttpRequest, user: User, change: AccountChange, email: str = "", **details: str) -> None:
    """Record a change and send the email, after the transaction has committed; to `email` if it is another."""
    record_account_action(user, change.action, **details)
    sentence = change.sentence.format(**details)
    transaction.on_commit(partial(send_account_email, request, email or user.email, change.heading, sentence))


def tell_of_sign_in(request: HttpRequest, user: User) -> None:
    """Tell of a sign-in from a browser that the account has not used before."""
    sentence = "Somebody signed in to your account from a browser that it has not used before."
    heading = "New sign-in to your account"
    transaction.on_commit(partial(send_account_email, request, user.email, heading, sentence))


def send_account_email(request: HttpRequest, email: str, heading: str, sentence: str, **more: Any) -> None:
    """The email about something that happened to an account, with the browser and the IP address that did it."""
    rows = [("Browser", browser_of(request)), ("IP address", client_ip())]
    context = {
        "heading": heading,
        "sentence": sentence,
        "rows": [{"label": label, "value": value} for label, value in rows if value],
        "link": settings.PUBLIC_URL + reverse("sign_in_security"),
        **more,
    }
    message = compose_email(heading, "accounts/account_email.txt", context, [email])
    send_email(message.send, f"{heading!r} to {email}")
