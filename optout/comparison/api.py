"""API call that compares another system's list of numbers with the standings here."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field, StrictStr

from accounts.models import Inbox
from api.errors import ApiError, ErrorCode
from api.router import ApiRequest
from api.shapes import Id, ResponseTime, StrictRequest, one_of, parse_number
from optout.api import calls
from optout.comparison.differences import Difference, DifferenceKind, find_differences, unassigned
from optout.models import API_WORDS, Origin, StandingState
from optout.number_state import standings

MAX_NUMBERS = 10_000
STATES = {state.api_word: state for state in StandingState}


class StatedNumber(StrictRequest):
    """A number with its status in the other system."""

    phone: Annotated[
        StrictStr,
        Field(
            max_length=200, description="As the other system has it. One that cannot be read is a difference."
        ),
    ]
    status: Literal["active", "unsubscribed", "blocked"]


class CompareRequest(StrictRequest):
    numbers: Annotated[
        list[StatedNumber], Field(min_length=1, max_length=MAX_NUMBERS, description="Up to 10,000.")
    ]
    inbox_id: Annotated[
        Id | None, Field(description="The inbox to compare with; without it, what holds for all inboxes.")
    ] = None


class DifferenceResponse(BaseModel):
    """A number that differs."""

    phone: str = Field(description="As it was sent.")
    indexes: list[int] = Field(description="Its places in `numbers`, from 0.")
    kind: str = one_of(
        [*DifferenceKind, ErrorCode.INVALID_PHONE_NUMBER],
        "only_here (may not be texted here, and is active there), some_inboxes (the same, in single inboxes), "
        "held_for_review, only_there, other_status (blocked and unsubscribed), duplicate_phone (sent with different "
        "statuses), invalid_phone_number.",
    )
    status: str | None = one_of(API_WORDS, "The standing here. Null for an invalid number.")
    inbox_ids: list[int] = Field(
        description="The only inboxes in which it may not be texted; empty for all inboxes."
    )
    sentence: str = Field(description="The cause here, or what is wrong with the number.")
    origin: str | None = one_of(Origin, "Who caused it. Null if nothing is recorded.")
    event_id: int | None = Field(description="The ledger entry that decided it.")
    since: ResponseTime | None = Field(description="When that happened.")


class CompareResponse(BaseModel):
    compared: int = Field(description="Different numbers that could be read.")
    differences: list[DifferenceResponse] = Field(
        description="In the order of `numbers`; empty if both agree."
    )


@calls.reads(
    "POST", "/optouts/compare", answer=CompareResponse,
    body={"numbers": [
        {"phone": "14155550101", "status": "active"}, {"phone": "14155550102", "status": "unsubscribed"},
    ]},
    example={"compared": 2, "differences": [{
        "phone": "14155550101", "indexes": [0], "kind": "only_here", "status": "unsubscribed", "inbox_ids": [],
        "sentence": "Contact opted out by texting STOP to Front Desk.", "origin": "contact", "event_id": 4711,
        "since": "2026-11-25T10:42:00Z",
    }]},
    errors=[ErrorCode.INBOX_NOT_FOUND],
    summary="Compare up to 10,000 numbers with another system",
)  # fmt: skip
def compare_optouts(request: ApiRequest, body: CompareRequest) -> CompareResponse:
    """The numbers whose status in your system is another than here, with the cause.

    Nothing is changed: record what is missing here with `POST /v1/contact/set_status`, and stop your own workflows
    for what is `only_here`. More than 10,000 numbers take several calls. Numbers that you do not send are not compared:
    the feed has all of them.
    """
    if body.inbox_id and not Inbox.objects.filter(team_id=request.team.id, id=body.inbox_id).exists():
        raise ApiError(ErrorCode.INBOX_NOT_FOUND, field="inbox_id")
    numbers, errors = _read_numbers(request, [stated.phone for stated in body.numbers])
    places: dict[str, list[int]] = {}
    for index, sent in enumerate(body.numbers):
        places.setdefault(numbers.get(sent.phone, sent.phone), []).append(index)
    stated = {
        number: {STATES[body.numbers[index].status] for index in indexes}
        for number, indexes in places.items()
        if number not in errors
    }
    found = [
        _response(difference, places[difference.number], body)
        for difference in find_differences(request.team.id, stated, body.inbox_id)
    ]
    found += [_invalid(phone, places[phone], error) for phone, error in errors.items()]
    return CompareResponse(compared=len(stated), differences=sorted(found, key=lambda one: one.indexes))


def _read_numbers(request: ApiRequest, phones: list[str]) -> tuple[dict[str, str], dict[str, ApiError]]:
    """The canonical numbers of those that can be read, and what is wrong with the others.

    A number that our tables do not know counts if it has a standing here: a carrier delivered its keyword.
    """
    read = {phone: _read(request, phone) for phone in dict.fromkeys(phones)}
    errors = {phone: error for phone, error in read.items() if isinstance(error, ApiError)}
    odd = unassigned(errors)
    known = standings(request.team.id, odd.values()) if odd else {}
    numbers = {phone: number for phone, number in read.items() if isinstance(number, str)}
    numbers |= {phone: number for phone, number in odd.items() if number in known}
    return numbers, {phone: error for phone, error in errors.items() if phone not in numbers}


def _read(request: ApiRequest, phone: str) -> str | ApiError:
    try:
        return parse_number(phone, request.team, short_codes=False)
    except ApiError as error:
        return error


def _response(difference: Difference, indexes: list[int], body: CompareRequest) -> DifferenceResponse:
    entry = difference.entry
    return DifferenceResponse(
        phone=body.numbers[indexes[0]].phone,
        indexes=indexes,
        kind=difference.kind,
        status=difference.here.api_word,
        inbox_ids=difference.inbox_ids,
        sentence=difference.sentence,
        origin=entry.origin if entry else None,
        event_id=entry.id if entry else None,
        since=entry.happened_at if entry else None,
    )


def _invalid(phone: str, indexes: list[int], error: ApiError) -> DifferenceResponse:
    return DifferenceResponse(
        phone=phone,
        indexes=indexes,
        kind=error.code,
        status=None,
        inbox_ids=[],
        sentence=error.message,
        origin=None,
        event_id=None,
        since=None,
    )
