"""API call that creates many contacts. Each contact is saved or refused by itself."""

from typing import Annotated, Any, Literal, Self

from ninja import Body, Query
from pydantic import BaseModel, Field, ValidationError

from api.errors import ApiError
from api.router import ApiRequest
from api.validation_errors import from_validation_errors
from contacts.api.calls import calls
from contacts.api.contact_batches import BatchResult, ContactBatch
from contacts.api.shapes import NEW_CONTACT, SAVED, NewContactRequest

MAX_CONTACTS = 1000


class BatchErrorResponse(BaseModel):
    error_code: str
    message: str
    field: str | None

    @classmethod
    def of(cls, error: ApiError) -> Self:
        return cls(error_code=error.code, message=error.message, field=error.field or None)


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
    batch = ContactBatch(request, overwrite=overwrite)
    refused = [error for index, item in enumerate(items) if (error := _add(batch, index, item))]
    results = [
        _response(items, result)
        for result in sorted([*refused, *batch.save()], key=lambda result: result.index)
    ]
    if request.compatible:
        return [result for result in results if result.error] or "ok"
    return results


def _add(batch: ContactBatch, index: int, item: dict[str, Any]) -> BatchResult | None:
    """Add a contact to the batch; the result of one that cannot be read."""
    try:
        batch.add(index, _read(batch.request, item))
    except ValidationError as error:
        unreadable = from_validation_errors(error.errors(include_url=False), item)
        return batch.refuse(index, item, unreadable, _read)
    except ApiError as error:
        return BatchResult(index, error=error)
    return None


def _read(request: ApiRequest, item: dict[str, Any]) -> NewContactRequest:
    return NewContactRequest.model_validate(item, context={"request": request})


def _response(items: list[dict[str, Any]], result: BatchResult) -> BatchItemResponse:
    phone = items[result.index].get("phone")
    return BatchItemResponse(
        index=result.index,
        phone=phone if isinstance(phone, str) else None,
        **(result.saved.model_dump() if result.saved else {}),
        error=BatchErrorResponse.of(result.error) if result.error else None,
    )
