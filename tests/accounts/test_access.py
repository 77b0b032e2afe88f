"""Access: the rights of each role as a table, the visible inboxes, and the way into a team."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.test import RequestFactory

from accounts.access import Right, team_view, visible_inboxes
from accounts.models import Member, Role, Seat
from kernel.tenancy import scope
from tests.cast import Cast


def test_inboxes_by_role(cast: Cast) -> None:
    """Owners and admins see all inboxes of their team; members see those in which they have a seat."""
    with scope(cast.northside.id):
        seen = {
            member.user.name: [inbox.name for inbox in visible_inboxes(member)]
            for member in (cast.owner, cast.admin, cast.member, cast.second)
        }
    assert seen == {
        "Olivia Owens": ["Billing", "Front Desk"],
        "Amir Adams": ["Billing", "Front Desk"],
        "Maya Chen": ["Front Desk"],
        "Sam Silva": ["Billing"],
    }
    with scope(cast.harbor.id):
        assert [inbox.name for inbox in visible_inboxes(cast.outsider)] == ["Shop"]


def test_member_without_a_seat_sees_no_inbox(cast: Cast) -> None:
    with scope(cast.northside.id):
        Seat.objects.filter(team=cast.northside, member=cast.member).delete()
        assert not visible_inboxes(cast.member).exists()


# -- entering --------------------------------------------------------------------------------------------------


def enter(member: Member, slug: str, *required: Right) -> HttpResponse:
    """The response to this member of a page that requires these rights, in the team with this slug."""

    @team_view(*required)
    def page(request: object) -> HttpResponse:
        assert isinstance(request.member, Member)  # type: ignore[attr-defined]
        return HttpResponse(f"{request.member.role} of {request.team.slug}")  # type: ignore[attr-defined]

    request = RequestFactory().get("/")
    request.user, request.session = member.user, {}  # type: ignore[assignment]
    response = page(request, slug)
    assert isinstance(response, HttpResponse)
    return response


def test_member_enters_own_team(cast: Cast) -> None:
    assert enter(cast.member, "northside-dental").content == b"member of northside-dental"
    assert enter(cast.outsider, "harbor-bikes", Right.MANAGE_OWNERS).content == b"owner of harbor-bikes"


def test_user_of_two_teams_has_a_role_in_each(cast: Cast) -> None:
    with scope(cast.harbor.id):
        Member.objects.create(team=cast.harbor, user=cast.owner.user, role=Role.MEMBER)
    assert enter(cast.owner, "northside-dental").content == b"owner of northside-dental"
    assert enter(cast.owner, "harbor-bikes").content == b"member of harbor-bikes"
    with pytest.raises(PermissionDenied):
        enter(cast.owner, "harbor-bikes", Right.MANAGE_INBOXES)


def test_outsider_gets_the_same_404_as_for_an_unknown_team(cast: Cast) -> None:
    with pytest.raises(Http404) as at_northside:
        enter(cast.outsider, "northside-dental")
    with pytest.raises(Http404) as at_unknown_team:
        enter(cast.outsider, "no-such-team")
    assert str(at_northside.value) == str(at_unknown_team.value)


def test_removed_member_is_an_outsider_at_once(cast: Cast) -> None:
    with scope(cast.northside.id):
        Seat.objects.filter(team=cast.northside, member=cast.member).delete()
        cast.member.delete()
    with pytest.raises(Http404):
        enter(cast.member, "northside-dental")


def test_page_requires_all_its_rights(cast: Cast) -> None:
    with pytest.raises(PermissionDenied, match="export"):
        enter(cast.member, "northside-dental", Right.SEND_TEXTS, Right.EXPORT)


def test_outsider_does_not_learn_the_required_rights(cast: Cast) -> None:
    with pytest.raises(Http404):
        enter(cast.outsider, "northside-dental", Right.MANAGE_OWNERS)


def test_visitor_without_sign_in_is_redirected() -> None:
    request: Any = RequestFactory().get("/t/northside-dental/")
    request.user, request.htmx = AnonymousUser(), False
    page = team_view()(lambda request: HttpResponse("in"))
    assert page(request, "northside-dental").status_code == 302
