"""Adapter of allauth: our sentences, links under PUBLIC_URL, and emails that may fail without failing the page."""

from functools import partial
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core import context as allauth_context
from allauth.core.internal import ratelimit
from django.conf import settings
from django.contrib.messages import ERROR
from django.core.mail import EmailMessage
from django.db import transaction
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse

from accounts.account_changes import ADDRESS_CONFIRMED, CHANGES, tell, tell_of_sign_in
from accounts.addresses import release
from accounts.audit.sign_ins import record_failed_sign_in, record_sign_in
from accounts.sessions.activity import note, use_of
from accounts.sessions.ending import forget_sessions
from accounts.sessions.known_browsers import note_browser
from accounts.single_sign_on.arrival import begin_bound_session
from accounts.single_sign_on.marks import forget_marks
from accounts.two_factor.confirmation import signed_in_recently
from kernel.mail import compose_email, send_email

_APP = "allauth.account"
ANYWHERE = "login_failed_anywhere"  # in ACCOUNT_RATE_LIMITS
CONFIRMATION_WAYS = {
    "reauthenticate": "your password",
    "mfa_reauthenticate": "a code",
    "mfa_reauthenticate:webauthn": "a passkey",
}


class AccountAdapter(DefaultAccountAdapter):
    """Links in emails start with PUBLIC_URL, since anyone can choose the Host header of a request."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": "Wrong email address or password. Check both, or reset the password.",
        "cannot_remove_primary_email": "You cannot remove your primary address. Make another address primary first.",
        "duplicate_email": "You have already added this address.",
        "too_many_login_attempts": "Too many attempts. Wait a few minutes, or reset the password.",
        "max_email_addresses": "You cannot have more than %d email addresses.",
        "rate_limited": "Too many requests. Wait a few minutes, then try again.",
        "unverified_primary_email": "Only a confirmed address can be primary.",
    }

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """Confirm an address for the user who is signed in: a link alone would let others claim it."""
        if request.user.pk != email_address.user_id:
            return False
        with transaction.atomic():
            if email_address.can_set_verified():
                release(email_address.email, keeper=email_address.user)
            confirmed = bool(super().confirm_email(request, email_address))
        if confirmed:
            tell(request, email_address.user, ADDRESS_CONFIRMED, address=email_address.email)
        return confirmed

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count a failure for its address and source, and for the address: many sources may guess one password."""
        super().pre_authenticate(request, **credentials)
        key = super()._get_login_attempts_cache_key(request, **credentials)
        self._anywhere = ratelimit.consume(request, app=_APP, action=ANYWHERE, key=key)
        if not self._anywhere:
            raise self.validation_error("too_many_login_attempts")

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        record_failed_sign_in(request, str(credentials.get("email", "")))

    def login(self, request: HttpRequest, user: Any) -> None:
        known = note_browser(request, user)
        super().login(request, user)
        note(use_of(request, user))
        if vouched_for := getattr(request, "vouched_for_team", None):
            begin_bound_session(request, vouched_for)
        else:
            forget_marks(request.session)
            record_sign_in(request, user)
        if not known:
            tell_of_sign_in(request, user)

    def get_login_stages(self) -> list[str]:
        return [*super().get_login_stages(), "accounts.single_sign_on.arrival.SingleSignOnStage"]

    def get_client_ip(self, request: HttpRequest) -> str:
        """Without the zone of an IPv6 address ("fe80::1%eth0"), which PostgreSQL refuses."""
        return super().get_client_ip(request).partition("%")[0]

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Whoever signed in a moment ago need not say again who it is. allauth wants it of everybody."""
        required = super().is_reauthentication_required(app=app, **kwargs)
        return required and not signed_in_recently(allauth_context.request)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        found = super().get_reauthentication_methods(user)
        return [{**way, "description": CONFIRMATION_WAYS[way["id"]]} for way in found]

    def send_notification_mail(
        self,
        template_prefix: str,
        user: Any,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """allauth calls this for each change of an account."""
        tell(self.request, user, CHANGES[template_prefix], email or "", **(context or {}))
        if template_prefix == "account/email/password_changed":
            forget_sessions(user, but=self.request.session.session_key or "")

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """One source, an IPv4 address or an IPv6 network of 64 bits, cannot lock others out of an account."""
        return f"{super()._get_login_attempts_cache_key(request, **credentials)}:{ratelimit.get_ip(request)}"

    def _rollback_login_failed_rl_usage(self) -> None:
        super()._rollback_login_failed_rl_usage()
        if self._anywhere:
            self._anywhere.rollback()

    def _delete_login_attempts_cached_email(self, request: HttpRequest, **credentials: Any) -> None:
        super()._delete_login_attempts_cached_email(request, **credentials)
        key = super()._get_login_attempts_cache_key(request, **credentials)
        ratelimit.clear(request, app=_APP, action=ANYWHERE, key=key)

    def get_reset_password_from_key_url(self, key: str) -> str:
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return settings.PUBLIC_URL + path.replace("UID-KEY", key)

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        return settings.PUBLIC_URL + reverse("account_confirm_email", args=[emailconfirmation.key])

    def render_mail(
        self, template_prefix: str, email: Any, context: dict[str, Any], headers: dict[str, str] | None = None
    ) -> EmailMessage:
        """In the form of all emails. The link has another name in each context of allauth."""
        links = (context.get(name) for name in ("link", "activate_url", "password_reset_url", "signup_url"))
        given = {"email": email, **context, "link": next(filter(None, links))}
        subject = render_to_string(f"{template_prefix}_subject.txt", given)
        return compose_email(subject, f"{template_prefix}_message.txt", given, [email])

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        ours = {"signup_url": settings.PUBLIC_URL + reverse("account_signup")}
        send = partial(super().send_mail, template_prefix, email, context | ours)
        if not send_email(send, f"{template_prefix} to {email}") and self.request:
            sentence = f"The email to {email} could not be sent. Try again later."
            self.add_message(self.request, ERROR, message=sentence)
