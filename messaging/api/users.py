"""API calls that find members by their email addresses, and change what the team calls them."""

from typing import Annotated, Any

from django.db.models import Q
from ninja import Query
from pydantic import BaseModel, Field, StrictInt

from accounts.access import Right, may
from accounts.memberships import rename_member
from accounts.models import Member, Role
from api.auditing import audit_actor
from api.errors import ApiError, ErrorCode
from api.router import ApiRequest
from api.shapes import ID_AS_TEXT, Id, ResponseTime, StrictRequest, text_up_to
from kernel.visible_text import has_visible_characters
from messaging.api.calls import calls

MAX_ADDRESSES = 100
MAX_UPDATED = 100
MAX_NAME = 80  # characters
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


class UserChangeRequest(StrictRequest):
    id: Id
    first_name: Annotated[str, text_up_to(80, "Replaces the first word of the name.")] | None = None
    last_name: Annotated[str, text_up_to(80, "Replaces the other words of the name.")] | None = None
    name: (
        Annotated[
            str,
            text_up_to(80, "The whole name; empty for that of their account."),
            Field(examples=["Maya Chen"]),
        ]
        | None
    ) = None
    role_id: Annotated[
        Annotated[StrictInt, ID_AS_TEXT] | None,
        Field(description="As it is: a key changes no roles.", examples=[4]),
    ] = None
    email: Annotated[str, text_up_to(254, "As it is: people change their own address.")] | None = None


class UpdateUsersRequest(StrictRequest):
    users: Annotated[
        list[UserChangeRequest],
        Field(
            min_length=1, max_length=MAX_UPDATED, description="The members to change, all or none of them."
        ),
    ]


MAYA = {
    "id": 7, "name": "Maya Chen", "email": "maya@northside.example", "phone": "", "role": "member",
    "role_name": "Front desk lead", "role_id": 4,
    "team_id": 1, "created_at": "2026-11-02T09:00:00Z", "user_created_at": "2026-11-02T09:00:00Z",
}  # fmt: skip


@calls.reads(
    "GET", "/users/get", answer=MembershipsResponse, summary="Find members by their addresses",
    example={"memberships": [MAYA]},
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
    rows = _members(request).order_by("id")
    if email or phone:
        rows = rows.filter(_has_one_of(email.split(",") if email else []))
    return MembershipsResponse(memberships=[_response(member) for member in rows])


@calls.writes(
    "POST", "/users/update", answer=MembershipsResponse, summary="Change what the team calls its members",
    body={"users": [{"id": 7, "first_name": "Maya", "last_name": "Chen"}]}, example={"memberships": [MAYA]},
    errors=[ErrorCode.MEMBER_NOT_FOUND, ErrorCode.NOT_POSSIBLE],
)  # fmt: skip
def update_users(request: ApiRequest, payload: UpdateUsersRequest) -> MembershipsResponse:
    """Change the names that members have in this team, as the team's directory has them.

    The name of their account, which other teams see too, stays. A key changes neither a role nor an address: one that
    differs is `not_possible`, and nothing is changed. The key must belong to somebody who manages members.
    """
    _require_manager(request)
    locked = _members(request).select_for_update(no_key=True, of=("self",))
    members = {
        member.id: member
        for member in locked.filter(id__in=[user.id for user in payload.users]).order_by("id")
    }
    for at, user in enumerate(payload.users):
        member = members.get(user.id)
        if member is None:
            raise ApiError(ErrorCode.MEMBER_NOT_FOUND, field=f"users.{at}.id")
        _check_unchanged(user, member, f"users.{at}")
        rename_member(member, _new_name(user, member, f"users.{at}"), by=audit_actor(request))
    return MembershipsResponse(memberships=[_response(member) for member in members.values()])


def _require_manager(request: ApiRequest) -> None:
    """A key does no more than its owner may do."""
    owner = _members(request).filter(user_id=request.key.owner_id).first()
    if owner is None or not may(owner, Right.MANAGE_MEMBERS):
        message = "This key belongs to nobody who may manage members. Somebody who may creates another key."
        raise ApiError(ErrorCode.DENIED, message)


def _members(request: ApiRequest) -> Any:
    return Member.objects.filter(team_id=request.team.id).select_related("user", "custom_role")


def _check_unchanged(user: UserChangeRequest, member: Member, at: str) -> None:
    if user.role_id is not None and user.role_id != _role_id(member):
        message = "A key changes no roles: an admin does, in Settings > Members."
        raise ApiError(ErrorCode.NOT_POSSIBLE, message, field=f"{at}.role_id")
    if user.email is not None and user.email.lower() != member.user.email.lower():
        message = "People change their email addresses themselves."
        raise ApiError(ErrorCode.NOT_POSSIBLE, message, field=f"{at}.email")


def _new_name(user: UserChangeRequest, member: Member, at: str) -> str:
    """The name that is asked for, with the present words where none are sent. Raises ApiError(BAD_DATA)."""
    first, _, last = (str(member) if user.name is None else user.name).partition(" ")
    words = (
        user.first_name if user.first_name is not None else first,
        user.last_name if user.last_name is not None else last,
    )
    name = " ".join(" ".join(words).split())
    if len(name) > MAX_NAME:
        raise ApiError(
            ErrorCode.BAD_DATA, f"Send a name of at most {MAX_NAME} characters.", field=f"{at}.last_name"
        )
    if name and not has_visible_characters(name):
        raise ApiError(ErrorCode.BAD_DATA, "Send a name that can be seen.", field=f"{at}.name")
    return name


def _role_id(member: Member) -> int:
    return 1 if member.role in ADMINS else 4


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
        role_id=_role_id(member),
        team_id=member.team_id,
        created_at=member.created_at,
        user_created_at=member.user.created_at,
    )
