"""Access to a team: the rights, the matrix that gives them to roles, and the decorator of the team's views."""

import enum
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate, Self
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils import timezone
from django_htmx.middleware import HtmxDetails

from accounts.models import InboxQuerySet, Member, Role, Seat, Team, User
from accounts.scope_lookups import TeamChoice, teams_of_user
from accounts.two_factor.requirement import days_until, due_at, send_to_set_up
from accounts.two_factor.second_factors import has_second_factor
from kernel.deadlocks import retry_deadlocks
from kernel.tenancy import scope

TEAM_COOKIE = "team"  # the slug of the team that the person saw last in this browser


class Right(enum.StrEnum):
    """A right of a member: an identifier, and the sentence that ends "You may not …"."""

    sentence: str

    def __new__(cls, value: str, sentence: str) -> Self:
        right = str.__new__(cls, value)
        right._value_, right.sentence = value, sentence
        return right

    SEND_TEXTS = "send_texts", "send texts"
    OPT_OUT = "opt_out", "opt people out"
    LIFT_RECORDED_BY_US = "lift_recorded_by_us", "lift an opt-out that the team recorded"
    LIFT_PERSONS_OWN = "lift_persons_own", "lift a person's own opt-out"
    BLOCK = "block", "block numbers"
    SEE_ALL_INBOXES = "see_all_inboxes", "see every inbox"
    SEE_REPORTS = "see_reports", "see reports"
    IMPORT_CONTACTS = "import_contacts", "import contacts"
    EXPORT = "export", "export data"
    MAKE_EVIDENCE = "make_evidence", "make evidence sheets"
    DELETE_CONTACTS = "delete_contacts", "delete contacts"
    MANAGE_FIELDS = "manage_fields", "change custom fields"
    SEND_BROADCASTS = "send_broadcasts", "send broadcasts"
    MANAGE_TEMPLATES = "manage_templates", "change shared templates"
    MANAGE_INBOXES = "manage_inboxes", "change inboxes"
    MANAGE_API_KEYS = "manage_api_keys", "create or revoke API keys"
    MANAGE_WEBHOOKS = "manage_webhooks", "change webhooks"
    SEE_AUDIT_LOG = "see_audit_log", "see the audit log"
    MANAGE_TEAM = "manage_team", "change the team"
    MANAGE_MEMBERS = "manage_members", "change members"
    MANAGE_OWNERS = "manage_owners", "add or remove owners"
    LINK_TEAMS = "link_teams", "link teams"
    SET_UP_TEAM = "set_up_team", "set up the team"
    EXPORT_TEAM = "export_team", "export everything of the team"
    DELETE_TEAM = "delete_team", "delete the team"
    MANAGE_SIGN_IN = "manage_sign_in", "decide how members sign in"


_MEMBER = frozenset({Right.SEND_TEXTS, Right.OPT_OUT, Right.LIFT_RECORDED_BY_US, Right.BLOCK})
RIGHTS: dict[str, frozenset[Right]] = {
    Role.OWNER: frozenset(Right),
    Role.ADMIN: frozenset(Right)
    - {
        Right.MANAGE_OWNERS,
        Right.LINK_TEAMS,
        Right.SET_UP_TEAM,
        Right.EXPORT_TEAM,
        Right.DELETE_TEAM,
        Right.MANAGE_SIGN_IN,
    },
    Role.MEMBER: _MEMBER,
}


def may(member: Member, right: Right) -> bool:
    return right in RIGHTS[member.role]


def require_right(member: Member, right: Right) -> None:
    """Raise PermissionDenied, with a sentence to show, unless the member has the right."""
    if not may(member, right):
        raise PermissionDenied(f"You may not {right.sentence}. Ask an owner or admin of your team.")


def visible_inboxes(member: Member) -> InboxQuerySet:
    """The inboxes that this member sees, also those that were deleted: their conversations stay."""
    inboxes = member.team.inboxes.order_by("name", "id")
    if may(member, Right.SEE_ALL_INBOXES):
        return inboxes
    return inboxes.filter(seats__member_id=member.id)


def visible_inbox_ids(member: Member) -> list[int] | None:
    """The IDs of these inboxes. None for all inboxes of the team. A request's own member takes no query."""
    if may(member, Right.SEE_ALL_INBOXES):
        return None
    seats: list[int] | None = getattr(member, "seats_in", None)
    return list(visible_inboxes(member).values_list("id", flat=True)) if seats is None else seats


class TeamRequest(HttpRequest):
    """A request that has entered a team."""

    user: User
    team: Team
    member: Member
    rights: frozenset[Right]  # the member's, for the frame around every page
    teams: list[TeamChoice]  # all teams of the user, for the menu
    two_factor_due: datetime | None  # from when the member needs a second factor and has none
    two_factor_days: int | None  # the days until then
    has_simulator: bool  # whether the rail has the simulator: in development
    htmx: HtmxDetails


def _find_team_id(request: Any, slug: str) -> int:
    """The ID of the user's team with this slug. Raises Http404 for an unknown or foreign slug."""
    request.teams = teams_of_user(request.user.pk)
    for team in request.teams:
        if team.slug == slug:
            return team.id
    raise Http404("No such team.")


def _members_with_seats(team_id: int) -> Any:
    """The members of a team, with the IDs of the inboxes of their seats."""
    seats = Seat.objects.filter(team_id=team_id, member_id=OuterRef("id")).order_by("inbox_id")
    members = Member.objects.filter(team_id=team_id).select_related("team")
    return members.annotate(
        seats_in=ArraySubquery(seats.values("inbox_id")), two_factor=has_second_factor("user_id")
    )


def _remember_team(request: Any, response: HttpResponseBase, slug: str) -> None:
    """Keep in this browser which team the person saw last (accounts.frame)."""
    if request.COOKIES.get(TEAM_COOKIE) != slug:
        response.set_cookie(
            TEAM_COOKIE, slug, samesite="Lax", httponly=True, secure=settings.SESSION_COOKIE_SECURE
        )


def enter(request: Any, team_id: int) -> None:
    """Set what a page of a team needs, and the frame around it. Runs in the team's scope."""
    request.member = _members_with_seats(team_id).get(user_id=request.user.pk)
    request.member.user, request.team = request.user, request.member.team
    request.team.clock = request.team.clock_of(request.user)
    request.rights = RIGHTS[request.member.role]
    request.two_factor_due = None if request.member.two_factor else due_at(request.team)
    request.two_factor_days = days_until(request.two_factor_due) if request.two_factor_due else None
    request.has_simulator = settings.DEVELOPMENT


def is_two_factor_overdue(request: Any) -> bool:
    """Whether the team shows nothing to the member before a second factor is set up."""
    return request.two_factor_due is not None and request.two_factor_due <= timezone.now()


def _ask_to_sign_in(request: Any) -> HttpResponseBase:
    """Redirect to the sign-in page, which returns to the page that the person saw.

    htmx would take a followed redirect for the response to its request, and a text typed meanwhile for sent. So it gets
    401 and the address to open. A form's own URL is no page: the browser says on which page it was.
    """
    page = request.get_full_path()
    if request.htmx:
        page = request.htmx.current_url_abs_path or page
    elif request.method == "POST":
        shown = urlsplit(request.headers.get("Referer", ""))
        page = shown.path if shown.netloc == request.get_host() else reverse("home")
    if request.htmx:
        return HttpResponse(status=401, headers={"HX-Redirect": sign_in_again(page)})
    return redirect_to_login(page)


def sign_in_again(page: str) -> str:
    """The URL of the sign-in page that tells a person whose page was open that they were signed out."""
    return f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': page, 'signed_out': '1'})}"


def team_view[**P](
    *required_rights: Right, whole_request: bool = True
) -> Callable[[Callable[Concatenate[TeamRequest, P], HttpResponseBase]], Callable[..., HttpResponseBase]]:
    """The only way into a team's pages: checks sign-in, membership and rights, then runs the view in the team's scope.

    A view that calls the network passes whole_request=False and opens scopes of its own.
    """

    def decorate(
        view: Callable[Concatenate[TeamRequest, P], HttpResponseBase],
    ) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def entered(request: Any, team_slug: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return _ask_to_sign_in(request)
            team_id = _find_team_id(request, team_slug)
            if whole_request:
                response = retry_deadlocks(lambda: in_scope(request, team_id, *args, **kwargs))
            else:
                response = in_scope(request, team_id, *args, **kwargs)
            _remember_team(request, response, team_slug)
            return response

        def in_scope(request: Any, team_id: int, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            with scope(team_id):
                enter(request, team_id)
                if is_two_factor_overdue(request):
                    return send_to_set_up(request)
                for right in required_rights:
                    require_right(request.member, right)
                if whole_request:
                    return view(request, *args, **kwargs)
            return view(request, *args, **kwargs)

        entered.required_rights = required_rights  # type: ignore[attr-defined]
        return entered

    return decorate
