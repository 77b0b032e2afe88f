"""API calls below /n8n/v1, as the Heymarket node of n8n makes them."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from api.errors import ApiError, ErrorCode
from api.models import KeyScope
from api.router import ApiRequest, ApiRouter
from api.shapes import PathId, Phone, StrictRequest, parse_number, text_up_to
from contacts.api.contact import DETAIL_ERRORS
from contacts.api.saving import save_new
from contacts.api.shapes import SAVED, NewContactRequest, SavedContactResponse
from contacts.custom_fields.models import CustomField
from contacts.lists.models import ContactList, ListEntry
from kernel import change_tokens
from messaging.api import list_shapes
from messaging.api.list_shapes import CreateListRequest, SavedListResponse
from messaging.api.lists import add_members, create_new_list, find_list, read_members
from messaging.api.sending import SEND_ERRORS, SEND_EXAMPLE, prepare_sending, send_once
from messaging.api.sending_shapes import SendMessageRequest, SendMessageResponse
from messaging.text_templates.models import TextTemplate

n8n_calls = ApiRouter()


class ConnectedTeamResponse(BaseModel):
    team_id: int
    team_name: str = Field(description="The name of the team that the key belongs to.")


class ChoiceResponse(BaseModel):
    id: int
    name: str


class N8nContactRequest(StrictRequest):
    phone_number: Phone
    first_name: Annotated[str, text_up_to(80, "First name.")] | None = None
    last_name: Annotated[str, text_up_to(80, "Last name.")] | None = None
    email: Annotated[str, text_up_to(254, "One email address.")] | None = None
    custom: Annotated[
        dict[str, Any] | None, Field(max_length=50, description="Values of custom fields by their IDs.")
    ] = None


class ListMemberRequest(StrictRequest):
    action: Annotated[Literal["add", "remove"], Field(description="What to do with the number.")]
    phone_number: Phone


type Choices = Callable[[ApiRequest], list[ChoiceResponse]]


@n8n_calls.reads(
    "GET", "/test_auth", answer=ConnectedTeamResponse, example={"team_id": 1, "team_name": "Northside Dental"},
    summary="Test the key",
)  # fmt: skip
def get_connected_team(request: ApiRequest) -> ConnectedTeamResponse:
    """The team that the key belongs to."""
    return ConnectedTeamResponse(team_id=request.team.id, team_name=request.team.name)


def _choices(path: str, summary: str, example: str) -> Callable[[Choices], Choices]:
    return n8n_calls.reads(
        "GET", path, answer=list[ChoiceResponse], example=[{"id": 42, "name": example}], summary=summary
    )


@_choices("/inboxes", "Inboxes to choose from", "Front Desk")
def choose_inbox(request: ApiRequest) -> list[ChoiceResponse]:
    """The inboxes of the team that send texts."""
    return _named(request.team.inboxes.open())


@_choices("/lists", "Lists to choose from", "VIP")
def choose_list(request: ApiRequest) -> list[ChoiceResponse]:
    """The team's lists to which contacts are added. Live lists are not among them."""
    return _named(ContactList.objects.filter(team_id=request.team.id).with_entries())


@_choices("/templates", "Templates to choose from", "Welcome")
def choose_template(request: ApiRequest) -> list[ChoiceResponse]:
    """The templates that are shared with the team, without archived ones."""
    return _named(TextTemplate.objects.shared(request.team.id).filter(archived=False), "title")


@_choices("/contact_fields", "Custom fields to choose from", "Loyalty level")
def choose_field(request: ApiRequest) -> list[ChoiceResponse]:
    """The team's custom fields."""
    return _named(CustomField.objects.of(request.team.id))


def _named(rows: Any, name: str = "name") -> list[ChoiceResponse]:
    return [
        ChoiceResponse(id=id, name=name) for id, name in rows.order_by(name, "id").values_list("id", name)
    ]


@n8n_calls.writes(
    "POST", "/messages", scope=KeyScope.SEND, answer=SendMessageResponse, example=SEND_EXAMPLE,
    body={"inbox_id": 42, "phone_number": "+15105553344", "text": "Your order has shipped."}, errors=SEND_ERRORS,
    prepare=prepare_sending, summary="Send a text from n8n",
)  # fmt: skip
def send_from_n8n(request: ApiRequest, payload: SendMessageRequest) -> Any:
    """Queue a text, as POST /v1/message/send does."""
    return send_once(request, payload, request.prepared)


@n8n_calls.writes(
    "POST", "/contacts", answer=SavedContactResponse, example=SAVED, errors=DETAIL_ERRORS,
    body={"phone_number": "+15105553344", "first_name": "Jordan", "last_name": "Rivera"},
    summary="Create or update a contact from n8n",
)  # fmt: skip
def save_from_n8n(request: ApiRequest, payload: N8nContactRequest) -> SavedContactResponse | ApiError:
    """Create a contact, or replace the values of the contact with this number by those that are sent."""
    body = NewContactRequest(
        phone=payload.phone_number,
        first=payload.first_name,
        last=payload.last_name,
        email=payload.email,
        custom=payload.custom,
    )
    return save_new(request, body, overwrite=True, phone_field="phone_number")


@n8n_calls.writes(
    "POST", "/lists", answer=SavedListResponse, example=list_shapes.SAVED,
    body={"title": "VIP", "phones": ["+15105553344"]}, summary="Create a list from n8n",
    errors=[ErrorCode.CONTACT_NOT_FOUND, ErrorCode.INVALID_PHONE_NUMBER],
)  # fmt: skip
def create_list_from_n8n(request: ApiRequest, payload: CreateListRequest) -> SavedListResponse:
    """Create a list, as POST /v1/list does. Email addresses are not offered."""
    return create_new_list(request, payload)


@n8n_calls.writes(
    "POST", "/lists/{id}/members", answer=SavedListResponse, example=list_shapes.SAVED,
    body={"action": "add", "phone_number": "+15105553344"}, summary="Add a contact to a list, or remove it",
    errors=[ErrorCode.LIST_NOT_FOUND, ErrorCode.INVALID_PHONE_NUMBER, ErrorCode.CONTACT_NOT_FOUND],
)  # fmt: skip
def change_list_member(request: ApiRequest, id: PathId, payload: ListMemberRequest) -> SavedListResponse:
    """Put the contact with this number on a list, or take it off. A contact is created for a new number."""
    row = find_list(request, id)
    if row.is_live:
        raise ApiError(ErrorCode.BAD_DATA, "A live list has whoever matches its filter.", field="action")
    number = parse_number(payload.phone_number, request.team, field="phone_number")
    if payload.action == "add":
        add_members(request, row, read_members(request, [], [number], ("action", "phone_number")))
    else:
        ListEntry.objects.filter(
            team_id=request.team.id,
            list_id=row.id,
            contact__team_id=request.team.id,
            contact__number=number,
        ).delete()
    change_tokens.renew_on_commit(request.team.id)
    return list_shapes.saved_response(row)
