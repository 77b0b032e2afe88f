"""API calls about contacts below /v2: by UUID, with phone number and email address as channels."""

import re
from typing import Annotated, Any, Literal

from django.db.models import Q
from ninja import Query
from pydantic import BaseModel, Field, ValidationError

from api.errors import ApiError, ErrorCode
from api.paging import OrderedPageRequest
from api.router import ApiRequest, ApiRouter
from api.shapes import LARGEST_ID, Phone, StrictRequest, parse_number
from api.validation_errors import from_validation_errors
from contacts.api.contact import DETAIL_ERRORS
from contacts.api.custom_fields import custom_values, team_fields
from contacts.api.saving import actor, save_changes, save_new
from contacts.api.shapes import (
    CONTACT,
    SAVED,
    ContactChangesRequest,
    ContactDetailsRequest,
    ContactResponse,
    NewContactRequest,
    SavedContactResponse,
    contact_response,
    with_api_columns,
)
from contacts.api.uuids import contact_id_of
from contacts.contact import deletion
from contacts.contact.models import Contact
from kernel import change_tokens

second_calls = ApiRouter()

MAX_FOUND = 100
ContactKey = Annotated[
    str,
    Field(max_length=40, description="The UUID of the contact; its `id` is accepted, too.", examples=[SAVED["uuid"]]),
]  # fmt: skip
ChannelType = Annotated[
    Literal["phone", "email"] | None, Field(description="Without it, an email address is known by its @.")
]
ChannelValue = Annotated[str, Field(max_length=254, description="A phone number or an email address.")]


class ChannelRequest(StrictRequest):
    channel_type: ChannelType = None
    channel_id: ChannelValue


class ChannelContactRequest(ContactDetailsRequest):
    phone: Phone | None = None
    contact_channels: Annotated[
        list[ChannelRequest],
        Field(
            max_length=2,
            description="At most one phone number and one email address: a contact has one of each.",
        ),
    ] = []


class SearchedChannelRequest(StrictRequest):
    channel_type: Annotated[
        Literal["phone", "email", "id"] | None, Field(description="Without it, it is known by its form.")
    ] = None
    channel_ids: Annotated[
        list[ChannelValue],
        Field(max_length=MAX_FOUND, description="Phone numbers, email addresses or UUIDs."),
    ]


class SearchContactsRequest(StrictRequest):
    contact_channels: Annotated[
        list[SearchedChannelRequest],
        Field(min_length=1, max_length=10, description="Contacts that have one of these are found."),
    ]


class ChannelResponse(BaseModel):
    channel_type: Literal["phone", "email"] = Field(description="Which channel it is.")
    channel_id: str = Field(description="The phone number or the email address.")


class ChannelContactResponse(ContactResponse):
    contact_channels: list[ChannelResponse] = Field(description="Its phone number, and its email address.")


EXAMPLE = {
    **CONTACT,
    "contact_channels": [
        {"channel_type": "phone", "channel_id": CONTACT["phone"]},
        {"channel_type": "email", "channel_id": CONTACT["email"]},
    ],
}
BODY = {"first": "Jordan", "contact_channels": [{"channel_type": "phone", "channel_id": "15105553344"}]}


@second_calls.writes(
    "POST", "/contact", answer=SavedContactResponse, example=SAVED, body=BODY, errors=DETAIL_ERRORS,
    summary="Create a contact by its channels",
)  # fmt: skip
def create_channel_contact(
    request: ApiRequest, body: ChannelContactRequest
) -> SavedContactResponse | ApiError:
    """Create a contact, as POST /v1/contact does. It needs a phone number, in `phone` or as a channel."""
    fields = _fields(body)
    if "phone" not in fields:
        raise ApiError(
            ErrorCode.BAD_DATA, "Send a phone number: contacts are texted.", field="contact_channels"
        )
    return save_new(request, _read(request, NewContactRequest, fields), overwrite=request.compatible)


@second_calls.reads(
    "GET", "/contact/{contact_id}", answer=ChannelContactResponse, example=EXAMPLE,
    errors=[ErrorCode.CONTACT_NOT_FOUND], summary="Get a contact by its UUID",
)  # fmt: skip
def get_channel_contact(request: ApiRequest, contact_id: ContactKey) -> ChannelContactResponse:
    """One contact, by its UUID."""
    contacts = Contact.objects.filter(team_id=request.team.id, id=_id(request, contact_id))
    found = with_api_columns(contacts, request.team).first()
    if found is None:
        raise ApiError(ErrorCode.CONTACT_NOT_FOUND, field="contact_id")
    return _response(request, found)


@second_calls.writes(
    "PUT", "/contact/{contact_id}", answer=SavedContactResponse, example={**SAVED, "rev": 2, "created": False},
    body={"first": "Jordan"}, summary="Change a contact by its UUID",
    errors=[*DETAIL_ERRORS, ErrorCode.CONTACT_NOT_FOUND, ErrorCode.NUMBER_TAKEN],
)  # fmt: skip
def update_channel_contact(
    request: ApiRequest,
    contact_id: ContactKey,
    body: ChannelContactRequest,
    overwrite: Annotated[bool, Query(description="Whether `custom` replaces all custom fields.")] = False,
) -> SavedContactResponse:
    """Change the fields that are sent, as PUT /v1/contact/{id} does."""
    changes = _read(request, ContactChangesRequest, _fields(body))
    return save_changes(request, _id(request, contact_id), changes, overwrite=overwrite)


@second_calls.writes(
    "DELETE", "/contact/{contact_id}", answer=Literal["ok"], example="ok", errors=[ErrorCode.CONTACT_NOT_FOUND],
    summary="Delete a contact by its UUID",
)  # fmt: skip
def delete_channel_contact(request: ApiRequest, contact_id: ContactKey) -> str:
    """Delete a contact. Its texts, opt-outs and blocks are kept."""
    id = _id(request, contact_id)
    if not deletion.delete_contacts(request.team.id, [id], erase=False, by=actor(request)).contacts:
        raise ApiError(ErrorCode.CONTACT_NOT_FOUND, field="contact_id")
    change_tokens.renew_on_commit(request.team.id)
    return "ok"


@second_calls.reads(
    "POST", "/contacts/list", answer=list[ChannelContactResponse], example=[EXAMPLE], body={"limit": 30, "page": 0},
    summary="List contacts with their channels",
)  # fmt: skip
def list_channel_contacts(request: ApiRequest, body: OrderedPageRequest) -> list[ChannelContactResponse]:
    """Contacts, as POST /v1/contacts lists them."""
    contacts = with_api_columns(Contact.objects.filter(team_id=request.team.id), request.team)
    return [
        _response(request, contact, **{body.order: at}) for contact, at in body.read(contacts, body.order)
    ]


@second_calls.reads(
    "POST", "/contacts/search", answer=list[ChannelContactResponse], example=[EXAMPLE],
    body={"contact_channels": [{"channel_type": "phone", "channel_ids": ["15105553344"]}]},
    summary="Find contacts by their channels",
)  # fmt: skip
def search_channel_contacts(request: ApiRequest, body: SearchContactsRequest) -> list[ChannelContactResponse]:
    """The contacts that have one of these phone numbers, email addresses or UUIDs, a hundred at most."""
    found = Q(pk__in=[])
    for channel in body.contact_channels:
        for value in channel.channel_ids:
            found |= _condition(request, channel.channel_type or _type_of(value), value)
    contacts = with_api_columns(Contact.objects.filter(found, team_id=request.team.id), request.team)
    return [_response(request, contact) for contact in contacts.order_by("id")[:MAX_FOUND]]


def _condition(request: ApiRequest, kind: str, value: str) -> Q:
    """What a contact with this channel fulfils; nobody does with a value that cannot be read."""
    if kind == "email":
        return Q(email__iexact=value.strip())
    try:
        return Q(id=_id(request, value)) if kind == "id" else Q(number=parse_number(value, request.team))
    except ApiError:
        return Q(pk__in=[])


def _type_of(value: str) -> str:
    if "@" in value:
        return "email"
    return "id" if re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", value) else "phone"


def _id(request: ApiRequest, key: str) -> int:
    """The ID that a UUID, or the ID as a text, names. Raises ApiError(CONTACT_NOT_FOUND)."""
    if re.fullmatch(r"[0-9]{1,19}", key) and 1 <= int(key) <= LARGEST_ID:
        return int(key)
    id = contact_id_of(request.team.id, key)
    if id is None:
        raise ApiError(ErrorCode.CONTACT_NOT_FOUND, field="contact_id")
    return id


def _fields(body: ChannelContactRequest) -> dict[str, Any]:
    """The fields that were sent, with phone number and email address out of the channels. Raises ApiError."""
    fields = {name: getattr(body, name) for name in body.model_fields_set - {"contact_channels"}}
    for channel in body.contact_channels:
        name = channel.channel_type or _type_of(channel.channel_id)
        if fields.setdefault(name, channel.channel_id) != channel.channel_id:
            raise ApiError(ErrorCode.BAD_DATA, f"A contact has one {name}.", field="contact_channels")
    return {name: value for name, value in fields.items() if value is not None}


def _read[R: ContactDetailsRequest](request: ApiRequest, kind: type[R], fields: dict[str, Any]) -> R:
    try:
        return kind.model_validate(fields, context={"request": request})
    except ValidationError as error:
        raise from_validation_errors(error.errors(include_url=False), fields) from None


def _response(request: ApiRequest, contact: Contact, **at: str) -> ChannelContactResponse:
    first = contact_response(contact, custom_values(team_fields(request), contact), **at)
    channels = [ChannelResponse(channel_type="phone", channel_id=first.phone)]
    if first.email:
        channels.append(ChannelResponse(channel_type="email", channel_id=first.email))
    return ChannelContactResponse(**dict(first), contact_channels=channels)
