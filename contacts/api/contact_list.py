"""API calls about all contacts: pages and the count."""

from pydantic import BaseModel

from api.paging import OrderedPageRequest
from api.router import ApiRequest
from contacts.api.calls import calls
from contacts.api.custom_fields import custom_values, team_fields
from contacts.api.shapes import CONTACT, ContactResponse, contact_response, with_api_columns
from contacts.contact.models import Contact


class ContactCountResponse(BaseModel):
    count: int


@calls.reads(
    "POST", "/contacts", answer=list[ContactResponse], example=[CONTACT], body={"date": "2026-11-25T10:42:00.123456Z"},
    summary="List contacts",
)  # fmt: skip
def list_contacts(request: ApiRequest, body: OrderedPageRequest) -> list[ContactResponse]:
    """List contacts, the last changed first. Send `updated` of the last contact as `date` to get the next page; in the
    order of `created_at` its `created`.

    An empty list is the end. A contact that changes while you page moves to the front. To follow changes, page with
    `ascending` from a little before the last `updated`: a change that was being saved may have an earlier time.
    A change of status does not change the contact: GET /v1/optouts returns all of these.
    """
    contacts = with_api_columns(Contact.objects.filter(team_id=request.team.id), request.team)
    fields = team_fields(request)
    return [
        contact_response(contact, custom_values(fields, contact), **{body.order: at})
        for contact, at in body.read(contacts, body.order)
    ]


@calls.reads(
    "POST",
    "/contacts/count",
    answer=ContactCountResponse,
    example={"count": 18204},
    summary="Count contacts",
)
def count_contacts(request: ApiRequest) -> ContactCountResponse:
    """The exact number of the team's contacts."""
    return ContactCountResponse(count=Contact.objects.filter(team_id=request.team.id).count())
