"""Forms of two-factor sign-in: allauth's, with our words; a code counts once, and a wrong one is in the audit log."""

from typing import Any

from allauth.core import context
from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as base_forms
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp_forms
from allauth.mfa.webauthn import forms as webauthn_forms
from django import forms
from django.core.cache import cache

from accounts.audit.sign_ins import record_failed_sign_in

CODE_HELP = "Six digits of your authenticator app, or one of your recovery codes."
_CODE_FIELD = {"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True, "maxlength": 20}


def _use_our_code_field(form: forms.Form, help_text: str) -> None:
    field = form.fields["code"]
    field.label, field.help_text, field.widget = "Code", help_text, forms.TextInput(attrs=_CODE_FIELD)


class _OneTimeCode(base_forms.BaseAuthenticateForm):
    """A code of the app or a recovery code. allauth forgets a used code before it expires, since we accept old ones."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _use_our_code_field(self, CODE_HELP)

    def clean_code(self) -> str:
        code = str(super().clean_code())
        if self.authenticator.type == Authenticator.Type.TOTP and not self._is_first_use(code):
            raise get_adapter().validation_error("incorrect_code")
        return code

    def _is_first_use(self, code: str) -> bool:
        lifetime = app_settings.TOTP_PERIOD * (2 * app_settings.TOTP_TOLERANCE + 1)
        return bool(cache.add(f"used-code:{self.user.pk}:{normalize_user_code(code)}", 1, lifetime))


class SecondFactorForm(_OneTimeCode, base_forms.AuthenticateForm):
    """The second step of signing in."""

    def _emit_authentication_failed(self, authenticator: Authenticator) -> None:
        record_failed_sign_in(context.request, self.user.email, step="second factor")


class ConfirmationForm(_OneTimeCode, base_forms.ReauthenticateForm):
    """A code that confirms who changes an account."""


class NewAppForm(totp_forms.ActivateTOTPForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _use_our_code_field(self, "The six digits that the app shows now.")


class NewPasskeyForm(webauthn_forms.AddWebAuthnForm):
    """A new passkey. A missing name is replaced: the device keeps the passkey already."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("passwordless", None)  # all passkeys sign in by themselves
        self.fields["name"] = _name_field(required=False)


class PasskeyNameForm(webauthn_forms.EditWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"] = _name_field()


def _name_field(*, required: bool = True) -> forms.CharField:
    help_text = "Such as the device that keeps it."
    return forms.CharField(label="Name", max_length=60, help_text=help_text, required=required)
