"""API calls that read what is kept besides the ledger: consent on record, and the team's suppression lists."""

from typing import Annotated

from ninja import Query
from pydantic import BaseModel, Field

from api.router import ApiRequest
from api.shapes import DIGITS_ONLY, LARGEST_ID, ResponseTime, one_of
from optout.api import calls
from optout.consent_records.models import ConsentRecord
from optout.consent_records.shapes import RECORD, ConsentRecordResponse, record_fields
from optout.suppression_lists.models import SuppressionList, SuppressionListKind

MAX_PAGE = 1000


class ConsentRecordsResponse(BaseModel):
    records: list[ConsentRecordResponse]
    next: str = Field(description="Send it as `since` for the next page.")
    more: bool = Field(description="Whether more records may follow.")


@calls.reads(
    "GET", "/consents", answer=ConsentRecordsResponse,
    example={"records": [RECORD], "next": "812", "more": False}, summary="List consent records",
)  # fmt: skip
def list_consents(
    request: ApiRequest,
    since: Annotated[
        int, Query(ge=0, le=LARGEST_ID, description="`next` of the previous page; 0 for all."), DIGITS_ONLY
    ] = 0,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE, description="Records per page."), DIGITS_ONLY] = 100,
) -> ConsentRecordsResponse:
    """How each number came to be textable, with the evidence, in the order of IDs: an export of the records.

    Opt-outs and opt-ins are in `/v1/optouts`.
    """
    rows = ConsentRecord.objects.filter(team_id=request.team.id, id__gt=since).order_by("id")[:limit]
    records = [ConsentRecordResponse(**record_fields(row)) for row in rows]
    last = records[-1].id if records else since
    return ConsentRecordsResponse(records=records, next=str(last), more=len(records) == limit)


class SuppressionListResponse(BaseModel):
    id: int
    name: str
    kind: str = one_of(SuppressionListKind, "Where its numbers come from.")
    dated: str = Field(description="The day whose state the list has, like 2026-11-25.")
    numbers: int = Field(description="How many numbers it has.")
    updated: ResponseTime


@calls.reads(
    "GET", "/suppression-lists", answer=list[SuppressionListResponse],
    example=[{
        "id": 3, "name": "National Do Not Call, 415", "kind": "do_not_call", "dated": "2026-11-25", "numbers": 48211,
        "updated": "2026-11-25T10:42:00.123456Z",
    }],
    summary="List suppression lists",
)  # fmt: skip
def list_suppression_lists(request: ApiRequest) -> list[SuppressionListResponse]:
    """The team's own lists of numbers that get no marketing broadcasts. They are no opt-outs."""
    rows = SuppressionList.objects.filter(team_id=request.team.id).order_by("name")
    return [
        SuppressionListResponse(
            id=row.id, name=row.name, kind=row.kind, dated=row.dated.isoformat(), numbers=row.numbers_count,
            updated=row.updated_at,
        )
        for row in rows
    ]  # fmt: skip
