"""API call that explains whether a number may be texted: by consent, and at this hour."""

from typing import Annotated

from django.utils import timezone
from ninja import Query
from pydantic import BaseModel, Field

from api.errors import ErrorCode
from api.router import ApiRequest
from api.shapes import PathId, Phone, ResponseTime
from messaging.api.calls import calls
from messaging.sending_hours.holding import HoldQuestion, hold_of
from messaging.sending_hours.recipient_clock import describe_clock
from optout.api import resolve_number
from optout.why_api import WHY_EXAMPLE, WhyResponse, explain_consent


class SendingHoursResponse(BaseModel):
    """Whether the recipient's sending hours allow marketing now. They do not apply to other texts of programs."""

    clock: str = Field(description="What the clock shows where the person may be: 7:42 PM in Texas.")
    open: bool = Field(description="Whether a marketing text would be sent now.")
    held_until: ResponseTime | None = Field(description="When it would be sent otherwise.")
    reason: str = Field(description="Why it would wait: Texas, Sunday before 12 PM.")


class ExplainedResponse(WhyResponse):
    sending_hours: SendingHoursResponse


@calls.reads(
    "GET",
    "/contact/{phone}/why",
    answer=ExplainedResponse,
    example={
        **WHY_EXAMPLE,
        "sending_hours": {"clock": "9:42 AM in California", "open": True, "held_until": None, "reason": ""},
    },
    errors=[ErrorCode.INVALID_PHONE_NUMBER, ErrorCode.INBOX_NOT_FOUND],
    summary="Explain whether a number may be texted",
    tags=["Consent"],
)
def explain_number(
    request: ApiRequest,
    phone: Phone,
    inbox_id: Annotated[
        PathId | None, Query(description="The answer for this inbox; without it, for all inboxes.")
    ] = None,
) -> ExplainedResponse:
    """Whether a number may be texted, which change decided that, in whose words and when, and what would lift it.

    The number need not belong to a contact. `sending_hours` says whether marketing would wait at this hour: in the
    inbox, a text within 24 hours of the person's goes at once.
    """
    why = explain_consent(request, phone, inbox_id)
    question = HoldQuestion(request.team, resolve_number(request, phone), marketing=True, answers_in=inbox_id)
    now = timezone.now()
    hold = hold_of(question, now)
    hours = SendingHoursResponse(
        clock=describe_clock(question.places, now, request.team.clock),
        open=hold is None,
        held_until=hold.until if hold else None,
        reason=hold.reason if hold else "",
    )
    return ExplainedResponse(**dict(why), sending_hours=hours)
