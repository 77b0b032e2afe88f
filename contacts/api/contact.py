"""The calls about one contact: made, found, changed, deleted."""

from typing import Annotated, Literal

from ninja import Query

from api.errors import ApiError, ErrorCode
from api.router import ApiRequest
from api.shapes import PathId, parse_number
from contacts.api.calls import calls
from contacts.api.custom_fields import custom_values, team_fields
from contacts.api.saving import actor, save_changes, save_new
from contacts.api.shapes import (
    CONTACT,
    NEW_CONTACT,
    SAVED,
    ContactChangesRequest,
    ContactResponse,
    NewContactRequest,
    PhoneOrIdRequest,
    SavedContactResponse,
    contact_response,
    find_by_number_or_id,
)
from contacts.contact import deletion
from contacts.contact.models import Contact
from kernel import change_tokens

DETAIL_ERRORS = (
    ErrorCode.INVALID_PHONE_NUMBER,
    ErrorCode.INVALID_EMAIL,
    ErrorCode.INVALID_CUSTOM_FIELD,
    ErrorCode.MEMBER_NOT_FOUND,
    ErrorCode.TAG_NOT_FOUND,
)


@calls.writes(
    "POST", "/contact", answer=SavedContactResponse, example=SAVED, body=NEW_CONTACT, errors=DETAIL_ERRORS, summary="Make a contact"
)  # fmt: skip
def create_contact(request: ApiRequest, asked: NewContactRequest) -> SavedContactResponse:
    """Make a contact, or find the one that the team has with this number: of that only what is empty is filled in.

    A number that may not be texted stays so, whatever is sent here: consent belongs to the number. A contact that is
    made for it is opted out from the start.
    """
    return save_new(request, asked, overwrite=False)


@calls.reads(
    "POST", "/contact/get", answer=ContactResponse, example=CONTACT, body={"phone": "15105553344"},
    errors=[ErrorCode.CONTACT_NOT_FOUND, ErrorCode.INVALID_PHONE_NUMBER], summary="One contact by its number",
)  # fmt: skip
def find_contact(request: ApiRequest, asked: PhoneOrIdRequest) -> ContactResponse:
    """A contact by its number or its id; the number counts where both are sent."""
    if asked.phone is None and asked.id is None:
        raise ApiError(ErrorCode.BAD_DATA, "Send phone or id.")
    named = parse_number(asked.phone, request.team) if asked.phone else None
    return _told(request, find_by_number_or_id(request.team, asked.id, named))


@calls.reads(
    "GET", "/contact/{id}", answer=ContactResponse, example=CONTACT, errors=[ErrorCode.CONTACT_NOT_FOUND], summary="One contact"
)  # fmt: skip
def get_contact(request: ApiRequest, id: PathId) -> ContactResponse:
    """A contact by its id."""
    return _told(request, find_by_number_or_id(request.team, id, None))


@calls.writes(
    "PUT", "/contact/{id}", answer=SavedContactResponse, example={**SAVED, "rev": 2, "created": False},
    body={"phone": "15105553344", "first": "Jordan"},
    errors=[*DETAIL_ERRORS, ErrorCode.CONTACT_NOT_FOUND, ErrorCode.NUMBER_TAKEN], summary="Change a contact",
)  # fmt: skip
def update_contact(
    request: ApiRequest,
    id: PathId,
    asked: ContactChangesRequest,
    overwrite: Annotated[bool, Query(description="Whether `custom` replaces all custom fields.")] = False,
) -> SavedContactResponse:
    """Change what is sent. With another number, whatever forbids texts to the old number forbids them to both from then
    on, and the conversations stay with the old number.
    """
    return save_changes(request, id, asked, overwrite=overwrite)


@calls.writes(
    "DELETE", "/contact/{id}", answer=Literal["ok"], example="ok", errors=[ErrorCode.CONTACT_NOT_FOUND],
    summary="Delete a contact",
)  # fmt: skip
def delete_contact(request: ApiRequest, id: PathId) -> str:
    """Delete a contact. Its texts stay, and so does whatever forbids texts to its number: that list knows numbers."""
    gone = deletion.delete_contacts(request.team.id, [id], erase=False, by=actor(request))
    if not gone.contacts:
        raise ApiError(ErrorCode.CONTACT_NOT_FOUND, field="id")
    change_tokens.renew_on_commit(request.team.id)
    return "ok"


def _told(request: ApiRequest, contact: Contact) -> ContactResponse:
    return contact_response(contact, custom_values(team_fields(request), contact))
