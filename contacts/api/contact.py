"""API calls about one contact: create, find, change, delete."""

from typing import Annotated, Any, Literal

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
from kernel import change_tokens

DETAIL_ERRORS = (
    ErrorCode.INVALID_PHONE_NUMBER,
    ErrorCode.INVALID_EMAIL,
    ErrorCode.INVALID_CUSTOM_FIELD,
    ErrorCode.MEMBER_NOT_FOUND,
    ErrorCode.TAG_NOT_FOUND,
)


@calls.writes(
    "POST", "/contact", answer=SavedContactResponse, example=SAVED, body=NEW_CONTACT,
    errors=DETAIL_ERRORS, summary="Create a contact",
)  # fmt: skip
def create_contact(request: ApiRequest, body: NewContactRequest) -> SavedContactResponse | ApiError:
    """Create a contact. If the team has a contact with this number, its empty values are filled in; a compatible key
    replaces its values with those that are sent.

    Consent belongs to the number: this call never lifts an opt-out or a block, and a new contact with an opted-out
    number is opted out from the start. No contact is made of an emergency, premium-rate or short number, but its
    opt-out is recorded.
    """
    return save_new(request, body, overwrite=request.compatible)


@calls.reads(
    "POST", "/contact/get", answer=ContactResponse, example=CONTACT, body={"phone": "15105553344"},
    errors=[ErrorCode.CONTACT_NOT_FOUND, ErrorCode.INVALID_PHONE_NUMBER], summary="Find a contact by its number",
)  # fmt: skip
def find_contact(request: ApiRequest, body: PhoneOrIdRequest) -> ContactResponse:
    """Find a contact by its number or ID. The number counts if both are sent."""
    if body.phone is None and body.id is None:
        raise ApiError(ErrorCode.BAD_DATA, "Send phone or id.")
    number = parse_number(body.phone, request.team) if body.phone else None
    return _response(request, find_by_number_or_id(request.team, body.id, number))


@calls.reads(
    "GET", "/contact/{id}", answer=ContactResponse, example=CONTACT, errors=[ErrorCode.CONTACT_NOT_FOUND],
    summary="Get a contact",
)  # fmt: skip
def get_contact(request: ApiRequest, id: PathId) -> ContactResponse:
    """Get a contact by its ID."""
    return _response(request, find_by_number_or_id(request.team, id, None))


@calls.writes(
    "PUT", "/contact/{id}", answer=SavedContactResponse, example={**SAVED, "rev": 2, "created": False},
    body={"phone": "15105553344", "first": "Jordan"},
    errors=[*DETAIL_ERRORS, ErrorCode.CONTACT_NOT_FOUND, ErrorCode.NUMBER_TAKEN, ErrorCode.NOT_POSSIBLE],
    summary="Change a contact",
)  # fmt: skip
def update_contact(
    request: ApiRequest,
    id: PathId,
    body: ContactChangesRequest,
    overwrite: Annotated[bool, Query(description="Whether `custom` replaces all custom fields.")] = False,
) -> SavedContactResponse | ApiError:
    """Change the fields that are sent. With another number, the opt-outs and blocks of the old number are copied to the
    new number, and the conversations stay with the old number.
    """
    _require_same_inboxes(request, id, body.unsubscribed_inboxes)
    return save_changes(request, id, body, overwrite=overwrite)


def _require_same_inboxes(request: ApiRequest, id: int, sent: list[int] | None) -> None:
    """Refuse a change that would otherwise seem to be made. An app may send back what GET returned."""
    if sent and sorted(sent) != find_by_number_or_id(request.team, id, None).unsubscribed_inboxes:
        message = "This call cannot change single inboxes: send contact/set_status with the inbox."
        raise ApiError(ErrorCode.NOT_POSSIBLE, message, field="unsubscribed_inboxes")


@calls.writes(
    "DELETE", "/contact/{id}", answer=Literal["ok"], example="ok", errors=[ErrorCode.CONTACT_NOT_FOUND],
    summary="Delete a contact",
)  # fmt: skip
def delete_contact(request: ApiRequest, id: PathId) -> str:
    """Delete a contact. Its texts are kept, and so are the opt-outs and blocks, which belong to the number."""
    result = deletion.delete_contacts(request.team.id, [id], erase=False, by=actor(request))
    if not result.contacts:
        raise ApiError(ErrorCode.CONTACT_NOT_FOUND, field="id")
    change_tokens.renew_on_commit(request.team.id)
    return "ok"


def _response(request: ApiRequest, contact: Any) -> ContactResponse:
    return contact_response(contact, custom_values(team_fields(request), contact))
