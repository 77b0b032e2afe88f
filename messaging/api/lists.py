"""API calls about lists: list, get, create, update, members, delete."""

from collections.abc import Iterable
from typing import Any, Literal

from django.http import QueryDict

from api.errors import ApiError, ErrorCode
from api.paging import PageRequest, fetch_page
from api.router import ApiRequest
from api.shapes import PathId, check_recipient, parse_number
from contacts.api.custom_fields import custom_values, team_fields
from contacts.api.saving import actor
from contacts.api.shapes import CONTACT, ContactResponse, contact_response, with_api_columns
from contacts.contact import number_changes
from contacts.contact.models import Contact
from contacts.contact.number_changes import NumberTaken
from contacts.lists.labels import add_to_lists
from contacts.lists.models import AddedBy, ContactList, EntrySource, ListEntry
from contacts.search.address import ContactsAddress
from contacts.search.filters import ContactFilters, ids_on_list
from contacts.search.sorting import SortOrder
from kernel import change_tokens
from kernel.visible_text import has_visible_characters
from messaging import idempotency
from messaging.api.calls import calls
from messaging.api.list_shapes import (
    BODY,
    EXAMPLE,
    SAVED,
    CreateListRequest,
    ListResponse,
    SavedListResponse,
    UpdateListRequest,
    list_response,
    saved_response,
)
from optout.models import StandingState
from optout.number_locks import lock_numbers

MEMBER_ERRORS = [ErrorCode.CONTACT_NOT_FOUND, ErrorCode.INVALID_PHONE_NUMBER]


@calls.reads(
    "POST", "/lists", answer=list[ListResponse], example=[EXAMPLE], body={"date": "2026-11-25T10:42:00Z"},
    summary="List lists",
)  # fmt: skip
def list_lists(request: ApiRequest, payload: PageRequest) -> list[ListResponse]:
    """Lists, the newest first. Send `created` of the last as `date` to get the next page."""
    rows = ContactList.objects.filter(team_id=request.team.id)
    return [list_response(row, created) for row, created in payload.read(rows, "created_at")]


@calls.reads(
    "GET",
    "/list/{id}",
    answer=ListResponse,
    example=EXAMPLE,
    errors=[ErrorCode.LIST_NOT_FOUND],
    summary="Get a list",
)
def get_list(request: ApiRequest, id: PathId) -> ListResponse:
    """One list, by its ID."""
    ((row, created),) = fetch_page(
        ContactList.objects.filter(id=find_list(request, id).id), "created_at", None
    )
    return list_response(row, created)


@calls.reads(
    "POST", "/list/{id}/contacts", answer=list[ContactResponse], example=[CONTACT],
    body={"date": "2026-11-25T10:42:00.123456Z"}, errors=[ErrorCode.LIST_NOT_FOUND], summary="List members of a list",
)  # fmt: skip
def list_contacts_of_list(request: ApiRequest, id: PathId, payload: PageRequest) -> list[ContactResponse]:
    """Contacts of the list, the last changed first, as POST /v1/contacts pages all contacts."""
    ids = ids_on_list(request.team, find_list(request, id))
    contacts = Contact.objects.filter(team_id=request.team.id, id__in=ids)
    rows = payload.read(with_api_columns(contacts, request.team), "updated_at")
    fields = team_fields(request)
    return [contact_response(contact, custom_values(fields, contact), updated_at=at) for contact, at in rows]


@calls.writes(
    "POST", "/list", answer=SavedListResponse, example=SAVED, body=BODY,
    errors=[*MEMBER_ERRORS, ErrorCode.LOCAL_ID_REUSED], summary="Create a list",
)  # fmt: skip
def create_list(request: ApiRequest, payload: CreateListRequest) -> Any:
    """Create a list of contacts, or with `filter` a live list. Being on a list lifts no opt-out."""
    return create_list_once(request, payload)


def create_list_once(request: ApiRequest, payload: CreateListRequest) -> Any:
    if payload.local_id is None:
        return create_new_list(request, payload)
    fields = {"list": payload.model_dump()}
    return idempotency.run_once(
        request.team.id,
        payload.local_id,
        fields,
        lambda: create_new_list(request, payload),
        SavedListResponse,
    )


def create_new_list(request: ApiRequest, payload: CreateListRequest) -> SavedListResponse:
    if payload.filter is not None and (payload.contacts or payload.phones):
        raise ApiError(ErrorCode.BAD_DATA, "A live list has whoever matches its filter.", field="filter")
    members = read_members(request, payload.contacts, payload.phones, ("contacts", "phones"))
    row = ContactList(
        team=request.team, name=_title(request, payload.title), created_by=request.key.name[:120]
    )
    if payload.filter is not None:
        row.is_live, row.query = True, _query(request, payload.filter)
    row.save()
    add_members(request, row, members)
    change_tokens.renew_on_commit(request.team.id)
    return saved_response(row)


@calls.writes(
    "PUT", "/list/{id}", answer=SavedListResponse, example=SAVED, body={"title": "VIP", "add_contacts": [98765]},
    errors=[ErrorCode.LIST_NOT_FOUND, *MEMBER_ERRORS], summary="Update a list",
)  # fmt: skip
def update_list(request: ApiRequest, id: PathId, payload: UpdateListRequest) -> SavedListResponse:
    """Rename a list, add and remove members, or replace them all. What is not sent stays."""
    return change_list(request, id, payload)


def change_list(request: ApiRequest, id: int, payload: UpdateListRequest) -> SavedListResponse:
    row = find_list(request, id)
    changes = (
        payload.contacts,
        payload.add_contacts,
        payload.remove_contacts,
        payload.add_phones,
        payload.remove_phones,
    )
    if row.is_live and any(changes):
        raise ApiError(ErrorCode.BAD_DATA, "A live list has whoever matches its filter.", field="contacts")
    if payload.filter is not None and not row.is_live:
        raise ApiError(ErrorCode.BAD_DATA, "Only a live list has a filter.", field="filter")
    added = read_members(
        request,
        [*(payload.contacts or ()), *payload.add_contacts],
        payload.add_phones,
        ("add_contacts", "add_phones"),
    )
    if payload.title is not None:
        row.name = _title(request, payload.title, but=row.id)
    if payload.filter is not None:
        row.query = _query(request, payload.filter)
    row.save(update_fields=["name", "query"])
    entries = ListEntry.objects.filter(team_id=request.team.id, list_id=row.id)
    if payload.contacts is not None:
        entries.exclude(contact_id__in=added).delete()
    entries.filter(contact_id__in=payload.remove_contacts).delete()
    numbers = _numbers(request, payload.remove_phones, "remove_phones")
    people = Contact.objects.filter(team_id=request.team.id, number__in=numbers)
    entries.filter(contact_id__in=people.values("id")).delete() if numbers else None
    add_members(request, row, added - set(payload.remove_contacts))
    change_tokens.renew_on_commit(request.team.id)
    return saved_response(row)


@calls.writes(
    "DELETE",
    "/list/{id}",
    answer=Literal["ok"],
    example="ok",
    errors=[ErrorCode.LIST_NOT_FOUND],
    summary="Delete a list",
)
def delete_list(request: ApiRequest, id: PathId) -> str:
    """Delete a list. Its contacts and their standing are kept."""
    find_list(request, id).delete()
    change_tokens.renew_on_commit(request.team.id)
    return "ok"


def find_list(request: ApiRequest, id: int) -> ContactList:
    row: ContactList | None = ContactList.objects.filter(team_id=request.team.id, id=id).first()
    if row is None:
        raise ApiError(ErrorCode.LIST_NOT_FOUND, field="id")
    return row


def _title(request: ApiRequest, typed: str, but: int = 0) -> str:
    title = " ".join(typed.split())
    if not has_visible_characters(title):
        raise ApiError(ErrorCode.BAD_DATA, "Give it a title.", field="title")
    if ContactList.objects.filter(team_id=request.team.id, name__iexact=title).exclude(id=but).exists():
        raise ApiError(ErrorCode.BAD_DATA, "Your team has a list with this title.", field="title")
    return title


def _query(request: ApiRequest, typed: str) -> str:
    """The filter as it is stored: the parameters that are filters, in their order."""
    data = QueryDict(typed.removeprefix("?").encode())
    filters = ContactFilters(request.team, data, of_live_list=True)
    if unknown := [name for name in data if name not in filters.filters]:
        raise ApiError(ErrorCode.BAD_DATA, f"There is no filter “{unknown[0][:60]}”.", field="filter")
    if errors := filters.errors:
        name, (sentence, *_) = next(iter(errors.items()))
        raise ApiError(ErrorCode.BAD_DATA, f"{name[:60]}: {sentence}", field="filter")
    return ContactsAddress(request.team, data, filters, SortOrder()).query


def read_members(
    request: ApiRequest, ids: Iterable[int], phones: Iterable[str], fields: tuple[str, str]
) -> set[int]:
    """The IDs of these contacts; for each new number a contact is created. Raises ApiError with one of the fields."""
    field, phones_field = fields
    numbers = _numbers(request, phones, phones_field)
    if numbers:
        lock_numbers(request.team.id, numbers)  # before any row
    wanted, contacts = set(ids), Contact.objects.filter(team_id=request.team.id)
    found = set(contacts.filter(id__in=wanted).values_list("id", flat=True))
    if missing := wanted - found:
        raise ApiError(ErrorCode.CONTACT_NOT_FOUND, f"Your team has no contact {min(missing)}.", field=field)
    known = dict(contacts.filter(number__in=numbers).values_list("number", "id"))
    for number in dict.fromkeys(numbers):
        if number not in known:
            check_recipient(number, request.team, field=phones_field)
        found.add(known.get(number) or _new_contact(request, number))
    return found


def _numbers(request: ApiRequest, phones: Iterable[str], field: str) -> list[str]:
    return [
        parse_number(phone, request.team, field=f"{field}.{at}", short_codes=False)
        for at, phone in enumerate(phones)
    ]


def _new_contact(request: ApiRequest, number: str) -> int:
    contact = Contact(team=request.team)
    try:
        number_changes.create_contact(contact, number, StandingState.ACTIVE, by=actor(request), answer=None)
    except NumberTaken as error:  # by a text at this moment
        return (error.holder or contact).id
    return contact.id


def add_members(request: ApiRequest, row: ContactList, contact_ids: Iterable[int]) -> None:
    add_to_lists(
        request.team.id, [row.id], sorted(contact_ids), AddedBy(EntrySource.API, request.key.name[:120])
    )
