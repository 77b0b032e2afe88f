"""URLs of sign-in, sign-up, email and passwords: allauth's views, which answer 422 for an invalid form as ours do."""

from collections.abc import Callable

from allauth.account.urls import urlpatterns as allauth_patterns
from django.contrib.auth.decorators import login_required
from django.http import HttpResponseBase
from django.urls import URLPattern
from django.views.generic import RedirectView

from accounts.email_views import EmailAddressesView
from accounts.frame import framed
from accounts.single_sign_on.marks import own_sign_in_needed
from accounts.two_factor.urls import urlpatterns as two_factor_patterns
from kernel.form_views import with_invalid_status

View = Callable[..., HttpResponseBase]


def _view(pattern: URLPattern) -> View:
    match pattern.name:
        case "account_email":
            return own_sign_in_needed(framed(EmailAddressesView.as_view()))
        case "account_set_password":
            return login_required(RedirectView.as_view(pattern_name="account_reset_password"))
        case "account_change_password":
            return own_sign_in_needed(framed(pattern.callback))
        case "account_reauthenticate":
            return framed(pattern.callback)
        case "account_confirm_email":
            return login_required(pattern.callback)
    return pattern.callback


urlpatterns = [
    URLPattern(pattern.pattern, with_invalid_status(_view(pattern)), pattern.default_args, pattern.name)
    for pattern in allauth_patterns
] + two_factor_patterns
