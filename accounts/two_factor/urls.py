"""URLs of two-factor sign-in, by allauth's names. Its own list and start page are parts of ours (sign_in_security)."""

from collections.abc import Callable

from allauth.mfa.base import views as base_views
from allauth.mfa.recovery_codes import views as code_views
from allauth.mfa.webauthn import views as webauthn_views
from django.http import HttpResponseBase
from django.urls import path
from django.views.decorators.cache import never_cache

from accounts.frame import framed
from accounts.single_sign_on.marks import own_sign_in_needed
from accounts.two_factor import views
from accounts.two_factor.confirmation import confirmed_by_issuer
from kernel.form_views import with_invalid_status

PASSKEYS = "security/passkeys/"


def _page(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    return never_cache(framed(with_invalid_status(view)))


urlpatterns = [
    path(
        "second-factor/", never_cache(with_invalid_status(base_views.authenticate)), name="mfa_authenticate"
    ),
    path(
        "passkey/", never_cache(with_invalid_status(webauthn_views.login_webauthn)), name="mfa_login_webauthn"
    ),
    path("confirmation/code/", _page(base_views.reauthenticate), name="mfa_reauthenticate"),
    path(
        "confirmation/passkey/",
        _page(webauthn_views.reauthenticate_webauthn),
        name="mfa_reauthenticate_webauthn",
    ),
    path("security/app/", confirmed_by_issuer(_page(views.NewApp.as_view())), name="mfa_activate_totp"),
    path("security/app/removal/", _page(views.AppRemoval.as_view()), name="mfa_deactivate_totp"),
    path(
        "security/recovery-codes/", _page(views.RecoveryCodesPage.as_view()), name="mfa_view_recovery_codes"
    ),
    path(
        "security/recovery-codes/new/",
        _page(code_views.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path(
        f"{PASSKEYS}new/",
        own_sign_in_needed(_page(views.NewPasskey.as_view())),
        name="mfa_add_webauthn",
    ),
    path(f"{PASSKEYS}<int:pk>/name/", _page(views.PasskeyName.as_view()), name="mfa_edit_webauthn"),
    path(f"{PASSKEYS}<int:pk>/removal/", _page(views.PasskeyRemoval.as_view()), name="mfa_remove_webauthn"),
]
