"""Many contacts in one call: each is kept or refused by itself."""

from itertools import batched
from typing import Annotated, Any

from django.db import OperationalError, transaction
from ninja import Body, Query
from psycopg.errors import DeadlockDetected
from pydantic import BaseModel, Field, ValidationError

from api.errors import ApiError, ErrorCode, from_validation_error
from api.router import ApiRequest, is_dry_run
from api.shapes import parse_number
from contacts.api.calls import calls
from contacts.api.saving import save_new
from contacts.api.shapes import NEW_CONTACT, SAVED, NewContactRequest
from contacts.contact.models import Contact
from kernel.tenancy import scope
from optout.number_locks import lock_numbers

MAX_CONTACTS = 1000
MAX_TRIES = 3
BATCH_SIZE = 50  # in one transaction, whose locks others wait for


class BatchErrorResponse(BaseModel):
    error_code: str
    message: str
    field: str | None


class BatchItemResponse(BaseModel):
    """What became of one contact of the array; `error` or the others are null."""

    index: int = Field(description="Its place in the array, from 0.")
    id: int | None = None
    rev: int | None = None
    uuid: str | None = None
    created: bool | None = None
    error: BatchErrorResponse | None = None


@calls.writes(
    "POST", "/batch/contacts", answer=list[BatchItemResponse], one_transaction=False,
    example=[
        {"index": 0, **SAVED, "error": None},
        {
            "index": 1, "id": None, "rev": None, "uuid": None, "created": None,
            "error": {
                "error_code": "invalid_phone_number", "field": "phone",
                "message": "A phone number has digits only. Write it like +1 510 555 3344.",
            },
        },
    ],
    body=[NEW_CONTACT, {"phone": "151"}], summary="Make up to 1,000 contacts",
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
            description="Whether a contact that is there already gets the values sent, or only those it lacks."
        ),
    ] = False,
) -> list[BatchItemResponse]:
    """Make contacts, or fill in those that the team has already. Each is answered by itself, in the order of the array:
    one that is refused keeps none of the others. Where the whole call ends in an error, send it again: what was kept is
    found there, and not doubled.
    """
    answers: list[BatchItemResponse] = []
    for some in batched(_by_number(request, items).items(), BATCH_SIZE):
        answers += _slice(request, items, dict(some), overwrite)
    return sorted(answers, key=lambda answer: answer.index)


def _slice(
    request: ApiRequest, items: list[dict[str, Any]], some: dict[str, list[int]], overwrite: bool
) -> list[BatchItemResponse]:
    """Some of them in one transaction; whoever meets others in the opposite order begins anew, since none was kept."""
    for tries_left in reversed(range(MAX_TRIES)):
        try:
            with scope(request.team.id):
                addresses = _in_order(request.team.id, some)
                places = [place for address in addresses for place in some[address]]
                answers = [_one(request, place, items[place], overwrite) for place in places]
                if is_dry_run(request):
                    transaction.set_rollback(True)
                return answers
        except OperationalError as error:
            if not isinstance(error.__cause__, DeadlockDetected) or not tries_left:
                raise
    raise AssertionError("it ended or it was raised")


def _in_order(team_id: int, some: dict[str, list[int]]) -> list[str]:
    """Lock the numbers; then in the order in which everybody locks contacts: those there by id, new ones by number."""
    lock_numbers(team_id, filter(None, some))
    rows = Contact.objects.filter(team_id=team_id, number__in=list(some)).values_list("number", "id")
    ids = dict(rows)
    return sorted(some, key=lambda address: (address not in ids, ids.get(address, 0), address))


def _by_number(request: ApiRequest, items: list[dict[str, Any]]) -> dict[str, list[int]]:
    """Where in the array each number stands. All places of one come into one transaction, so that a dry run, too, finds
    at the second what the first one made. What is no number is refused later.
    """
    found: dict[str, list[int]] = {}
    for place, item in enumerate(items):
        try:
            address = parse_number(str(item.get("phone", "")), request.team)
        except ApiError:
            address = ""
        found.setdefault(address, []).append(place)
    return found


def _one(request: ApiRequest, index: int, item: dict[str, Any], overwrite: bool) -> BatchItemResponse:
    try:
        with transaction.atomic():
            saved = save_new(request, NewContactRequest.model_validate(item), overwrite=overwrite)
    except ValidationError as error:
        return _refused(index, from_validation_error(error.errors(include_url=False)[0]))
    except ApiError as fault:
        return _refused(index, fault)
    return BatchItemResponse(index=index, **saved.model_dump())


def _refused(index: int, fault: ApiError) -> BatchItemResponse:
    if fault.code in (ErrorCode.INTERNAL_ERROR, ErrorCode.UNAVAILABLE):
        raise fault
    return BatchItemResponse(
        index=index,
        error=BatchErrorResponse(error_code=fault.code, message=fault.message, field=fault.field or None),
    )
