"""Adapter of allauth's two-factor sign-in: our sentences, encrypted secrets, and our name on people's devices."""

from typing import Any

from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings

from kernel.encryption import decrypt, encrypt
from kernel.mail import PRODUCT


class TwoFactorAdapter(DefaultMFAAdapter):
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "That did not work. Enter the newest code, or try the passkey again.",
        "cannot_generate_recovery_codes": "Add an authenticator app or a passkey first.",
    }

    def get_totp_issuer(self) -> str:
        return PRODUCT

    def encrypt(self, text: str) -> str:
        return encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return str(decrypt(encrypted_text))

    def generate_authenticator_name(self, user: Any, type: Authenticator.Type) -> str:
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return f"Passkey {count + 1}"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Passkeys belong to the host of PUBLIC_URL, never to a Host header; without TLS to the host of the page."""
        host = settings.PUBLIC_HOST if settings.SECURE else context.request.get_host().partition(":")[0]
        return {"id": host, "name": PRODUCT}
