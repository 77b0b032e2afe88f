"""API calls below /v2 that create, change or delete many contacts."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, ValidationError

from api.errors import ApiError, ErrorCode
from api.router import ApiRequest
from api.shapes import StrictRequest
from api.validation_errors import from_validation_errors
from contacts.api.batch import MAX_CONTACTS, BatchErrorResponse
from contacts.api.calls import second_calls
from contacts.api.channel_shapes import (
    BODY,
    EXAMPLE,
    ChannelContactRequest,
    ChannelContactResponse,
    ContactKey,
    channel_contact_response,
    channel_fields,
    contact_id_of_key,
    new_contact_request,
    read_details,
)
from contacts.api.contact_batches import BatchResult, ContactBatch, save_in_transaction, save_or_refuse
from contacts.api.saving import actor, save_changes
from contacts.api.shapes import SAVED, ContactChangesRequest, NewContactRequest, with_api_columns
from contacts.contact import deletion
from contacts.contact.models import Contact
from kernel import change_tokens

MAX_DELETED = 500  # in one transaction


class BulkContactRequest(ChannelContactRequest):
    contact_id: ContactKey | None = None


class BulkContactsRequest(StrictRequest):
    contacts: Annotated[
        list[dict[str, Any]],
        Field(
            max_length=MAX_CONTACTS,
            description="Up to 1,000, each as for POST /v2/contact. With `contact_id` that contact is changed.",
        ),
    ]


class FailedContactResponse(BaseModel):
    index: int = Field(description="The contact's index in the array, from 0.")
    contact: dict[str, Any] = Field(description="As it was sent.", examples=[{"phone": "151"}])
    error: BatchErrorResponse = Field(description="Why it was refused.")


class BulkContactsResponse(BaseModel):
    contacts: list[ChannelContactResponse] = Field(
        description="Those that were saved, in the order of the array."
    )
    failed_contacts: list[FailedContactResponse] = Field(description="Those that were refused.")


class DeletedKeysRequest(StrictRequest):
    channel_type: Annotated[
        Literal["id"], Field(description="Only `id`: contacts are deleted by their UUIDs.")
    ] = "id"
    channel_ids: Annotated[
        list[ContactKey],
        Field(min_length=1, max_length=MAX_DELETED, description="UUIDs; an `id` is accepted, too."),
    ]


class DeleteContactsRequest(StrictRequest):
    contact_channels: Annotated[
        list[DeletedKeysRequest], Field(min_length=1, max_length=1, description="One entry, with all UUIDs.")
    ]


REFUSED = {
    "index": 1, "contact": {"first": "Ada", "phone": "151"},
    "error": {
        "error_code": "invalid_phone_number", "field": "phone",
        "message": "A phone number has digits only. Write it like +1 510 555 3344.",
    },
}  # fmt: skip


@second_calls.writes(
    "POST", "/contacts", answer=BulkContactsResponse, one_transaction=False,
    example={"contacts": [EXAMPLE], "failed_contacts": [REFUSED]},
    body={"contacts": [BODY, REFUSED["contact"]]}, summary="Create or change up to 1,000 contacts",
)  # fmt: skip
def save_channel_contacts(request: ApiRequest, body: BulkContactsRequest) -> BulkContactsResponse:
    """Create contacts, as POST /v2/contact does, and change those that have a `contact_id`, as PUT does.

    A refused contact does not affect the others. If the whole call ends in an error, send it again: contacts that were
    saved are found and not created twice.
    """
    work = _BulkWork(request)
    results = sorted(work.run(body.contacts), key=lambda result: result.index)
    return BulkContactsResponse(
        contacts=[work.saved[result.saved.id] for result in results if result.saved],
        failed_contacts=[
            FailedContactResponse(
                index=result.index,
                contact=body.contacts[result.index],
                error=BatchErrorResponse.of(result.error),
            )
            for result in results
            if result.error
        ],
    )


class _BulkWork:
    """The contacts of one call: new ones are saved together, changes one by one."""

    def __init__(self, request: ApiRequest) -> None:
        self.request = request
        self.saved: dict[int, ChannelContactResponse] = {}  # by their IDs
        self.batch = ContactBatch(request, overwrite=request.compatible, on_saved=self._read)

    def run(self, items: list[dict[str, Any]]) -> list[BatchResult]:
        results = [result for index, item in enumerate(items) if (result := self._take(index, item))]
        return [*results, *self.batch.save()]

    def _take(self, index: int, item: dict[str, Any]) -> BatchResult | None:
        """Change a contact, or add it to the batch; the result of one that was changed or cannot be read."""
        try:
            body = BulkContactRequest.model_validate(item, context={"request": self.request})
            if body.contact_id is not None:
                return self._change(index, body)
            self.batch.add(index, new_contact_request(self.request, body))
        except ValidationError as error:
            unreadable = from_validation_errors(error.errors(include_url=False), item)
            return self.batch.refuse(index, item, unreadable, _read_new)
        except ApiError as error:
            return BatchResult(index, error=error)
        return None

    def _change(self, index: int, body: BulkContactRequest) -> BatchResult:
        fields = channel_fields(body)
        id = contact_id_of_key(self.request, fields.pop("contact_id"))
        changes = read_details(self.request, ContactChangesRequest, fields)
        (result,) = save_in_transaction(
            self.request,
            lambda: [save_or_refuse(index, lambda: save_changes(self.request, id, changes, overwrite=False))],
            self._read,
        )
        return result

    def _read(self, ids: list[int]) -> None:
        contacts = with_api_columns(
            Contact.objects.filter(team_id=self.request.team.id, id__in=ids), self.request.team
        )
        self.saved |= {contact.id: channel_contact_response(self.request, contact) for contact in contacts}


def _read_new(request: ApiRequest, item: dict[str, Any]) -> NewContactRequest:
    body = ChannelContactRequest.model_validate(item, context={"request": request})
    return new_contact_request(request, body)


@second_calls.writes(
    "DELETE", "/contacts", answer=Literal["ok"], example="ok", errors=[ErrorCode.CONTACT_NOT_FOUND],
    body={"contact_channels": [{"channel_type": "id", "channel_ids": [SAVED["uuid"]]}]},
    summary="Delete up to 500 contacts",
)  # fmt: skip
def delete_channel_contacts(request: ApiRequest, body: DeleteContactsRequest) -> str:
    """Delete contacts, all or none. Their texts, opt-outs and blocks are kept."""
    ids = {contact_id_of_key(request, key) for entry in body.contact_channels for key in entry.channel_ids}
    deleted = deletion.delete_contacts(request.team.id, sorted(ids), erase=False, by=actor(request))
    if deleted.contacts < len(ids):
        raise ApiError(ErrorCode.CONTACT_NOT_FOUND, field="contact_channels")
    change_tokens.renew_on_commit(request.team.id)
    return "ok"
