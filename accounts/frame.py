"""Frame of a team around pages that belong to no team: a person's profile, and what says that a page was not found.

It is the frame of the team that the person saw last in this browser.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponseBase

from accounts.access import TEAM_COOKIE, detour, enter
from accounts.scope_lookups import TeamChoice, teams_of_user
from kernel.tenancy import scope


def last_team(request: Any, teams: list[TeamChoice]) -> TeamChoice | None:
    """The team of these that the person saw last; the first if none is known."""
    seen = request.COOKIES.get(TEAM_COOKIE)
    return next((team for team in teams if team.slug == seen), teams[0] if teams else None)


def show_frame(request: Any) -> None:
    """Show the response to this request within a frame, if the person is signed in and has a team."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return
    if not hasattr(request, "team"):
        request.teams = teams_of_user(user.pk)
        team = last_team(request, request.teams)
        if team is None:
            return
        with scope(team.id):
            enter(request, team.id)
        if detour(request) is not None:
            del request.team
            return
    request.frame = "team.html"


def framed[**P](view: Callable[P, HttpResponseBase]) -> Callable[P, HttpResponseBase]:
    """A view whose page is within a frame."""

    @wraps(view)
    def shown(*args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        show_frame(args[0])
        return view(*args, **kwargs)

    return shown
