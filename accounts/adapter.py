"""How sign-in and sign-up differ from allauth's own."""

import logging
from smtplib import SMTPException
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.contrib.messages import ERROR
from django.http import HttpRequest
from django.urls import reverse

from accounts import scope_lookups

log = logging.getLogger(__name__)


class AccountAdapter(DefaultAccountAdapter):
    """Letters lead to PUBLIC_URL, whatever Host a request came with; a mail server that is away stops nobody."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": "No account has this address and password. Check both, or reset the password.",
        "email_taken": "There is an account with this e-mail address already. Sign in instead.",
        "too_many_login_attempts": "Too many tries. Wait a few minutes, or reset the password.",
    }

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        """A new team's next step is its first number."""
        return reverse("inboxes", args=[scope_lookups.teams_of_user(request.user.pk)[0].slug])  # type: ignore[arg-type]

    def get_reset_password_from_key_url(self, key: str) -> str:
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return settings.PUBLIC_URL + path.replace("UID-KEY", key)

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        return settings.PUBLIC_URL + reverse("account_confirm_email", args=[emailconfirmation.key])

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        try:
            super().send_mail(template_prefix, email, context)
        except (OSError, SMTPException):
            log.exception("a letter to %s could not be sent", email)
            if self.request:
                sentence = f"The letter to {email} could not be sent just now. Ask for it again later."
                self.add_message(self.request, ERROR, message=sentence)
