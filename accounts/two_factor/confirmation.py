"""Confirmation of who changes an account: a sign-in counts for a while, then allauth asks again."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account import app_settings
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.reauthentication import get_reauthentication_flows
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

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
        asks = is_bound(request.session) and not get_reauthentication_flows(request.user)
        if asks and not _is_recent((newest_vouch(request.session) or (0, 0.0))[1]):
            return redirect(_way_to_issuer(request))
        return view(*args, **kwargs)

    return guarded


def _is_recent(at: float) -> bool:
    return bool(time.time() - at < app_settings.REAUTHENTICATION_TIMEOUT)


def _way_to_issuer(request: Any) -> str:
    """The way to the issuer that vouched last, and back; without one the page of the own sign-in."""
    query = {"next": request.path}
    team_id, _ = newest_vouch(request.session) or (0, 0.0)
    slugs = [team.slug for team in teams_of_user(request.user.pk) if team.id == team_id]
    if slugs and single_sign_on_by_slug(slugs[0]):
        return reverse("single_sign_on_start", args=slugs, query=query)
    return reverse("own_sign_in", query=query)
