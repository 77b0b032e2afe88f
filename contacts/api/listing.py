"""The calls about all contacts: page by page, and how many."""

from pydantic import BaseModel

from accounts.api.calls import Call
from accounts.api.paging import Cursor, page
from accounts.api.shapes import Asked, Flag
from contacts.api import calls
from contacts.api.fields import of_team, told_custom
from contacts.api.shapes import CONTACT, ContactTold, told, with_consent
from contacts.models import Contact


class Listing(Asked):
    date: Cursor | None = None
    ascending: Flag = False


class Count(BaseModel):
    count: int


@calls.reads(
    "POST", "/contacts", answer=list[ContactTold], example=[CONTACT], body={"date": "2026-11-25T10:42:00.123456Z"},
    summary="Contacts, page by page",
)  # fmt: skip
def list_contacts(request: Call, asked: Listing) -> list[ContactTold]:
    """Thirty contacts, the last changed first; send `updated` of the last one as `date` to get the next.

    An empty list is the end. A contact that is changed while you page goes to the front. Whoever follows changes pages
    `ascending` from a little before the last `updated`: a change that was still being saved may carry an earlier time.
    A change of status is none of the contact: GET /v1/optouts tells each of those, and misses none.
    """
    contacts = with_consent(Contact.objects.filter(team_id=request.team.id), request.team)
    rows = page(contacts, "updated_at", asked.date, ascending=asked.ascending)
    fields = of_team(request)
    return [told(contact, told_custom(fields, contact), updated) for contact, updated in rows]


@calls.reads("POST", "/contacts/count", answer=Count, example={"count": 18204}, summary="How many contacts")
def count_contacts(request: Call) -> Count:
    """How many contacts the team has, exactly."""
    return Count(count=Contact.objects.filter(team_id=request.team.id).count())
