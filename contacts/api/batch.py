"""API call that creates many contacts. Each contact is saved or refused by itself."""

from collections.abc import Callable, Sequence
from functools import partial
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
from contacts.api.bulk_saving import save_many
from contacts.api.calls import calls
from contacts.api.saving import save_new
from contacts.api.shapes import NEW_CONTACT, SAVED, NewContactRequest, SavedContactResponse
from contacts.contact.models import Contact
from kernel.tenancy import scope
from optout.number_locks import lock_numbers

MAX_CONTACTS = 1000
MAX_TRIES = 3
# Contacts of one transaction, which holds their locks: saved together, or one by one.
TOGETHER, ONE_BY_ONE = 500, 50


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
    batch = _Batch(request, items, overwrite)
    results = sorted(batch.save(), key=lambda result: result.index)
    if request.compatible:
        return [result for result in results if result.error] or "ok"
    return results


class _Batch:
    """The contacts of one call, with the requests of those that can be read."""

    def __init__(self, request: ApiRequest, items: list[dict[str, Any]], overwrite: bool) -> None:
        self.request, self.items, self.overwrite = request, items, overwrite
        self.bodies: dict[int, NewContactRequest] = {}
        self.errors: dict[int, ApiError] = {}
        self.indexes: dict[
            str, list[int]
        ] = {}  # of each number; unreadable ones, which are refused, are under ""
        for index, item in enumerate(items):
            self._read(index, item)

    def _read(self, index: int, item: dict[str, Any]) -> None:
        number = ""
        try:
            body = NewContactRequest.model_validate(item, context={"request": self.request})
            number = parse_number(body.phone, self.request.team, short_codes=False)
            self.bodies[index] = body
        except ValidationError as error:
            self.errors[index] = from_validation_errors(error.errors(include_url=False), item)
        except ApiError as error:
            self.errors[index] = error
        self.indexes.setdefault(number, []).append(index)

    def save(self) -> list[BatchItemResponse]:
        """All results: most contacts are saved together, the others one by one.

        All items of a number are saved in one transaction, so that, in a dry run too, the second finds the first.
        """
        results = [self._refused(index, error) for index, error in self.errors.items()]
        once = [number for number, indexes in self.indexes.items() if number and len(indexes) == 1]
        together: list[BatchItemResponse] = []
        for numbers in batched(once, TOGETHER):
            together += _in_transaction(self.request, partial(self._save_together, numbers))
        done = {result.index for result in together}
        rest = [number for number, indexes in self.indexes.items() if number and not done.issuperset(indexes)]
        for numbers in batched(rest, ONE_BY_ONE):
            results += _in_transaction(self.request, partial(self._save_one_by_one, numbers))
        return results + together

    def _save_together(self, numbers: Sequence[str]) -> list[BatchItemResponse]:
        lock_numbers(self.request.team.id, numbers)
        bodies = {number: self.bodies[self.indexes[number][0]] for number in numbers}
        saved = save_many(self.request, bodies, overwrite=self.overwrite)
        return [self._saved(self.indexes[number][0], response) for number, response in saved.items()]

    def _save_one_by_one(self, numbers: Sequence[str]) -> list[BatchItemResponse]:
        ordered = _lock_in_order(self.request.team.id, numbers)
        return [self._save(index) for number in ordered for index in self.indexes[number]]

    def _save(self, index: int) -> BatchItemResponse:
        try:
            with transaction.atomic():
                saved = save_new(self.request, self.bodies[index], overwrite=self.overwrite)
        except ApiError as error:
            return self._refused(index, error)
        return self._refused(index, saved) if isinstance(saved, ApiError) else self._saved(index, saved)

    def _saved(self, index: int, saved: SavedContactResponse) -> BatchItemResponse:
        return BatchItemResponse(index=index, phone=self.bodies[index].phone, **saved.model_dump())

    def _refused(self, index: int, error: ApiError) -> BatchItemResponse:
        if error.code in (ErrorCode.INTERNAL_ERROR, ErrorCode.UNAVAILABLE):
            raise error
        phone = self.items[index].get("phone")
        return BatchItemResponse(
            index=index,
            phone=phone if isinstance(phone, str) else None,
            error=BatchErrorResponse(error_code=error.code, message=error.message, field=error.field or None),
        )


def _in_transaction(
    request: ApiRequest, save: Callable[[], list[BatchItemResponse]]
) -> list[BatchItemResponse]:
    """Save some contacts in one transaction, which is tried again after a deadlock."""
    for tries_left in reversed(range(MAX_TRIES)):
        try:
            with scope(request.team.id):
                results = save()
                if request.dry_run:
                    transaction.set_rollback(True)
                return results
        except OperationalError as error:
            if not isinstance(error.__cause__, DeadlockDetected) or not tries_left:
                raise
    raise AssertionError("the last try returns or raises")


def _lock_in_order(team_id: int, numbers: Sequence[str]) -> list[str]:
    """Lock the numbers, and return them in the common lock order of contacts: existing by ID, then new by number."""
    lock_numbers(team_id, numbers)
    rows = Contact.objects.filter(team_id=team_id, number__in=numbers).values_list("number", "id")
    ids = dict(rows)
    return sorted(numbers, key=lambda number: (number not in ids, ids.get(number, 0), number))
