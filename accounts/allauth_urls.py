"""URLs of sign-in, sign-up, email and passwords: allauth's views, which answer 422 for an invalid form as ours do."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.urls import urlpatterns as allauth_patterns
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern

from accounts.email_views import EmailAddressesView
from accounts.frame import framed

View = Callable[..., HttpResponseBase]


def _with_invalid_status(view: View) -> View:
    """A valid form leads to a redirect, so a page in answer to a POST shows an invalid form."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        if request.method == "POST" and response.status_code == 200:
            response.status_code = 422
        return response

    return wrapped


def _view(pattern: URLPattern) -> View:
    match pattern.name:
        case "account_email":
            return framed(EmailAddressesView.as_view())
        case "account_change_password":
            return framed(pattern.callback)
        case "account_confirm_email":
            return login_required(pattern.callback)
    return pattern.callback


urlpatterns = [
    URLPattern(pattern.pattern, _with_invalid_status(_view(pattern)), pattern.default_args, pattern.name)
    for pattern in allauth_patterns
]
