"""API call that finds members by their email addresses."""

from typing import Annotated, Any

from django.db.models import Q
from ninja import Query
from pydantic import BaseModel, Field

from accounts.models import Member, Role
from api.errors import ApiError, ErrorCode
from api.router import ApiRequest
from api.shapes import ResponseTime
from messaging.api.calls import calls

MAX_ADDRESSES = 100
NO_NUL = r"^[^\x00]*$"
ADMINS = (Role.OWNER, Role.ADMIN)


class MembershipResponse(BaseModel):
    id: int = Field(description="The creator_id, user_id and assignee_id of other calls.")
    name: str
    email: str
    phone: str = Field(description="Always empty: members have no phone numbers here.")
    role: str = Field(description="owner, admin or member.")
    role_name: str | None = Field(description="A role of the team's own, beside the role member.")
    role_id: int = Field(description="As in the Heymarket API: 1 for owners and admins, else 4.")
    team_id: int
    created_at: ResponseTime = Field(description="Since when they are a member.")
    user_created_at: ResponseTime = Field(description="Since when they have an account.")


class MembershipsResponse(BaseModel):
    memberships: list[MembershipResponse]


@calls.reads(
    "GET", "/users/get", answer=MembershipsResponse, summary="Find members by their addresses",
    example={"memberships": [{
        "id": 7, "name": "Maya Chen", "email": "maya@northside.example", "phone": "", "role": "member",
        "role_name": "Front desk lead", "role_id": 4,
        "team_id": 1, "created_at": "2026-11-02T09:00:00Z", "user_created_at": "2026-11-02T09:00:00Z",
    }]},
)  # fmt: skip
def find_users(
    request: ApiRequest,
    email: Annotated[
        str, Query(pattern=NO_NUL, description="Email addresses, with commas between them.")
    ] = "",
    phone: Annotated[
        str, Query(pattern=NO_NUL, description="Phone numbers. They find nobody: members have none.")
    ] = "",
) -> MembershipsResponse:
    """The members with one of these email addresses; without any, all members. Unknown ones are left out.

    Both parameters may come as arrays in a JSON body, too.
    """
    rows = Member.objects.filter(team_id=request.team.id).select_related("user", "custom_role").order_by("id")
    if email or phone:
        rows = rows.filter(_has_one_of(email.split(",") if email else []))
    return MembershipsResponse(memberships=[_response(member) for member in rows])


def _has_one_of(addresses: list[str]) -> Q:
    if len(addresses) > MAX_ADDRESSES:
        raise ApiError(ErrorCode.BAD_DATA, f"Send at most {MAX_ADDRESSES} addresses.", field="email")
    condition = Q(pk__in=[])
    for address in addresses:
        condition |= Q(user__email__iexact=address.strip())
    return condition


def _response(member: Any) -> MembershipResponse:
    return MembershipResponse(
        id=member.id,
        name=str(member),
        email=member.user.email,
        phone="",
        role=member.role,
        role_name=str(member.own_role) if member.own_role else None,
        role_id=1 if member.role in ADMINS else 4,
        team_id=member.team_id,
        created_at=member.created_at,
        user_created_at=member.user.created_at,
    )
