"""Sign-in, sign-up, e-mail and passwords: allauth's pages, whose invalid forms answer 422 as ours do."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.urls import urlpatterns as pages
from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern

View = Callable[..., HttpResponseBase]


def _refuse(view: View) -> View:
    """A form that was taken leads on with a redirect, so one that comes back was not valid."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        if request.method == "POST" and response.status_code == 200:
            response.status_code = 422
        return response

    return answer


urlpatterns = [
    URLPattern(page.pattern, _refuse(page.callback), page.default_args, page.name) for page in pages
]
