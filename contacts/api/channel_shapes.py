"""Contacts as calls below /v2 have them: named by UUID, with phone number and email address as channels."""

import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, ValidationError

from api.errors import ApiError, ErrorCode
from api.router import ApiRequest
from api.shapes import LARGEST_ID, Phone, StrictRequest
from api.validation_errors import from_validation_errors
from contacts.api.custom_fields import custom_values, team_fields
from contacts.api.shapes import (
    CONTACT,
    SAVED,
    ContactDetailsRequest,
    ContactResponse,
    NewContactRequest,
    contact_response,
)
from contacts.api.uuids import contact_id_of
from contacts.contact.models import Contact

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


def new_contact_request(request: ApiRequest, body: ChannelContactRequest) -> NewContactRequest:
    """The contact as POST /v1/contact takes it. Raises ApiError(BAD_DATA) without a phone number."""
    fields = channel_fields(body)
    if "phone" not in fields:
        raise ApiError(
            ErrorCode.BAD_DATA, "Send a phone number: contacts are texted.", field="contact_channels"
        )
    return read_details(request, NewContactRequest, fields)


def type_of(value: str) -> str:
    if "@" in value:
        return "email"
    return "id" if re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", value) else "phone"


def contact_id_of_key(request: ApiRequest, key: str) -> int:
    """The ID that a UUID, or the ID as a text, names. Raises ApiError(CONTACT_NOT_FOUND)."""
    if re.fullmatch(r"[0-9]{1,19}", key) and 1 <= int(key) <= LARGEST_ID:
        return int(key)
    id = contact_id_of(request.team.id, key)
    if id is None:
        raise ApiError(ErrorCode.CONTACT_NOT_FOUND, field="contact_id")
    return id


def channel_fields(body: ChannelContactRequest) -> dict[str, Any]:
    """The fields that were sent, with phone number and email address out of the channels. Raises ApiError."""
    fields = {name: getattr(body, name) for name in body.model_fields_set - {"contact_channels"}}
    for channel in body.contact_channels:
        name = channel.channel_type or type_of(channel.channel_id)
        if fields.setdefault(name, channel.channel_id) != channel.channel_id:
            raise ApiError(ErrorCode.BAD_DATA, f"A contact has one {name}.", field="contact_channels")
    return {name: value for name, value in fields.items() if value is not None}


def read_details[R: ContactDetailsRequest](request: ApiRequest, kind: type[R], fields: dict[str, Any]) -> R:
    try:
        return kind.model_validate(fields, context={"request": request})
    except ValidationError as error:
        raise from_validation_errors(error.errors(include_url=False), fields) from None


def channel_contact_response(request: ApiRequest, contact: Contact, **at: str) -> ChannelContactResponse:
    first = contact_response(contact, custom_values(team_fields(request), contact), **at)
    channels = [ChannelResponse(channel_type="phone", channel_id=first.phone)]
    if first.email:
        channels.append(ChannelResponse(channel_type="email", channel_id=first.email))
    return ChannelContactResponse(**dict(first), contact_channels=channels)
