"""API calls about the channels of one contact: its phone number, and its email address."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from api.errors import ApiError, ErrorCode
from api.paging import CursorTime, cursor_time
from api.router import ApiRequest
from api.shapes import StrictRequest, parse_email, parse_number
from contacts.api.calls import second_calls
from contacts.api.channel_shapes import ChannelValue, ContactKey, contact_id_of_key
from contacts.api.saving import save_changes
from contacts.api.shapes import SAVED, ContactChangesRequest, uuid_of
from contacts.contact.models import Contact
from kernel.phone_numbers import digits

ChannelName = Literal["phone", "email"]
_NAME = Field(description="Which channel. Others are not offered.", examples=["phone"])
PathChannel = Annotated[ChannelName, _NAME]


class ContactChannelRequest(StrictRequest):
    channel_type: Annotated[ChannelName, _NAME]
    channel_id: Annotated[ChannelValue, Field(min_length=1)]


class ContactChannelResponse(BaseModel):
    id: str = Field(description="The contact's UUID and the type of the channel.")
    team_id: int
    contact_id: str = Field(description="The contact's UUID.")
    channel_type: ChannelName = Field(description="Which channel it is.")
    channel_id: str = Field(description="The phone number or the email address.")
    channel_handle: str = Field(description="Always empty.")
    info_channel: str = Field(description="Always empty.")
    created: CursorTime = Field(description="RFC 3339, UTC: when the contact was created.")
    updated: CursorTime = Field(description="RFC 3339, UTC: when the contact was last changed.")


PHONE = {
    "id": f"{SAVED['uuid']}-phone", "team_id": 1, "contact_id": SAVED["uuid"], "channel_type": "phone",
    "channel_id": "15105553344", "channel_handle": "", "info_channel": "", "created": "2026-11-02T09:00:00.000000Z",
    "updated": "2026-11-25T10:42:00.123456Z",
}  # fmt: skip
EMAIL = {
    **PHONE, "id": f"{SAVED['uuid']}-email", "channel_type": "email", "channel_id": "jordan@example.com",
}  # fmt: skip
SET_ERRORS = [
    ErrorCode.CONTACT_NOT_FOUND, ErrorCode.INVALID_PHONE_NUMBER, ErrorCode.INVALID_EMAIL, ErrorCode.NUMBER_TAKEN,
]  # fmt: skip
type Channels = list[ContactChannelResponse]


@second_calls.reads(
    "GET", "/contact/{contact_id}/channels", answer=list[ContactChannelResponse], example=[PHONE, EMAIL],
    errors=[ErrorCode.CONTACT_NOT_FOUND], summary="List the channels of a contact",
)  # fmt: skip
def list_channels(request: ApiRequest, contact_id: ContactKey) -> Channels:
    """The phone number, and the email address if there is one."""
    return _channels(_contact(request, contact_id))


@second_calls.reads(
    "GET", "/contact/{contact_id}/channel/{channel_type}", answer=ContactChannelResponse, example=PHONE,
    errors=[ErrorCode.CONTACT_NOT_FOUND, ErrorCode.CHANNEL_NOT_FOUND], summary="Get a channel of a contact",
)  # fmt: skip
def get_channel(
    request: ApiRequest, contact_id: ContactKey, channel_type: PathChannel
) -> ContactChannelResponse:
    """One channel, by its type."""
    return _channel(_contact(request, contact_id), channel_type)


@second_calls.writes(
    "POST", "/contact/{contact_id}/channel", answer=list[ContactChannelResponse], example=[PHONE, EMAIL],
    body={"channel_type": "email", "channel_id": "jordan@example.com"},
    errors=[*SET_ERRORS, ErrorCode.NOT_POSSIBLE], summary="Add a channel to a contact",
)  # fmt: skip
def create_channel(request: ApiRequest, contact_id: ContactKey, body: ContactChannelRequest) -> Channels:
    """Add an email address. A contact has one phone number and one email address: another one is `not_possible`."""
    contact = _contact(request, contact_id)
    present = contact.number if body.channel_type == "phone" else contact.email
    if not present:
        return _set(request, contact_id, body)
    if _value(request, body) != present:
        shown = _shown(contact, body.channel_type)
        message = f"The contact has the {body.channel_type} {shown}. Send PUT to replace it."
        raise ApiError(ErrorCode.NOT_POSSIBLE, message, field="channel_type")
    return _channels(contact)


@second_calls.writes(
    "PUT", "/contact/{contact_id}/channel", answer=list[ContactChannelResponse], example=[PHONE, EMAIL],
    body={"channel_type": "email", "channel_id": "jordan@example.com"}, errors=SET_ERRORS,
    summary="Change a channel of a contact",
)  # fmt: skip
def update_channel(request: ApiRequest, contact_id: ContactKey, body: ContactChannelRequest) -> Channels:
    """Replace the phone number or the email address. Opt-outs and blocks of the old number then apply to both."""
    return _set(request, contact_id, body)


@second_calls.writes(
    "DELETE", "/contact/{contact_id}/channel/{channel_type}", answer=Literal["ok"], example="ok",
    errors=[ErrorCode.CONTACT_NOT_FOUND, ErrorCode.CHANNEL_NOT_FOUND, ErrorCode.NOT_POSSIBLE],
    summary="Remove a channel of a contact",
)  # fmt: skip
def delete_channel(request: ApiRequest, contact_id: ContactKey, channel_type: PathChannel) -> str:
    """Remove the email address. Every contact has a phone number: to remove it, delete the contact."""
    _channel(_contact(request, contact_id), channel_type)
    if channel_type == "phone":
        raise ApiError(ErrorCode.NOT_POSSIBLE, "Every contact has a phone number.", field="channel_type")
    save_changes(
        request, contact_id_of_key(request, contact_id), ContactChangesRequest(email=""), overwrite=False
    )
    return "ok"


def _contact(request: ApiRequest, key: str) -> Contact:
    id = contact_id_of_key(request, key)
    found = Contact.objects.filter(team_id=request.team.id, id=id).first()
    if found is None:
        raise ApiError(ErrorCode.CONTACT_NOT_FOUND, field="contact_id")
    return found


def _set(request: ApiRequest, key: str, body: ContactChannelRequest) -> Channels:
    changes = ContactChangesRequest.model_validate({body.channel_type: _checked(request, body)})
    save_changes(request, contact_id_of_key(request, key), changes, overwrite=False)
    return _channels(_contact(request, key))


def _checked(request: ApiRequest, body: ContactChannelRequest) -> str:
    """The value, if it is one of its type. Raises ApiError with the caller's field."""
    if body.channel_type == "phone":
        parse_number(body.channel_id, request.team, field="channel_id", short_codes=False)
    else:
        parse_email(body.channel_id, field="channel_id")
    return body.channel_id


def _value(request: ApiRequest, body: ContactChannelRequest) -> str:
    """The value as a contact stores it."""
    value = _checked(request, body)
    return parse_number(value, request.team, short_codes=False) if body.channel_type == "phone" else value


def _shown(contact: Contact, channel_type: str) -> str:
    return digits(contact.number) if channel_type == "phone" else contact.email


def _channels(contact: Contact) -> Channels:
    names: list[ChannelName] = ["phone", "email"] if contact.email else ["phone"]
    return [_response(contact, name) for name in names]


def _channel(contact: Contact, name: ChannelName) -> ContactChannelResponse:
    if name == "email" and not contact.email:
        raise ApiError(ErrorCode.CHANNEL_NOT_FOUND, field="channel_type")
    return _response(contact, name)


def _response(contact: Contact, name: ChannelName) -> ContactChannelResponse:
    uuid = uuid_of(contact)
    return ContactChannelResponse(
        id=f"{uuid}-{name}",
        team_id=contact.team_id,
        contact_id=uuid,
        channel_type=name,
        channel_id=_shown(contact, name),
        channel_handle="",
        info_channel="",
        created=cursor_time(contact.created_at),
        updated=cursor_time(contact.updated_at),
    )
