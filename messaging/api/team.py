"""API calls that list the team, its members and its inboxes."""

from django.db.models import Prefetch
from pydantic import BaseModel, Field

from accounts.access import Right, may
from accounts.models import Role, Seat
from accounts.number_types import NumberType
from api.router import ApiRequest
from api.shapes import one_of
from kernel.phone_numbers import digits
from messaging.api.calls import calls


class MemberResponse(BaseModel):
    id: int = Field(description="The creator_id, user_id and assignee_id of other calls.")
    name: str
    email: str
    role: str = one_of(Role, "What the member may do.")
    role_name: str | None = Field(description="A role of the team's own, beside the role member.")


class TeamResponse(BaseModel):
    id: int
    name: str
    country: str = Field(description="ISO 3166 code.")
    time_zone: str
    members: list[MemberResponse]


class InboxResponse(BaseModel):
    id: int = Field(description="The inbox_id of other calls.")
    name: str
    team: int
    phone: str
    phones: list[str] = Field(description="The inbox's number, as a list.")
    number_type: NumberType = Field(
        description="What kind of number sends: by its digits, the carrier or an admin."
    )
    members: list[int] = Field(
        description="Members with access; owners, admins and some roles have access to all inboxes."
    )


@calls.reads(
    "GET", "/team", answer=TeamResponse, summary="The team and its members",
    example={
        "id": 1, "name": "Northside Dental", "country": "US", "time_zone": "America/New_York",
        "members": [{"id": 7, "name": "Maya Chen", "email": "maya@northside.example", "role": "member",
                     "role_name": "Front desk lead"}],
    },
)  # fmt: skip
def get_team(request: ApiRequest) -> TeamResponse:
    """The team that the key belongs to."""
    team = request.team
    members = team.members.select_related("user", "custom_role").order_by("id")
    return TeamResponse(
        id=team.id,
        name=team.name,
        country=team.country,
        time_zone=team.time_zone,
        members=[
            MemberResponse(
                id=member.id,
                name=str(member),
                email=member.user.email,
                role=member.role,
                role_name=str(member.own_role) if member.own_role else None,
            )
            for member in members
        ],
    )


@calls.reads(
    "GET", "/inboxes", answer=list[InboxResponse], summary="The inboxes",
    example=[{
        "id": 42, "name": "Front Desk", "team": 1, "phone": "15105550100", "phones": ["15105550100"],
        "number_type": "long_code", "members": [7],
    }],
)  # fmt: skip
def list_inboxes(request: ApiRequest) -> list[InboxResponse]:
    """The inboxes of the team that send texts, by name. Closed and deleted ones are not among them."""
    members = request.team.members.select_related("custom_role")
    with_all = {member.id for member in members if may(member, Right.SEE_ALL_INBOXES)}
    seats = Prefetch("seats", queryset=Seat.objects.filter(team_id=request.team.id))
    return [
        InboxResponse(
            id=inbox.id,
            name=inbox.name,
            team=inbox.team_id,
            phone=digits(inbox.number),
            phones=[digits(inbox.number)],
            number_type=inbox.number_type,
            members=sorted(with_all | {seat.member_id for seat in inbox.seats.all()}),
        )
        for inbox in request.team.inboxes.open().prefetch_related(seats).order_by("name", "id")
    ]
