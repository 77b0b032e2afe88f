"""Request and response bodies of the API calls about contacts."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Prefetch
from pydantic import BaseModel, Field, StrictBool

from api.errors import ApiError, ErrorCode
from api.paging import CursorTime, cursor_time
from api.shapes import ID_AS_TEXT, Id, Phone, StrictRequest, one_of, text_up_to
from contacts.api.uuids import contact_uuid
from contacts.contact.models import Contact
from contacts.lists.models import Tag
from kernel.phone_numbers import digits
from optout.consent_records.shapes import ConsentRequest
from optout.models import API_WORDS, StandingState, Suppression, SuppressionKind


class TagIdRequest(StrictRequest):
    tag_id: Id


TagName = Annotated[str, text_up_to(40, "The name of a tag. It is created if missing.", shortest=1)]
StatusChoice = Literal["active", "unsubscribed", "blocked"]


class ContactDetailsRequest(StrictRequest):
    """The values of a contact. Values that are missing or null do not change the contact."""

    first: Annotated[str, text_up_to(80, "First name.")] | None = None
    last: Annotated[str, text_up_to(80, "Last name.")] | None = None
    display_name: Annotated[str, text_up_to(120, "Shown instead of first and last name.")] | None = None
    email: Annotated[str, text_up_to(254, "One email address.")] | None = None
    assignee_id: Annotated[
        Annotated[int, Field(strict=True, ge=-1, le=2**63 - 1), ID_AS_TEXT] | None,
        Field(description="A member of the team, see GET /v1/team. -1 removes the assignee."),
    ] = None
    tags: Annotated[
        list[TagIdRequest | TagName] | None,
        Field(max_length=50, description="All tags of the contact. Other tags are removed."),
    ] = None
    custom: Annotated[
        dict[str, Any] | None,
        Field(
            max_length=50,
            description="Values of custom fields by their IDs (POST /v1/contact-fields) or keys. Null removes a value.",
        ),
    ] = None
    is_opted_out: Annotated[
        StrictBool | None,
        Field(
            description="True opts the number out. False does not lift an opt-out: see /v1/contact/set_status."
        ),
    ] = None
    status: Annotated[
        StatusChoice | None,
        Field(description="unsubscribed and blocked are recorded. active does not lift anything."),
    ] = None

    consent: Annotated[
        ConsentRequest | None,
        Field(
            description="How the person agreed to get texts: a new record. It lifts no opt-out and no block."
        ),
    ] = None


class NewContactRequest(ContactDetailsRequest):
    phone: Phone


class ContactChangesRequest(ContactDetailsRequest):
    phone: Phone | None = None
    unsubscribed_inboxes: Annotated[
        list[Id] | None,
        Field(max_length=500, description="As GET returned it: this call cannot change it."),
    ] = None


class PhoneOrIdRequest(StrictRequest):
    """A number, or the contact whose number it is. Send phone or id."""

    phone: Phone | None = None
    id: Id | None = None


class TagResponse(BaseModel):
    tag_id: int
    name: str


class ContactResponse(BaseModel):
    """A contact of the team."""

    id: int
    uuid: str = Field(description="An ID that is unique among all teams and never changes.")
    rev: int = Field(description="The number of its changes, from 1.")
    phone: str
    first: str
    last: str
    display_name: str
    email: str
    assigned_user_id: int | None = Field(description="The member to whom the contact is assigned.")
    tags: list[TagResponse]
    custom: dict[str, Any] = Field(description="Values of custom fields by their IDs.")
    is_opted_out: bool = Field(description="Opted out in all inboxes, whether blocked or not.")
    status: str = one_of(API_WORDS, "The standing of the number in all inboxes.")
    unsubscribed_inboxes: list[int] = Field(
        description="The single inboxes from which the number is opted out, besides the opt-outs from all."
    )
    team_id: int
    created: CursorTime
    updated: CursorTime


class SavedContactResponse(BaseModel):
    id: int
    rev: int
    uuid: str
    created: bool = Field(description="False if the team had a contact with this number already.")


SAVED = {"id": 98765, "rev": 1, "uuid": "00000000-0018-81cd-954e-49db1a452e1b", "created": True}
CONTACT = {
    "id": 98765, "uuid": "00000000-0018-81cd-954e-49db1a452e1b", "rev": 3, "phone": "15105553344", "first": "Jordan",
    "last": "Rivera", "display_name": "", "email": "jordan@example.com", "assigned_user_id": 7,
    "tags": [{"tag_id": 55, "name": "vip"}], "custom": {"12": "Gold"}, "is_opted_out": False, "status": "active",
    "unsubscribed_inboxes": [], "team_id": 1, "created": "2026-11-02T09:00:00.000000Z",
    "updated": "2026-11-25T10:42:00.123456Z",
}  # fmt: skip
NEW_CONTACT = {
    "phone": "15105553344",
    "first": "Jordan",
    "last": "Rivera",
    "email": "jordan@example.com",
    "tags": ["vip"],
}


def uuid_of(contact: Contact) -> str:
    return contact_uuid(contact.team_id, contact.id)


def contact_response(
    contact: Any, custom: Mapping[str, Any], *, updated_at: str = "", created_at: str = ""
) -> ContactResponse:
    """The response for a contact from with_api_columns. On a page it has a cursor in the order of that page."""
    status = StandingState(contact.standing).api_word
    return ContactResponse(
        id=contact.id,
        uuid=uuid_of(contact),
        rev=contact.rev,
        phone=digits(contact.number),
        first=contact.first_name,
        last=contact.last_name,
        display_name=contact.display_name,
        email=contact.email,
        assigned_user_id=contact.assignee_id,
        tags=[TagResponse(tag_id=tag.id, name=tag.name) for tag in contact.tags.all()],
        custom=dict(custom),
        is_opted_out=contact.opted_out,
        status=status,
        unsubscribed_inboxes=contact.unsubscribed_inboxes,
        team_id=contact.team_id,
        created=created_at or cursor_time(contact.created_at),
        updated=updated_at or cursor_time(contact.updated_at),
    )


def with_api_columns(contacts: Any, team: Any) -> Any:
    """The contacts with standing and tags, which contact_response needs."""
    rows = Suppression.objects.filter(
        team_id=team.id, number=OuterRef("number"), kind=SuppressionKind.OPT_OUT
    )
    single = rows.exclude(inbox=None).order_by("inbox_id").values("inbox_id").distinct()
    tags = Prefetch("tags", Tag.objects.filter(team_id=team.id))
    found = contacts.with_standing(team).annotate(opted_out=Exists(rows.filter(inbox=None)))
    return found.annotate(unsubscribed_inboxes=ArraySubquery(single)).prefetch_related(tags)


def find_by_number_or_id(team: Any, id: int | None, number: str | None) -> Any:
    """The contact with this number or else this ID, from with_api_columns. Raises ApiError(CONTACT_NOT_FOUND)."""
    condition = {"number": number} if number else {"id": id}
    rows = with_api_columns(Contact.objects.filter(team_id=team.id, **condition), team)
    contact = rows.first()
    if contact is None:
        raise ApiError(ErrorCode.CONTACT_NOT_FOUND, field="phone" if number else "id")
    return contact
