"""Pages of two-factor sign-in: allauth's, with server-made options for passkeys and recovery codes to download."""

import base64
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.recovery_codes.views import ViewRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn.internal import auth
from allauth.mfa.webauthn.views import AddWebAuthnView, EditWebAuthnView, RemoveWebAuthnView
from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse_lazy
from django.utils.text import slugify

_START = reverse_lazy("sign_in_security")


class NewApp(ActivateTOTPView):
    """The QR code and the key of a new authenticator app, and its first code."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        secret = context["form"].secret
        groups = [secret[start : start + 4] for start in range(0, len(secret), 4)]
        return context | {"key": " ".join(groups)}

    def form_valid(self, form: Any) -> HttpResponse:
        """The code of the new app also confirms who asks: who came by an issuer has nothing else to show."""
        response = super().form_valid(form)
        record_authentication(self.request, self.request.user, "mfa")
        return response

    def get_success_url(self) -> str:
        return str(super().get_success_url() if self.did_generate_recovery_codes else _START)


class AppRemoval(DeactivateTOTPView):
    success_url = _START


class NewPasskey(AddWebAuthnView):
    """A passkey that signs in by itself: the device keeps it and asks who holds it."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        options = auth.begin_registration(self.request.user, passwordless=True)
        return context | {"options": options["publicKey"]}

    def get_success_url(self) -> str:
        return str(super().get_success_url() if self.did_generate_recovery_codes else _START)


class PasskeyRemoval(RemoveWebAuthnView):
    success_url = _START


class PasskeyName(EditWebAuthnView):
    success_url = _START

    def form_valid(self, form: Any) -> HttpResponse:
        messages.success(self.request, "Saved.")
        return super().form_valid(form)


class RecoveryCodesPage(ViewRecoveryCodesView):
    """New codes are shown once, with a file of them; later the page says how many are left."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        lines = [
            f"Recovery codes of {self.request.user} for Heymarket. Each works once.",
            *context["unused_codes"],
        ]
        file = base64.b64encode("\r\n".join(lines).encode()).decode()
        name = f"heymarket-recovery-codes-{slugify(str(self.request.user)) or 'account'}.txt"
        return context | {"file": f"data:text/plain;charset=utf-8;base64,{file}", "file_name": name}
