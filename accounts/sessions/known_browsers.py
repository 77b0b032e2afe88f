"""Known browsers: a signed cookie in a browser names the accounts that signed in there; others get an email."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest

from accounts.models import User

COOKIE = "known_browser"
COOKIE_AGE = 400 * 24 * 3600  # seconds; no browser keeps a cookie for longer (RFC 6265bis, 5.5)
MOST_ACCOUNTS = 20  # of one browser, the newest first
_SALT = "known-browser"


def known_browser_middleware(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Give the browser of a sign-in its cookie."""

    def middleware(request: Any) -> Any:
        response = get_response(request)
        if (signed_in := getattr(request, "signed_in_user_id", None)) is not None:
            _remember(request, response, signed_in)
        return response

    return middleware


def note_browser(request: HttpRequest, user: User) -> bool:
    """Make this a known browser of the account; whether it was one. To be called before the sign-in itself.

    The first sign-in of an account has no browser to compare with, so its browser counts as known.
    """
    request.signed_in_user_id = user.pk  # type: ignore[attr-defined]
    return user.last_login is None or user.pk in _accounts(request)


def _accounts(request: HttpRequest) -> list[int]:
    try:
        return list(signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=COOKIE_AGE))
    except (signing.BadSignature, TypeError):
        return []


def _remember(request: HttpRequest, response: Any, user_id: int) -> None:
    others = [known for known in _accounts(request) if known != user_id]
    value = signing.dumps([user_id, *others][:MOST_ACCOUNTS], salt=_SALT)
    response.set_cookie(COOKIE, value, COOKIE_AGE, secure=settings.SECURE, httponly=True, samesite="Lax")
