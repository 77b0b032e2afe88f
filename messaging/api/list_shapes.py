"""Request and response bodies of the API calls about lists."""

import uuid
from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field, model_validator

from api.paging import CursorTime
from api.shapes import Id, Phone, StrictRequest, text_up_to
from contacts.lists.models import ContactList

MAX_MEMBERS = 500  # that one call adds or removes: their numbers are locked together
_LOCAL_ID = "Your idempotency key: a repeat within 24 hours returns the same response and creates nothing."
_FILTER = (
    "Makes it a live list: the query string of the contacts page, such as status=active. Whoever matches is on it;"
    " nobody is added or removed."
)

Title = Annotated[str, text_up_to(80, "The name of the list, unique in the team.", shortest=1)]
ContactIds = Annotated[list[Id], Field(max_length=MAX_MEMBERS)]
Phones = Annotated[
    list[Phone], Field(max_length=MAX_MEMBERS, description="A contact is created for a new number.")
]


class CreateListRequest(StrictRequest):
    title: Title
    local_id: Annotated[str, text_up_to(64, _LOCAL_ID, shortest=1)] | None = None
    type: Annotated[Literal["contacts"] | None, Field(description="Ignored: all lists are of contacts.")] = (
        None
    )
    contacts: ContactIds = []
    phones: Phones = []
    filter: Annotated[str, text_up_to(2000, _FILTER)] | None = None


class UpdateListRequest(StrictRequest):
    title: Title | None = None
    contacts: Annotated[ContactIds | None, Field(description="All members. Others are removed.")] = None
    add_contacts: ContactIds = []
    remove_contacts: ContactIds = []
    add_phones: Phones = []
    remove_phones: Phones = []
    add_phone: Annotated[Phone | None, Field(description="One number more for add_phones.")] = None
    remove_phone: Annotated[Phone | None, Field(description="One number more for remove_phones.")] = None
    filter: Annotated[str, text_up_to(2000, "Of a live list.")] | None = None

    @model_validator(mode="after")
    def _with_single_numbers(self) -> Self:
        """The first version of the Heymarket API has one number in place of many."""
        self.add_phones = [*self.add_phones, *filter(None, [self.add_phone])]
        self.remove_phones = [*self.remove_phones, *filter(None, [self.remove_phone])]
        return self


class SavedListResponse(BaseModel):
    id: int = Field(description="The list_id of other calls.")
    uuid: str = Field(description="An ID that is unique among all teams and never changes.")


class ListResponse(BaseModel):
    id: int
    uuid: str
    name: str = Field(description="The `title` of the calls that create and update it.")
    team_id: int
    shared: bool = Field(description="Always true: lists are the team's.")
    live: bool = Field(description="Whether it is a filter: whoever matches is on it.")
    filter: str | None = Field(description="Of a live list.")
    created: CursorTime


EXAMPLE = {
    "id": 42, "uuid": "dc3deb9b-940a-544d-9d0e-8e3087a160e9", "name": "VIP", "team_id": 1, "shared": True,
    "live": False, "filter": None, "created": "2026-11-02T09:00:00.000000Z",
}  # fmt: skip
SAVED = {"id": EXAMPLE["id"], "uuid": EXAMPLE["uuid"]}
BODY = {"title": "VIP", "local_id": "vip-2026", "contacts": [98765], "phones": ["15105553344"]}


def saved_response(row: ContactList) -> SavedListResponse:
    return SavedListResponse(id=row.id, uuid=_uuid_of(row))


def _uuid_of(row: ContactList) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"heymarket:list:{row.team_id}:{row.id}"))


def list_response(row: ContactList, created: str) -> ListResponse:
    return ListResponse(
        id=row.id,
        uuid=_uuid_of(row),
        name=row.name,
        team_id=row.team_id,
        shared=True,
        live=row.is_live,
        filter=row.query if row.is_live else None,
        created=created,
    )
