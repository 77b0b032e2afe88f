"""API call that creates many contacts. Each contact is saved or refused by itself."""

from itertools import batched
from typing import Annotated, Any, Literal

from django.db import OperationalError, transaction
from ninja import Body, Query
from psycopg.errors import DeadlockDetected
from pydantic import BaseModel, Field, ValidationError

from api.errors import ApiError, ErrorCode
from api.router import ApiRequest
from api.shapes import parse_number
from api.validation_errors import from_validation_errors
from contacts.api.calls import calls
from contacts.api.saving import save_new
from contacts.api.shapes import NEW_CONTACT, SAVED, NewContactRequest
from contacts.contact.models import Contact
from kernel.tenancy import scope
from optout.number_locks import lock_numbers

MAX_CONTACTS = 1000
MAX_TRIES = 3
BATCH_SIZE = 50  # contacts of one transaction, which holds their locks


class BatchErrorResponse(BaseModel):
    error_code: str
    message: str
    field: str | None


class BatchItemResponse(BaseModel):
    """The result for one contact of the array. Either `error` is null, or `id`, `rev`, `uuid` and `created` are."""

    index: int = Field(description="The contact's index in the array, from 0.")
    phone: str | None = Field(description="As it was sent.")
    id: int | None = None
    rev: int | None = None
    uuid: str | None = None
    created: bool | None = None
    error: BatchErrorResponse | None = None


@calls.writes(
    "POST", "/batch/contacts", answer=list[BatchItemResponse] | Literal["ok"], one_transaction=False,
    example=[
        {"index": 0, "phone": NEW_CONTACT["phone"], **SAVED, "error": None},
        {
            "index": 1, "phone": "151", "id": None, "rev": None, "uuid": None, "created": None,
            "error": {
                "error_code": "invalid_phone_number", "field": "phone",
                "message": "A phone number has digits only. Write it like +1 510 555 3344.",
            },
        },
    ],
    body=[NEW_CONTACT, {"phone": "151"}], summary="Create up to 1,000 contacts",
)  # fmt: skip
def create_contacts(
    request: ApiRequest,
    items: Annotated[
        list[dict[str, Any]],
        Body(max_length=MAX_CONTACTS, description="Up to 1,000 contacts, each as for POST /v1/contact."),
    ],
    overwrite: Annotated[
        bool,
        Query(
            description="Whether values of existing contacts are replaced. Else only empty ones are filled in."
        ),
    ] = False,
) -> list[BatchItemResponse] | str:
    """Create contacts, or fill in empty values of existing contacts. The results are in the order of the array.

    A compatible key gets only the contacts that were refused, or `"ok"` if there are none.

    A refused contact does not affect the others. If the whole call ends in an error, send it again: contacts that were
    saved are found and not created twice.
    """
    results: list[BatchItemResponse] = []
    for some in batched(_indexes_by_number(request, items).items(), BATCH_SIZE):
        results += _save_batch(request, items, dict(some), overwrite)
    results.sort(key=lambda result: result.index)
    if request.compatible:
        return [result for result in results if result.error] or "ok"
    return results


def _save_batch(
    request: ApiRequest, items: list[dict[str, Any]], indexes: dict[str, list[int]], overwrite: bool
) -> list[BatchItemResponse]:
    """Save the contacts at these indexes by number in one transaction, which is tried again after a deadlock."""
    for tries_left in reversed(range(MAX_TRIES)):
        try:
            with scope(request.team.id):
                numbers = _lock_in_order(request.team.id, list(indexes))
                results = [
                    _save(request, index, items[index], overwrite)
                    for number in numbers
                    for index in indexes[number]
                ]
                if request.dry_run:
                    transaction.set_rollback(True)
                return results
        except OperationalError as error:
            if not isinstance(error.__cause__, DeadlockDetected) or not tries_left:
                raise
    raise AssertionError("the last try returns or raises")


def _lock_in_order(team_id: int, numbers: list[str]) -> list[str]:
    """Lock the numbers, and return them in the common lock order of contacts: existing by ID, then new by number."""
    lock_numbers(team_id, filter(None, numbers))
    rows = Contact.objects.filter(team_id=team_id, number__in=numbers).values_list("number", "id")
    ids = dict(rows)
    return sorted(numbers, key=lambda number: (number not in ids, ids.get(number, 0), number))


def _indexes_by_number(request: ApiRequest, items: list[dict[str, Any]]) -> dict[str, list[int]]:
    """The indexes of each number in the array; unreadable numbers, which are refused later, are under "".

    All items of a number are saved in one transaction, so that, in a dry run too, the second finds the first contact.
    """
    indexes: dict[str, list[int]] = {}
    for index, item in enumerate(items):
        try:
            number = parse_number(str(item.get("phone", "")), request.team)
        except ApiError:
            number = ""
        indexes.setdefault(number, []).append(index)
    return indexes


def _save(request: ApiRequest, index: int, item: dict[str, Any], overwrite: bool) -> BatchItemResponse:
    try:
        with transaction.atomic():
            body = NewContactRequest.model_validate(item, context={"request": request})
            saved = save_new(request, body, overwrite=overwrite)
    except ValidationError as error:
        return _refused(index, item, from_validation_errors(error.errors(include_url=False), item))
    except ApiError as error:
        return _refused(index, item, error)
    if isinstance(saved, ApiError):
        return _refused(index, item, saved)
    return BatchItemResponse(index=index, phone=body.phone, **saved.model_dump())


def _refused(index: int, item: dict[str, Any], error: ApiError) -> BatchItemResponse:
    if error.code in (ErrorCode.INTERNAL_ERROR, ErrorCode.UNAVAILABLE):
        raise error
    return BatchItemResponse(
        index=index,
        phone=phone if isinstance(phone := item.get("phone"), str) else None,
        error=BatchErrorResponse(error_code=error.code, message=error.message, field=error.field or None),
    )
