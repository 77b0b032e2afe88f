"""Adapter of allauth: our sentences, links under PUBLIC_URL, and e-mails that may fail without failing the page."""

from functools import partial
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.contrib.messages import ERROR
from django.http import HttpRequest
from django.urls import reverse

from accounts.scope_lookups import teams_of_user
from kernel.mail import send_email


class AccountAdapter(DefaultAccountAdapter):
    """Links in e-mails start with PUBLIC_URL, since anyone can choose the Host header of a request."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": "Wrong e-mail address or password. Check both, or reset the password.",
        "cannot_remove_primary_email": "You cannot remove your primary address. Make another address primary first.",
        "duplicate_email": "You have already added this address.",
        "email_taken": "This e-mail address already has an account. Sign in instead.",
        "too_many_login_attempts": "Too many attempts. Wait a few minutes, or reset the password.",
        "max_email_addresses": "You cannot have more than %d e-mail addresses.",
        "rate_limited": "Too many requests. Wait a few minutes, then try again.",
        "unverified_primary_email": "Only a confirmed address can be primary.",
    }

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        """The page that adds the new team's first inbox."""
        return reverse("inboxes", args=[teams_of_user(request.user.pk)[0].slug])  # type: ignore[arg-type]

    def get_reset_password_from_key_url(self, key: str) -> str:
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return settings.PUBLIC_URL + path.replace("UID-KEY", key)

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        return settings.PUBLIC_URL + reverse("account_confirm_email", args=[emailconfirmation.key])

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        send = partial(super().send_mail, template_prefix, email, context)
        if not send_email(send, f"{template_prefix} to {email}") and self.request:
            sentence = f"The e-mail to {email} could not be sent. Try again later."
            self.add_message(self.request, ERROR, message=sentence)
