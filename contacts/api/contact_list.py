"""The calls about all contacts: page by page, and how many."""

from pydantic import BaseModel, StrictBool

from api.paging import CursorParameter, fetch_page
from api.router import ApiRequest
from api.shapes import StrictRequest
from contacts.api.calls import calls
from contacts.api.custom_fields import custom_values, team_fields
from contacts.api.shapes import CONTACT, ContactResponse, contact_response, with_api_columns
from contacts.contact.models import Contact


class ContactListRequest(StrictRequest):
    date: CursorParameter | None = None
    ascending: StrictBool = False


class ContactCountResponse(BaseModel):
    count: int


@calls.reads(
    "POST", "/contacts", answer=list[ContactResponse], example=[CONTACT], body={"date": "2026-11-25T10:42:00.123456Z"},
    summary="Contacts, page by page",
)  # fmt: skip
def list_contacts(request: ApiRequest, asked: ContactListRequest) -> list[ContactResponse]:
    """Thirty contacts, the last changed first; send `updated` of the last one as `date` to get the next.

    An empty list is the end. A contact that is changed while you page goes to the front. Whoever follows changes pages
    `ascending` from a little before the last `updated`: a change that was still being saved may carry an earlier time.
    A change of status is none of the contact: GET /v1/optouts tells each of those, and misses none.
    """
    contacts = with_api_columns(Contact.objects.filter(team_id=request.team.id), request.team)
    rows = fetch_page(contacts, "updated_at", asked.date, ascending=asked.ascending)
    fields = team_fields(request)
    return [contact_response(contact, custom_values(fields, contact), updated) for contact, updated in rows]


@calls.reads(
    "POST",
    "/contacts/count",
    answer=ContactCountResponse,
    example={"count": 18204},
    summary="How many contacts",
)
def count_contacts(request: ApiRequest) -> ContactCountResponse:
    """How many contacts the team has, exactly."""
    return ContactCountResponse(count=Contact.objects.filter(team_id=request.team.id).count())
