"""API calls about a person's data: its export, and the erasure of the person."""

import json
from typing import Any

from pydantic import BaseModel, Field

from accounts.audit.actions import AuditAction, TargetType
from accounts.audit.recording import Target, record_action
from api.errors import ApiError, ErrorCode
from api.models import KeyScope
from api.router import ApiRequest
from api.shapes import Phone, StrictRequest
from contacts.api.saving import actor
from contacts.contact.deletion import erase_person
from contacts.contact.overview import find_contact, is_known
from contacts.exports.audited_export import RowCount, record_end
from kernel import change_tokens
from kernel.phone_numbers import digits
from kernel.tenancy import scope
from messaging.api.calls import calls
from messaging.media.links import FOR_SYSTEMS, shared_address
from messaging.personal_data.counts import PersonCounts
from messaging.personal_data.export import PersonalData
from optout.api import resolve_number
from optout.number_state import standing_across_inboxes

MAX_TEXTS = 20_000  # of an export that is one response
ERRORS = [ErrorCode.CONTACT_NOT_FOUND, ErrorCode.INVALID_PHONE_NUMBER]
UNKNOWN = "Your team has nothing about this number."


class PersonRequest(StrictRequest):
    phone: Phone


class PersonExportResponse(BaseModel):
    phone: str
    data: dict[str, Any] = Field(
        description="All rows by table, with all columns, as in person.json of the page's export; `about` says what "
        "their IDs refer to.",
        examples=[{"about": {"number": "+15105553344"}, "contact": [{"id": 98765, "first_name": "Jordan"}]}],
    )
    files: dict[str, str] = Field(
        description="Addresses of the files of the texts by the files' IDs, for seven days; they need no key.",
        examples=[{"77": "https://inbox.example.com/media/1-77-1795968000:f0nYc2l"}],
    )


class ErasedPersonResponse(BaseModel):
    phone: str
    contacts: int = Field(description="How many contacts were deleted: 0 or 1.")
    texts: int = Field(
        description="How many texts were erased. Their receipts stay, without number and words."
    )
    may_text: bool = Field(description="False if an opt-out or a block stays, which erasure never lifts.")


@calls.reads(
    "POST", "/person/export", scope=KeyScope.PERSONAL_DATA, answer=PersonExportResponse, one_transaction=False,
    example={
        "phone": "15105553344",
        "data": {"about": {"number": "+15105553344"}, "contact": [{"id": 98765, "first_name": "Jordan"}]},
        "files": {"77": "https://inbox.example.com/media/1-77-1795968000:f0nYc2l"},
    },
    body={"phone": "15105553344"}, errors=[*ERRORS, ErrorCode.NOT_POSSIBLE], summary="Export a person's data",
)  # fmt: skip
def export_person(request: ApiRequest, body: PersonRequest) -> PersonExportResponse:
    """Everything that the team has about a number, for a request for access. The audit log has the export.

    A number with more than 20,000 texts is exported on its page.
    """
    number = resolve_number(request, body.phone)
    with scope(request.team.id):
        _require_known(request, number)
        if PersonCounts.of(request.team, number).receipts > MAX_TEXTS:
            message = f"This number has more than {MAX_TEXTS:,} texts: export it on its page."
            raise ApiError(ErrorCode.NOT_POSSIBLE, message, field="phone")
        contact = find_contact(request.team, number)
        details = {"format": "json", "filter": [], **({"contact": contact.id} if contact else {})}
        target = Target(TargetType.EXPORT, "personal data")
        by = actor(request).audit_actor
        started = record_action(request.team.id, by, AuditAction.EXPORT_STARTED, target, **details)
    count = RowCount()
    person = PersonalData(request.team, f"API ({request.key})", number, count)
    data = json.loads(b"".join(person.json_pieces()).decode("utf-8", "replace"))
    files = {
        str(file.id): shared_address(request.team.id, file.id, FOR_SYSTEMS) for file in person.attachments()
    }
    count.complete = True
    record_end(started, count)
    return PersonExportResponse(phone=digits(number), data=data, files=files)


@calls.writes(
    "POST", "/person/erase", scope=KeyScope.PERSONAL_DATA, answer=ErasedPersonResponse,
    example={"phone": "15105553344", "contacts": 1, "texts": 48, "may_text": False},
    body={"phone": "15105553344"}, errors=ERRORS, summary="Erase a person",
)  # fmt: skip
def erase_person_by_number(request: ApiRequest, body: PersonRequest) -> ErasedPersonResponse:
    """Delete the contact with this number, and the content of all its texts, in all inboxes. It cannot be undone.

    Opt-outs, blocks and the ledger stay, so that nobody texts the person again. A dry run says what would be erased.
    """
    number = resolve_number(request, body.phone)
    _require_known(request, number)
    result = erase_person(request.team.id, number, by=actor(request))
    change_tokens.renew_on_commit(request.team.id)
    standing = standing_across_inboxes(request.team.id, number)
    return ErasedPersonResponse(
        phone=digits(number), contacts=result.contacts, texts=result.texts, may_text=not standing.rows
    )


def _require_known(request: ApiRequest, number: str) -> None:
    if not is_known(request.team, number):
        raise ApiError(ErrorCode.CONTACT_NOT_FOUND, UNKNOWN, field="phone")
