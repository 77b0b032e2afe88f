"""The switch of themes."""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.theme import Theme

COOKIE_AGE = 400 * 24 * 3600  # seconds; no browser keeps a cookie for longer (RFC 6265bis, 5.5)


@require_POST
@login_required
def theme(request: Any) -> HttpResponse:
    """Keep the theme for the user on all devices, and in a cookie for this browser's pages without a user."""
    chosen, back = request.POST.get("theme"), request.POST.get("next", "")
    if chosen not in Theme.values:
        raise BadRequest
    User.objects.filter(pk=request.user.pk).update(theme=chosen)
    safe = back.startswith("/") and url_has_allowed_host_and_scheme(back, None)
    response = redirect(back if safe else "profile")
    response.set_cookie("theme", chosen, COOKIE_AGE, secure=settings.SECURE, httponly=True, samesite="Lax")
    return response
