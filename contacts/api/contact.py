"""The calls about one contact: made, found, changed, deleted."""

from typing import Annotated, Literal

from ninja import Query

from accounts import live
from accounts.api.calls import Call
from accounts.api.errors import Code, Fault
from accounts.api.shapes import PathId, number
from contacts import deletion
from contacts.api import calls
from contacts.api.fields import of_team, told_custom
from contacts.api.saving import actor, save_changes, save_new
from contacts.api.shapes import (
    CONTACT,
    NEW_CONTACT,
    SAVED,
    ByPhoneOrId,
    ContactChanges,
    ContactTold,
    NewContact,
    Saved,
    find,
    told,
)
from contacts.models import Contact

ABOUT_DETAILS = (
    Code.INVALID_PHONE_NUMBER,
    Code.INVALID_EMAIL,
    Code.INVALID_CUSTOM_FIELD,
    Code.MEMBER_NOT_FOUND,
    Code.TAG_NOT_FOUND,
)


@calls.writes(
    "POST", "/contact", answer=Saved, example=SAVED, body=NEW_CONTACT, faults=ABOUT_DETAILS, summary="Make a contact"
)  # fmt: skip
def create_contact(request: Call, asked: NewContact) -> Saved:
    """Make a contact, or find the one that the team has with this number: of that only what is empty is filled in.

    A number that may not be texted stays so, whatever is sent here: consent belongs to the number. A contact that is
    made for it is opted out from the start.
    """
    return save_new(request, asked, overwrite=False)


@calls.reads(
    "POST", "/contact/get", answer=ContactTold, example=CONTACT, body={"phone": "15105553344"},
    faults=[Code.CONTACT_NOT_FOUND, Code.INVALID_PHONE_NUMBER], summary="One contact by its number",
)  # fmt: skip
def find_contact(request: Call, asked: ByPhoneOrId) -> ContactTold:
    """A contact by its number or its id; the number counts where both are sent."""
    if asked.phone is None and asked.id is None:
        raise Fault(Code.BAD_DATA, "Send phone or id.")
    named = number(asked.phone, request.team) if asked.phone else None
    return _told(request, find(request.team, asked.id, named))


@calls.reads(
    "GET", "/contact/{id}", answer=ContactTold, example=CONTACT, faults=[Code.CONTACT_NOT_FOUND], summary="One contact"
)  # fmt: skip
def get_contact(request: Call, id: PathId) -> ContactTold:
    """A contact by its id."""
    return _told(request, find(request.team, id, None))


@calls.writes(
    "PUT", "/contact/{id}", answer=Saved, example={**SAVED, "rev": 2, "created": False},
    body={"phone": "15105553344", "first": "Jordan"},
    faults=[*ABOUT_DETAILS, Code.CONTACT_NOT_FOUND, Code.NUMBER_TAKEN], summary="Change a contact",
)  # fmt: skip
def update_contact(
    request: Call,
    id: PathId,
    asked: ContactChanges,
    overwrite: Annotated[bool, Query(description="Whether `custom` replaces all custom fields.")] = False,
) -> Saved:
    """Change what is sent. With another number, whatever forbids texts to the old number forbids them to both from then
    on, and the conversations stay with the old number.
    """
    return save_changes(request, id, asked, overwrite=overwrite)


@calls.writes(
    "DELETE", "/contact/{id}", answer=Literal["ok"], example="ok", faults=[Code.CONTACT_NOT_FOUND],
    summary="Delete a contact",
)  # fmt: skip
def delete_contact(request: Call, id: PathId) -> str:
    """Delete a contact. Its texts stay, and so does whatever forbids texts to its number: that list knows numbers."""
    gone = deletion.delete(request.team.id, [id], erase=False, by=actor(request))
    if not gone.contacts:
        raise Fault(Code.CONTACT_NOT_FOUND, field="id")
    live.changed(request.team.id)
    return "ok"


def _told(request: Call, contact: Contact) -> ContactTold:
    return told(contact, told_custom(of_team(request), contact))
