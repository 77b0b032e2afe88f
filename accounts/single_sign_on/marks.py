"""Marks of a session: for which teams an issuer vouched for its person, and whether nothing else did.

A session that began at an issuer is bound: it opens that team alone, whatever other teams its person belongs to, since
another business's issuer must not let anybody in to them.
"""

import enum
import time
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, Protocol

from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

COUNTS_FOR = timedelta(
    days=1
)  # afterwards the issuer is asked again, so that who left a company is out within a day
_VOUCHED, _BOUND = "single_sign_on_vouched", "single_sign_on_bound"


class _Rules(Protocol):
    """A team, or what a scope lookup says of it."""

    @property
    def single_sign_on_required(self) -> bool: ...


class WayIn(enum.Enum):
    """What a session needs before it enters a team."""

    OPEN = "open"  # nothing more
    ISSUER = "issuer"  # the team's single sign-on
    OWN = "own"  # the person's own sign-in: password or passkey


def mark_vouched(session: SessionBase, team_id: int) -> None:
    session[_VOUCHED] = {**session.get(_VOUCHED, {}), str(team_id): time.time()}


def bind(session: SessionBase) -> None:
    session[_BOUND] = True


def forget_marks(session: SessionBase) -> None:
    """For a session that begins with the person's own sign-in."""
    session.pop(_VOUCHED, None)
    session.pop(_BOUND, None)


def is_bound(session: SessionBase) -> bool:
    return bool(session.get(_BOUND))


def is_vouched(session: SessionBase, team_id: int) -> bool:
    """Whether the team's issuer vouched for this session's person, not long ago."""
    at = session.get(_VOUCHED, {}).get(str(team_id), 0.0)
    return bool(time.time() - at < COUNTS_FOR.total_seconds())


def newest_vouch(session: SessionBase) -> tuple[int, float] | None:
    """The ID of the team whose issuer vouched last for this session's person, and when (seconds since 1970)."""
    at_by_team = session.get(_VOUCHED, {})
    newest = max(at_by_team, key=at_by_team.__getitem__, default=None)
    return (int(newest), at_by_team[newest]) if newest else None


def way_in(session: SessionBase, team_id: int, rules: _Rules, *, keeps_own_way: bool) -> WayIn:
    """What this session needs. Who may change the requirement keeps the own way, should the issuer break."""
    if is_vouched(session, team_id):
        return WayIn.OPEN
    if is_bound(session):
        known = str(team_id) in session.get(_VOUCHED, {})
        return WayIn.ISSUER if known or rules.single_sign_on_required else WayIn.OWN
    return WayIn.ISSUER if rules.single_sign_on_required and not keeps_own_way else WayIn.OPEN


def own_sign_in_needed[**P](view: Callable[P, HttpResponseBase]) -> Callable[P, HttpResponseBase]:
    """A view for what only the person may do, such as joining another team: not a session from an issuer."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        request: Any = args[0]
        if is_bound(request.session):
            return redirect(reverse("own_sign_in", query={"next": request.path}))
        return view(*args, **kwargs)

    return guarded
