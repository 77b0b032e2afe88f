"""Who may do what, as a table to read, and who sees which inbox."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.test import RequestFactory

from accounts.access import Right, find_team_id, may, require_right, team_view, visible_inboxes
from accounts.models import Member, Role, Seat
from kernel.tenancy import scope
from tests.cast import Cast

# Every right, and who has it: owner, admin, member.
MATRIX = {
    #                        owner  admin  member
    Right.TEXT:             (True,  True,  True),
    Right.OPT_OUT:          (True,  True,  True),
    Right.LIFT_OURS:        (True,  True,  True),
    Right.LIFT_PERSONS:     (True,  True,  False),
    Right.BLOCK:            (True,  True,  True),
    Right.SEE_ALL_INBOXES:  (True,  True,  False),
    Right.SEE_REPORTS:      (True,  True,  False),
    Right.IMPORT:           (True,  True,  False),
    Right.EXPORT:           (True,  True,  False),
    Right.DELETE:           (True,  True,  False),
    Right.MANAGE_FIELDS:    (True,  True,  False),
    Right.MANAGE_INBOXES:   (True,  True,  False),
    Right.MANAGE_KEYS:      (True,  True,  False),
    Right.MANAGE_WEBHOOKS:  (True,  True,  False),
    Right.MANAGE_TEAM:      (True,  True,  False),
    Right.MANAGE_MEMBERS:   (True,  True,  False),
    Right.MANAGE_OWNERS:    (True,  False, False),
}  # fmt: skip
ROLES = (Role.OWNER, Role.ADMIN, Role.MEMBER)


def test_the_table_is_complete() -> None:
    assert set(MATRIX) == set(Right)
    assert set(ROLES) == set(Role)


@pytest.mark.parametrize("right", Right)
@pytest.mark.parametrize("role", ROLES)
def test_rights_by_role(role: Role, right: Right) -> None:
    member = Member(role=role)
    allowed = MATRIX[right][ROLES.index(role)]
    assert may(member, right) == allowed
    if allowed:
        require_right(member, right)
    else:
        with pytest.raises(PermissionDenied, match=f"You may not {right}"):
            require_right(member, right)


def test_inboxes_by_role(cast: Cast) -> None:
    """Owners and admins see every inbox of their team; a member those with a seat for them."""
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


def test_a_member_without_a_seat_sees_no_inbox(cast: Cast) -> None:
    with scope(cast.northside.id):
        Seat.objects.filter(team=cast.northside, member=cast.member).delete()
        assert not visible_inboxes(cast.member).exists()


# -- the way in --------------------------------------------------------------------------------------------------


def knock(member: Member, slug: str, *needs: Right) -> HttpResponse:
    """A request of this member at a page of the team with this slug, which needs these rights."""

    @team_view(*needs)
    def page(request: object) -> HttpResponse:
        assert isinstance(request.member, Member)  # type: ignore[attr-defined]
        return HttpResponse(f"{request.member.role} of {request.team.slug}")  # type: ignore[attr-defined]

    request = RequestFactory().get("/")
    request.user = member.user
    response = page(request, slug)
    assert isinstance(response, HttpResponse)
    return response


def test_a_member_enters_the_own_team(cast: Cast) -> None:
    assert knock(cast.member, "northside-dental").content == b"member of northside-dental"
    assert knock(cast.outsider, "harbor-bikes", Right.MANAGE_OWNERS).content == b"owner of harbor-bikes"


def test_a_person_in_two_teams_has_in_each_its_own_role(cast: Cast) -> None:
    with scope(cast.harbor.id):
        Member.objects.create(team=cast.harbor, user=cast.owner.user, role=Role.MEMBER)
    assert knock(cast.owner, "northside-dental").content == b"owner of northside-dental"
    assert knock(cast.owner, "harbor-bikes").content == b"member of harbor-bikes"
    with pytest.raises(PermissionDenied):
        knock(cast.owner, "harbor-bikes", Right.MANAGE_INBOXES)


def test_an_outsider_finds_nothing_there_as_where_nothing_is(cast: Cast) -> None:
    with pytest.raises(Http404) as at_northside:
        knock(cast.outsider, "northside-dental")
    with pytest.raises(Http404) as nowhere:
        knock(cast.outsider, "no-such-team")
    assert str(at_northside.value) == str(nowhere.value)


def test_who_was_removed_is_an_outsider_at_once(cast: Cast) -> None:
    with scope(cast.northside.id):
        Seat.objects.filter(team=cast.northside, member=cast.member).delete()
        cast.member.delete()
    with pytest.raises(Http404):
        knock(cast.member, "northside-dental")


def test_every_right_that_a_page_needs_must_be_there(cast: Cast) -> None:
    with pytest.raises(PermissionDenied, match="export"):
        knock(cast.member, "northside-dental", Right.TEXT, Right.EXPORT)


def test_an_outsider_is_told_nothing_of_the_rights_that_a_page_needs(cast: Cast) -> None:
    with pytest.raises(Http404):
        knock(cast.outsider, "northside-dental", Right.MANAGE_OWNERS)


def test_nobody_enters_without_signing_in() -> None:
    request = RequestFactory().get("/t/northside-dental/")
    request.user = AnonymousUser()
    page = team_view()(lambda request: HttpResponse("in"))
    assert page(request, "northside-dental").status_code == 302
    with pytest.raises(AssertionError):
        find_team_id(request, "northside-dental")
