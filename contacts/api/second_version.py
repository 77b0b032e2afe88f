"""API calls about contacts below /v2: by UUID, with phone number and email address as channels."""

from typing import Annotated, Literal

from django.db.models import Q
from ninja import Query
from pydantic import Field

from api.errors import ApiError, ErrorCode
from api.paging import OrderedPageRequest
from api.router import ApiRequest
from api.shapes import StrictRequest, parse_number
from contacts.api.calls import second_calls
from contacts.api.channel_shapes import (
    BODY,
    EXAMPLE,
    ChannelContactRequest,
    ChannelContactResponse,
    ChannelValue,
    ContactKey,
    channel_contact_response,
    channel_fields,
    contact_id_of_key,
    new_contact_request,
    read_details,
    type_of,
)
from contacts.api.contact import DETAIL_ERRORS
from contacts.api.saving import actor, save_changes, save_new
from contacts.api.shapes import SAVED, ContactChangesRequest, SavedContactResponse, with_api_columns
from contacts.contact import deletion
from contacts.contact.models import Contact
from kernel import change_tokens

MAX_FOUND = 100


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


@second_calls.writes(
    "POST", "/contact", answer=SavedContactResponse, example=SAVED, body=BODY, errors=DETAIL_ERRORS,
    summary="Create a contact by its channels",
)  # fmt: skip
def create_channel_contact(
    request: ApiRequest, body: ChannelContactRequest
) -> SavedContactResponse | ApiError:
    """Create a contact, as POST /v1/contact does. It needs a phone number, in `phone` or as a channel."""
    return save_new(request, new_contact_request(request, body), overwrite=request.compatible)


@second_calls.reads(
    "GET", "/contact/{contact_id}", answer=ChannelContactResponse, example=EXAMPLE,
    errors=[ErrorCode.CONTACT_NOT_FOUND], summary="Get a contact by its UUID",
)  # fmt: skip
def get_channel_contact(request: ApiRequest, contact_id: ContactKey) -> ChannelContactResponse:
    """One contact, by its UUID."""
    contacts = Contact.objects.filter(team_id=request.team.id, id=contact_id_of_key(request, contact_id))
    found = with_api_columns(contacts, request.team).first()
    if found is None:
        raise ApiError(ErrorCode.CONTACT_NOT_FOUND, field="contact_id")
    return channel_contact_response(request, found)


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
) -> SavedContactResponse | ApiError:
    """Change the fields that are sent, as PUT /v1/contact/{id} does."""
    changes = read_details(request, ContactChangesRequest, channel_fields(body))
    return save_changes(request, contact_id_of_key(request, contact_id), changes, overwrite=overwrite)


@second_calls.writes(
    "DELETE", "/contact/{contact_id}", answer=Literal["ok"], example="ok", errors=[ErrorCode.CONTACT_NOT_FOUND],
    summary="Delete a contact by its UUID",
)  # fmt: skip
def delete_channel_contact(request: ApiRequest, contact_id: ContactKey) -> str:
    """Delete a contact. Its texts, opt-outs and blocks are kept."""
    id = contact_id_of_key(request, contact_id)
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
        channel_contact_response(request, contact, **{body.order: at})
        for contact, at in body.read(contacts, body.order)
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
            found |= _condition(request, channel.channel_type or type_of(value), value)
    contacts = with_api_columns(Contact.objects.filter(found, team_id=request.team.id), request.team)
    return [channel_contact_response(request, contact) for contact in contacts.order_by("id")[:MAX_FOUND]]


def _condition(request: ApiRequest, kind: str, value: str) -> Q:
    """What a contact with this channel fulfils; nobody does with a value that cannot be read."""
    if kind == "email":
        return Q(email__iexact=value.strip())
    try:
        return (
            Q(id=contact_id_of_key(request, value))
            if kind == "id"
            else Q(number=parse_number(value, request.team))
        )
    except ApiError:
        return Q(pk__in=[])
