"""Access to a team: the rights that a member has in it and in its inboxes, and the decorator of the team's views."""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef
from django.db.models.functions import JSONObject
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.urls import reverse
from django.utils import timezone
from django_htmx.middleware import HtmxDetails

from accounts.models import Inbox, InboxQuerySet, Member, Seat, Team, User
from accounts.rights import Right as Right  # for those who ask about it
from accounts.rights import rights_in_inbox, role_rights
from accounts.scope_lookups import TeamChoice, teams_for_page
from accounts.single_sign_on.marks import WayIn, is_vouched, way_in
from accounts.two_factor.requirement import days_until, due_at, send_to_set_up
from accounts.two_factor.second_factors import has_second_factor
from kernel.deadlocks import retry_deadlocks
from kernel.tenancy import scope

FORM = "form"
_OWN_WAY = (
    "{team} requires single sign-on. Who decides about it also enters with a password and a second factor."
)
TEAM_COOKIE = "team"  # the slug of the team that the person saw last in this browser


def rights_of(member: Member) -> frozenset[Right]:
    """The member's rights in the whole team, by the role in the team."""
    return role_rights(member.role, own.rights if (own := member.own_role) else None)


def rights_in(member: Member, inbox_id: int) -> frozenset[Right]:
    """The member's rights when working in this inbox."""
    return _rights_in(member, _seats(member), inbox_id)


def rights_somewhere(member: Member) -> frozenset[Right]:
    """The rights that the member has in the team or in at least one inbox."""
    rights, seats = rights_of(member), _seats(member)
    in_seats = [_rights_in(member, seats, inbox_id) for inbox_id in seats]
    elsewhere = [] if seats and Right.SEE_ALL_INBOXES not in rights else [rights]
    return frozenset().union(*in_seats, *elsewhere)


# By inbox, the rights of the role in it; None: as in the team.
type Seats = dict[int, frozenset[Right] | None]


def _rights_in(member: Member, seats: Seats, inbox_id: int) -> frozenset[Right]:
    in_seat = seats.get(inbox_id)
    return rights_in_inbox(member.role, rights_of(member), seated=inbox_id in seats, in_seat=in_seat)


def _seats(member: Member) -> Seats:
    """The member's seats. A request's own member takes no query."""
    rows: Iterable[dict[str, Any]] | None = getattr(member, "seat_rows", None)
    if rows is None:
        seats = Seat.objects.filter(team_id=member.team_id, member_id=member.id)
        rows = seats.values(*_SEAT_VALUES)
    return {
        row["inbox_id"]: role_rights(row["role"], row["custom_role__rights"]) if row["role"] else None
        for row in rows
    }


_SEAT_VALUES = ("inbox_id", "role", "custom_role__rights")


def may(member: Member, right: Right, inbox: Inbox | None = None) -> bool:
    """Whether the member has the right: in the whole team, or when working in an inbox."""
    return right in (rights_in(member, inbox.id) if inbox else rights_of(member))


def require_right(member: Member, right: Right, inbox: Inbox | None = None) -> None:
    """Raise PermissionDenied, with a sentence to show, unless the member has the right."""
    if not may(member, right, inbox):
        raise _refusal(right, inbox if may_somewhere(member, right) else None)


def _refusal(right: Right, inbox: Inbox | None = None) -> PermissionDenied:
    place = f" in {inbox}" if inbox else ""
    return PermissionDenied(f"You may not {right.sentence}{place}. Ask an owner or admin of your team.")


def may_somewhere(member: Member, right: Right) -> bool:
    """Whether the member has the right in the team or in at least one inbox."""
    return right in rights_somewhere(member)


def visible_inboxes(member: Member) -> InboxQuerySet:
    """The inboxes that this member sees, also those that were deleted: their conversations stay."""
    inboxes = member.team.inboxes.order_by("name", "id")
    if may(member, Right.SEE_ALL_INBOXES):
        return inboxes
    return inboxes.filter(seats__member_id=member.id)


def visible_inbox_ids(member: Member) -> list[int] | None:
    """The IDs of these inboxes. None for all inboxes of the team. A request's own member takes no query."""
    return None if may(member, Right.SEE_ALL_INBOXES) else list(_seats(member))


def inboxes_with(member: Member, right: Right) -> InboxQuerySet:
    """The inboxes in which this member has the right, of those that the member sees."""
    seats = _seats(member)
    within = {inbox_id for inbox_id in seats if right in _rights_in(member, seats, inbox_id)}
    if may(member, right) and may(member, Right.SEE_ALL_INBOXES):
        return visible_inboxes(member).exclude(id__in=seats.keys() - within)
    return visible_inboxes(member).filter(id__in=within)


class TeamRequest(HttpRequest):
    """A request that has entered a team."""

    user: User
    team: Team
    member: Member
    rights: frozenset[Right]  # the member's in the whole team, for the frame around every page
    rights_somewhere: frozenset[Right]  # in the team or in at least one inbox
    inbox_right: Right | None  # what the view needs in the inbox that it acts in
    teams: list[TeamChoice]  # all teams of the user, for the menu
    way_in: WayIn  # what the session still needs to enter the team
    two_factor_due: datetime | None  # from when the member needs a second factor and has none
    two_factor_days: int | None  # the days until then
    has_simulator: bool  # whether the rail has the simulator: in development
    htmx: HtmxDetails


def _find_team_id(request: Any, slug: str) -> int:
    """The ID of the user's team with this slug. Raises Http404 for an unknown or foreign slug."""
    request.teams = teams_for_page(request.user.pk, slug)
    for team in request.teams:
        if team.slug == slug:
            return team.id
    raise Http404("No such team.")


def _members_with_seats(team_id: int) -> Any:
    """The members of a team, with what their rights are made of."""
    seats = Seat.objects.filter(team_id=team_id, member_id=OuterRef("id")).order_by("inbox_id")
    members = Member.objects.filter(team_id=team_id).select_related("team", "custom_role")
    return members.annotate(
        seat_rows=ArraySubquery(seats.values(row=JSONObject(**{name: name for name in _SEAT_VALUES}))),
        two_factor=has_second_factor("user_id"),
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
    request.rights, request.rights_somewhere = rights_of(request.member), rights_somewhere(request.member)
    keeps_own_way = may(request.member, Right.MANAGE_SIGN_IN)
    request.way_in = way_in(request.session, team_id, request.team, keeps_own_way=keeps_own_way)
    request.two_factor_due = None if _has_two_factor(request) else _two_factor_due(request)
    request.two_factor_days = days_until(request.two_factor_due) if request.two_factor_due else None
    request.has_simulator = settings.DEVELOPMENT


def _has_two_factor(request: Any) -> bool:
    """Whether the member has a second factor, or came in by an issuer that asks for one."""
    asked = request.team.issuer_asks_second_factor and is_vouched(request.session, request.team.id)
    return bool(request.member.two_factor or asked)


def _two_factor_due(request: Any) -> datetime | None:
    """Who passes by a required single sign-on needs a second factor at once."""
    passes_by = request.team.single_sign_on_required and not is_vouched(request.session, request.team.id)
    return timezone.now() if passes_by else due_at(request.team)


def detour(request: Any) -> HttpResponseBase | None:
    """Where the member goes before the team shows anything: to a sign-in that counts here, or to set up two-factor."""
    if request.way_in == WayIn.ISSUER:
        return _leave_for(request, reverse("single_sign_on_start", args=[request.team.slug]))
    if request.way_in == WayIn.OWN:
        return _leave_for(request, reverse("own_sign_in"))
    if request.two_factor_due is not None and request.two_factor_due <= timezone.now():
        if request.team.single_sign_on_required and not request.htmx:
            messages.info(request, _OWN_WAY.format(team=request.team))
        return send_to_set_up(request)
    return None


def _ask_to_sign_in(request: Any) -> HttpResponseBase:
    """Redirect to the sign-in page, which returns to the page that the person saw.

    htmx would take a followed redirect for the response to its request, and a text typed meanwhile for sent. So it gets
    401 and the address to open. A form's own URL is no page: the browser says on which page it was.
    """
    page = page_to_return_to(request)
    if request.htmx:
        return HttpResponse(status=401, headers={"HX-Redirect": sign_in_again(page)})
    return redirect(sign_in_again(page, FORM)) if request.method == "POST" else redirect_to_login(page)


def _leave_for(request: Any, address: str) -> HttpResponseBase:
    """Redirect to a page of signing in, which returns to the page that the person saw."""
    target = f"{address}?{urlencode({'next': page_to_return_to(request)})}"
    if request.htmx:
        return HttpResponse(status=401, headers={"HX-Redirect": target})
    return redirect(target)


def page_to_return_to(request: Any) -> str:
    """The page that the person saw: a form's own URL is none."""
    if request.htmx:
        return str(request.htmx.current_url_abs_path or request.get_full_path())
    if request.method == "POST":
        shown = urlsplit(request.headers.get("Referer", ""))
        return shown.path if shown.netloc == request.get_host() else reverse("home")
    return str(request.get_full_path())


def sign_in_again(page: str, what: str = "1") -> str:
    """The URL of the sign-in page that tells a person whose page was open that they were signed out.

    `what` is FORM for a person who sent a form, which was not saved.
    """
    return f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': page, 'signed_out': what})}"


def require_inbox_right(request: TeamRequest, inbox: Inbox | None) -> None:
    """Raise PermissionDenied unless the member has the view's right in this inbox; without an inbox, in the team."""
    if request.inbox_right:
        require_right(request.member, request.inbox_right, inbox)


def team_view[**P](
    *required_rights: Right, in_inbox: Right | None = None, whole_request: bool = True
) -> Callable[[Callable[Concatenate[TeamRequest, P], HttpResponseBase]], Callable[..., HttpResponseBase]]:
    """The only way into a team's pages: checks sign-in, membership and rights, then runs the view in the team's scope.

    `in_inbox` is the right of a view that acts in one inbox, or offers inboxes. It is enough to have it in one of them;
    the view asks about the inbox itself (`require_inbox_right`), or offers `inboxes_with` the right.
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
                if (elsewhere := detour(request)) is not None:
                    return elsewhere
                for right in required_rights:
                    require_right(request.member, right)
                request.inbox_right = in_inbox
                if in_inbox and in_inbox not in request.rights_somewhere:
                    raise _refusal(in_inbox)
                if whole_request:
                    return view(request, *args, **kwargs)
            return view(request, *args, **kwargs)

        entered.required_rights, entered.inbox_right = required_rights, in_inbox  # type: ignore[attr-defined]
        return entered

    return decorate
