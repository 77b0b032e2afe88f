"""Confirmation of who changes an account: a sign-in counts for a while, then allauth asks again."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account import app_settings
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.reauthentication import (
    get_reauthentication_flows,
    is_reauthentication_required,
)
from allauth.core.exceptions import ReauthenticationRequired
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from accounts.access import page_to_return_to
from accounts.scope_lookups import single_sign_on_by_slug, teams_of_user
from accounts.single_sign_on.marks import is_bound, newest_vouch


def signed_in_recently(request: HttpRequest) -> bool:
    """Whether this session's person signed in, or confirmed it, within ACCOUNT_REAUTHENTICATION_TIMEOUT."""
    if not request.user.is_authenticated:
        return False
    records = get_authentication_records(request, request.user)
    return _is_recent(max((record["at"] for record in records), default=0.0))


def confirmed_by_issuer[**P](view: Callable[P, HttpResponseBase]) -> Callable[P, HttpResponseBase]:
    """A view that asks the issuer again about a person who has nothing else to show.

    Whoever came by an issuer and has neither a password nor a second factor is asked for nothing by allauth.
    """

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        request: Any = args[0]
        if _needs_issuer(request):
            return redirect(_way_to_issuer(request, request.path))
        return view(*args, **kwargs)

    return guarded


def confirmed[**P](view: Callable[P, HttpResponseBase]) -> Callable[P, HttpResponseBase]:
    """A team's view whose changes ask who makes them, unless that was shown a moment ago.

    What was sent is done after the confirmation. Secrets, and what waits for an issuer, are not kept: they are entered
    again.
    """

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        request: Any = args[0]
        if request.method == "POST":
            page = page_to_return_to(request)
            if _needs_issuer(request):
                return _confirm_and_repeat(request, _way_to_issuer(request, page))
            if is_reauthentication_required(request, app="allauth.account"):
                if not hasattr(request, "sensitive_post_parameters"):
                    raise ReauthenticationRequired  # allauth keeps the request in the session
                return _confirm_and_repeat(request, reverse("account_reauthenticate", query={"next": page}))
        return view(*args, **kwargs)

    return guarded


def _confirm_and_repeat(request: Any, way: str) -> HttpResponseBase:
    messages.warning(request, "Nothing was changed yet. Confirm that it is you, then enter it again.")
    return redirect(way)


def _needs_issuer(request: Any) -> bool:
    """Whether the person has nothing to show but the issuer's word, and that is not recent."""
    if not is_bound(request.session) or get_reauthentication_flows(request.user):
        return False
    return not _is_recent((newest_vouch(request.session) or (0, 0.0))[1])


def _is_recent(at: float) -> bool:
    return bool(time.time() - at < app_settings.REAUTHENTICATION_TIMEOUT)


def _way_to_issuer(request: Any, page: str) -> str:
    """The way to the issuer that vouched last, and back to the page; without one the page of the own sign-in."""
    query = {"next": page}
    team_id, _ = newest_vouch(request.session) or (0, 0.0)
    slugs = [team.slug for team in teams_of_user(request.user.pk) if team.id == team_id]
    if slugs and single_sign_on_by_slug(slugs[0]):
        return reverse("single_sign_on_start", args=slugs, query=query)
    return reverse("own_sign_in", query=query)
