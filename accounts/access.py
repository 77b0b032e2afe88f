"""Who may enter a team, and what each role may do there: one matrix."""

import enum
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django_htmx.middleware import HtmxDetails

from accounts import scope_lookups
from accounts.models import Inbox, Member, Role, Team, User
from accounts.scope_lookups import TeamChoice
from kernel.tenancy import scope


class Right(enum.StrEnum):
    """Something that a member may be allowed to do; the value ends the sentence 'You may not …'."""

    TEXT = "send texts"
    OPT_OUT = "opt people out"
    LIFT_OURS = "lift an opt-out that the team recorded"
    LIFT_PERSONS = "lift an opt-out that the person asked for"
    BLOCK = "block numbers"
    SEE_ALL_INBOXES = "see every inbox"
    SEE_REPORTS = "see reports"
    IMPORT = "import contacts"
    EXPORT = "export"
    DELETE = "delete contacts"
    MANAGE_FIELDS = "change the fields of contacts"
    MANAGE_INBOXES = "change inboxes"
    MANAGE_KEYS = "make or revoke API keys"
    MANAGE_WEBHOOKS = "change webhooks"
    MANAGE_TEAM = "change the team"
    MANAGE_MEMBERS = "change members"
    MANAGE_OWNERS = "make or remove owners"


_MEMBER = frozenset({Right.TEXT, Right.OPT_OUT, Right.LIFT_OURS, Right.BLOCK})
RIGHTS: dict[str, frozenset[Right]] = {
    Role.OWNER: frozenset(Right),
    Role.ADMIN: frozenset(Right) - {Right.MANAGE_OWNERS},
    Role.MEMBER: _MEMBER,
}


def may(member: Member, right: Right) -> bool:
    return right in RIGHTS[member.role]


def require_right(member: Member, right: Right) -> None:
    """Raise PermissionDenied with the sentence to show."""
    if not may(member, right):
        raise PermissionDenied(f"You may not {right}. Ask an owner or admin of your team.")


def visible_inboxes(member: Member) -> QuerySet[Inbox]:
    """The inboxes that this member sees."""
    inboxes = member.team.inboxes.order_by("name", "id")
    if may(member, Right.SEE_ALL_INBOXES):
        return inboxes
    return inboxes.filter(seats__member_id=member.id)


class TeamRequest(HttpRequest):
    """A request that has entered a team."""

    user: User
    team: Team
    member: Member
    rights: frozenset[Right]  # of this member, for the frame around every page
    teams: list[TeamChoice]  # every team that the person may enter
    htmx: HtmxDetails


def find_team_id(request: HttpRequest, slug: str) -> int:
    """The id of the team with this slug; Http404 for an outsider, as for a team that never was."""
    assert request.user.pk is not None
    places = scope_lookups.teams_of_user(request.user.pk)
    request.places = places  # type: ignore[attr-defined]
    for place in places:
        if place.slug == slug:
            return place.id
    raise Http404("No such team.")


def team_view[**P](
    *needs: Right, whole_request: bool = True
) -> Callable[[Callable[Concatenate[TeamRequest, P], HttpResponseBase]], Callable[..., HttpResponseBase]]:
    """The one way into a team's pages: sign-in, membership, rights; then the view runs inside the team's scope.

    A view that talks to the network passes whole_request=False and opens scopes of its own.
    """

    def decorate(
        view: Callable[Concatenate[TeamRequest, P], HttpResponseBase],
    ) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        @login_required
        def entered(request: Any, team_slug: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            team_id = find_team_id(request, team_slug)
            with scope(team_id):
                request.member = Member.objects.select_related("team").get(
                    team_id=team_id, user_id=request.user.pk
                )
                request.member.user, request.team = request.user, request.member.team
                request.rights = RIGHTS[request.member.role]
                for right in needs:
                    require_right(request.member, right)
                if whole_request:
                    return view(request, *args, **kwargs)
            return view(request, *args, **kwargs)

        entered.needs = needs  # type: ignore[attr-defined]
        return entered

    return decorate
