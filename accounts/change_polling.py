"""Polling for changes: the request by which every open page asks whether its team's rows changed.

The front holds a poll while there is nothing to tell (heymarket.front.held_polls); without it, a page asks each second.

A poll also tells at which conversation the member is, and returns who else is where (accounts.presence).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.template.loader import render_to_string
from django.utils.crypto import salted_hmac
from django.views.decorators.http import require_GET

from accounts import presence
from accounts.access import Right, TeamRequest, sign_in_again, visible_inbox_ids
from accounts.models import Member
from accounts.presence import Onlooker
from accounts.rights import role_rights
from accounts.scope_lookups import Membership, membership, single_sign_on_rules
from accounts.single_sign_on.marks import WayIn, is_vouched, way_in
from accounts.two_factor.requirement import must_set_up_before_entering
from kernel.change_tokens import current_tokens
from kernel.id_parameter import read_id

_SALT = "live"
_PLACE_SALT = "place"
# For so long a ticket stands for its session and membership. After that, and before it tells of a change, a poll checks
# both: a page shows nothing more to a person who was removed or signed out.
TICKET_SECONDS = 45


@dataclass(frozen=True)
class Ticket:
    """What a page's session was allowed to see when it was last checked."""

    team_id: int
    member_id: int
    name: str  # of the member
    inbox_ids: list[int] | None  # None for all inboxes

    def sign(self, session: str) -> str:
        parts = [_session_digest(session), self.team_id, self.member_id, self.name, self.inbox_ids]
        return signing.dumps(parts, salt=_SALT)

    @classmethod
    def read(cls, session: str, signed: str) -> Self | None:
        """The content of a fresh ticket of this session."""
        try:
            digest, *parts = signing.loads(signed, salt=_SALT, max_age=TICKET_SECONDS)
            return cls(*parts) if digest == _session_digest(session) else None
        except (signing.BadSignature, TypeError, ValueError):
            return None

    def sees(self, inbox_id: int) -> bool:
        return self.inbox_ids is None or inbox_id in self.inbox_ids


def new_ticket(request: TeamRequest) -> str:
    """A ticket with which a page of this session polls its team."""
    inbox_ids = visible_inbox_ids(request.member)
    return Ticket(request.team.id, request.member.id, str(request.member), inbox_ids).sign(_session(request))


def sign_place(team_id: int, conversation_id: int, inbox_id: int) -> str:
    """The place that an open conversation names in its polls; the same whenever it is signed."""
    return signing.Signer(salt=_PLACE_SALT).sign_object([team_id, conversation_id, inbox_id])


@require_GET
def poll_changes(request: HttpRequest, team_slug: str, ticket: str) -> HttpResponse:
    """204 while the page has `seen` the current version; otherwise the new version, and an event for htmx.

    A fresh ticket needs neither session nor database. A visitor who may no longer see the team is sent away.
    """
    asked = request.GET
    fresh = Ticket.read(_session(request), ticket)
    if fresh is not None:
        if "typing" in asked or "left" in asked:
            return _note(fresh, asked)
        version, known = _tokens(fresh)
        if version == asked.get("seen") and known == asked.get("known") and _still_true(asked):
            return HttpResponse(status=204)
        if version == asked.get("seen"):  # only the presence differs
            return _answer(fresh, team_slug, ticket, version, known)
    entered = _enter(request, team_slug)
    if entered is None:
        return HttpResponse(status=204, headers={"HX-Redirect": _way_out(request, team_slug)})
    if "typing" in asked or "left" in asked:
        return _note(entered, asked)
    _record(entered, asked)
    version, known = _tokens(entered)
    answer = _answer(entered, team_slug, entered.sign(_session(request)), version, known)
    if version != asked.get("seen"):
        answer["HX-Trigger"] = "changed"
    return answer


def _tokens(ticket: Ticket) -> tuple[str, ...]:
    return current_tokens(ticket.team_id, presence.token_key(ticket.team_id))


def _still_true(asked: Mapping[str, Any]) -> bool:
    """Whether no entry of the shown presence has ended by itself."""
    return presence.now() < (read_id(asked.get("until")) or 0)


def _note(ticket: Ticket, asked: Mapping[str, Any]) -> HttpResponse:
    """What a page tells without a question: its member types, or leaves."""
    if "left" in asked:
        presence.forget(ticket.team_id, ticket.member_id)
    else:
        _record(ticket, asked, is_typing=True)
    return HttpResponse(status=204)


def _record(ticket: Ticket, asked: Mapping[str, Any], *, is_typing: bool = False) -> None:
    """Note where the member of a visible page is, if the member may be there."""
    try:
        place = signing.Signer(salt=_PLACE_SALT).unsign_object(asked.get("place", ""))
        team_id, conversation_id, inbox_id = place
    except (signing.BadSignature, TypeError, ValueError):
        return
    if team_id == ticket.team_id and ticket.sees(inbox_id):
        at = Onlooker(conversation_id, inbox_id, ticket.member_id, is_typing, ticket.name)
        presence.record(team_id, at)


def _answer(ticket: Ticket, slug: str, signed: str, version: str, known: str) -> HttpResponse:
    found = presence.presence_for(ticket.team_id, ticket.member_id, ticket.inbox_ids)
    context = {"slug": slug, "ticket": signed, "version": version, "known": known, "presence": found}
    return HttpResponse(render_to_string("accounts/poll_changes.html", context))


def _session(request: HttpRequest) -> str:
    return request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")


def _session_digest(session: str) -> str:
    return salted_hmac(_SALT, session, algorithm="sha256").hexdigest()


def _enter(request: HttpRequest, slug: str) -> Ticket | None:
    """What the visitor may see of the team, if signed in, a member, and in the way that it requires."""
    if not request.user.is_authenticated:
        return None
    found = membership(request.user.pk, slug)
    if found is None or not _may_stay(request, found, slug):
        return None
    sees_all = Right.SEE_ALL_INBOXES in role_rights(found.role, found.composed)
    inbox_ids = None if sees_all else found.seats
    name = str(Member(name=found.name, user=request.user))
    return Ticket(found.team_id, found.member_id, name, inbox_ids)


def _may_stay(request: HttpRequest, found: Membership, slug: str) -> bool:
    """Whether the session counts for the team (accounts.single_sign_on), and the second factor is there if required."""
    rules = single_sign_on_rules(found.team_id)
    keeps_own_way = Right.MANAGE_SIGN_IN in role_rights(found.role, found.composed)
    if way_in(request.session, found.team_id, rules, keeps_own_way=keeps_own_way) != WayIn.OPEN:
        return False
    asked = rules.issuer_asks_second_factor and is_vouched(request.session, found.team_id)
    return asked or not must_set_up_before_entering(request.user.pk, slug)  # type: ignore[arg-type]


def _way_out(request: HttpRequest, slug: str) -> str:
    """The sign-in page, which returns to the open page; a member's own page, which leads to what the team asks for."""
    page = request.htmx.current_url_abs_path or ""  # type: ignore[attr-defined]
    if not request.user.is_authenticated:
        return sign_in_again(page)
    is_member = membership(request.user.pk, slug) is not None
    return page if page and is_member else resolve_url(settings.LOGIN_REDIRECT_URL)
