"""API call that checks up to 1,000 numbers before a campaign."""

from typing import Annotated

from django.utils import timezone
from pydantic import BaseModel, Field, StrictStr

from api.errors import ApiError, ErrorCode
from api.router import ApiRequest
from api.shapes import Id, ResponseTime, StrictRequest, one_of, parse_number
from messaging.api.calls import calls
from messaging.api.lookups import find_inbox
from messaging.number_checks import CheckedNumber, ReasonCode, check_numbers
from optout.consent_records.models import ConsentCategory
from optout.consent_records.shapes import CategoryWord
from optout.models import API_WORDS

MAX_PHONES = 1000


class CheckNumbersRequest(StrictRequest):
    phones: Annotated[
        list[
            Annotated[
                StrictStr,
                Field(
                    max_length=200,
                    description="As your system has it. One that cannot be read is answered with the reason.",
                    examples=["15105553344"],
                ),
            ]
        ],
        Field(min_length=1, max_length=MAX_PHONES, description="Up to 1,000, in any order."),
    ]
    category: Annotated[
        CategoryWord,
        Field(description="What is to be sent. Suppression lists and required consent are about marketing."),
    ] = "marketing"
    inbox_id: Annotated[
        Id | None, Field(description="From which inbox; without it, what holds for all inboxes.")
    ] = None


class ReasonResponse(BaseModel):
    code: str = one_of(
        [*ReasonCode, ErrorCode.INVALID_PHONE_NUMBER], "The reason; unconfirmed is the double opt-in."
    )
    sentence: str
    until: ResponseTime | None = Field(description="When it ends by itself: sending hours.")


class CheckedNumberResponse(BaseModel):
    phone: str = Field(description="As it was sent.")
    may_text: bool = Field(
        description="Whether a text of this category may be sent now: there is no reason not to."
    )
    status: str | None = one_of(API_WORDS, "The standing of the number; null for an invalid number.")
    consent: str | None = one_of(ConsentCategory.granting(), "The consent on record that counts, or null.")
    reasons: list[ReasonResponse] = Field(description="Every reason not to; empty if it may be texted.")


@calls.reads(
    "POST", "/why", answer=list[CheckedNumberResponse],
    body={"phones": ["14155550101", "14155550102"], "category": "marketing"},
    example=[
        {"phone": "14155550101", "may_text": True, "status": "active", "consent": "marketing", "reasons": []},
        {
            "phone": "14155550102", "may_text": False, "status": "unsubscribed", "consent": None,
            "reasons": [{
                "code": "opted_out", "sentence": "Contact opted out by texting STOP to Front Desk.", "until": None,
            }],
        },
    ],
    errors=[ErrorCode.INBOX_NOT_FOUND],
    summary="Check up to 1,000 numbers before a campaign",
)  # fmt: skip
def check_phones(request: ApiRequest, body: CheckNumbersRequest) -> list[CheckedNumberResponse]:
    """Whether each number may be texted now, with every reason not to.

    `GET /v1/contact/{phone}/why` says more about one number. Nothing is reserved: when a text is sent, everything is
    checked again.
    """
    inbox = find_inbox(request, body.inbox_id) if body.inbox_id else None
    numbers = {phone: _read(request, phone) for phone in body.phones}
    valid = [number for number in numbers.values() if isinstance(number, str)]
    checked = check_numbers(request.team, valid, inbox, ConsentCategory(body.category), timezone.now())
    return [
        _response(phone, checked[number]) if isinstance(number, str) else _invalid(phone, number)
        for phone, number in ((phone, numbers[phone]) for phone in body.phones)
    ]


def _read(request: ApiRequest, phone: str) -> str | ApiError:
    try:
        return parse_number(phone, request.team)
    except ApiError as error:
        return error


def _response(phone: str, checked: CheckedNumber) -> CheckedNumberResponse:
    return CheckedNumberResponse(
        phone=phone,
        may_text=not checked.reasons,
        status=checked.standing.api_word,
        consent=checked.consent,
        reasons=[
            ReasonResponse(code=reason.code, sentence=reason.sentence, until=reason.until)
            for reason in checked.reasons
        ],
    )


def _invalid(phone: str, error: ApiError) -> CheckedNumberResponse:
    reason = ReasonResponse(code=error.code, sentence=error.message, until=None)
    return CheckedNumberResponse(phone=phone, may_text=False, status=None, consent=None, reasons=[reason])
