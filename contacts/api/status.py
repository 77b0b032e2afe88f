"""The calls about the status of a contact, or of a number that is nobody's contact."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.errors import ApiError, ErrorCode
from api.models import KeyScope
from api.router import ApiRequest
from api.shapes import Id, Phone, RequestTime, StrictRequest, one_of_two, text_up_to
from contacts.api.calls import calls
from contacts.api.number_lock import lock_contact_number, number_of
from contacts.api.saving import actor
from contacts.api.shapes import PhoneOrIdRequest
from kernel import change_tokens
from kernel.phone_numbers import digits
from kernel.sql import fetch
from optout.api import resolve_number
from optout.api_status import LacksScope, RequestedStatus, set_status
from optout.lifting_rules import CannotLift, FreshConsent
from optout.number_state import standing_across_inboxes

StatusWord = Literal["subscribed", "unsubscribed", "active", "blocked", "unblocked"]


class FreshConsentRequest(StrictRequest):
    """Consent that the person gave after having opted out."""

    text: Annotated[str, text_up_to(2000, "What the person said or ticked.", shortest=1)]
    obtained_at: Annotated[RequestTime, Field(description="When: later than the newest opt-out.")]
    source: Annotated[str, text_up_to(200, "Where: a form, a call, a shop.", shortest=1)]


class SetStatusRequest(StrictRequest):
    model_config = ConfigDict(json_schema_extra=one_of_two("phone", "string", "id", "integer"))

    phone: Phone | None = None
    id: Id | None = None
    status: StatusWord
    consent: Annotated[FreshConsentRequest | None, Field(description="Needs the scope consent.")] = None


class StatusResponse(BaseModel):
    id: int | None = Field(description="Of the contact with this number; null where it is nobody's.")
    phone: str
    unsubscribed: bool = Field(description="Opted out in all inboxes.")
    blocked: bool
    unsubscribed_contact: bool = Field(
        description="By the person: by text, at the carrier, or before a move."
    )
    unsubscribed_admin: bool = Field(description="Recorded by the team: a member, an import or the API.")
    unsubscribed_inboxes: list[int] = Field(
        description="Inboxes in which alone the carrier refuses this number."
    )


STATUS_ERRORS = [ErrorCode.CONTACT_NOT_FOUND, ErrorCode.INVALID_PHONE_NUMBER]


@calls.reads(
    "POST", "/contact/status", answer=StatusResponse, body={"phone": "15105553344"},
    example={
        "id": 98765, "phone": "15105553344", "unsubscribed": True, "blocked": False, "unsubscribed_contact": True,
        "unsubscribed_admin": False, "unsubscribed_inboxes": [],
    },
    errors=STATUS_ERRORS, summary="Whether a number may be texted",
)  # fmt: skip
def get_status(request: ApiRequest, asked: PhoneOrIdRequest) -> StatusResponse:
    """The status of a number, or of a contact's number. GET /v1/contact/{phone}/why says more."""
    address = number_of(request, asked.id) if asked.phone is None else resolve_number(request, asked.phone)
    contact = fetch(
        "SELECT id FROM contacts_contact WHERE team_id = $1 AND number = $2", request.team.id, address
    )
    everywhere = standing_across_inboxes(request.team.id, address)
    here = everywhere.in_inbox(None)
    return StatusResponse(
        id=contact[0][0] if contact else None,
        phone=digits(address),
        unsubscribed=bool(here.opt_outs),
        blocked=here.blocked,
        unsubscribed_contact=bool(here.persons_own),
        unsubscribed_admin=len(here.opt_outs) > len(here.persons_own),
        unsubscribed_inboxes=sorted({row.inbox_id for row in everywhere.opt_outs if row.inbox_id}),
    )


@calls.writes(
    "POST", "/contact/set_status", answer=Literal["success"], example="success",
    body={"phone": "15105553344", "status": "unsubscribed"}, errors=[*STATUS_ERRORS, ErrorCode.CONTACT_OPTED_OUT],
    summary="Block, unblock, subscribe or unsubscribe",
)  # fmt: skip
def set_contact_status(request: ApiRequest, asked: SetStatusRequest) -> Any:
    """Change the status of a number, or of a contact's number; what is so already stays as it is.

    `subscribed` lifts what the team recorded. Where the person opted out, it is refused with `contact_opted_out`,
    unless the call carries `consent` and the key has that scope: the record goes into the ledger. `active` is
    `unblocked` and `subscribed`, or neither. Nobody is texted.
    """
    if asked.consent and asked.status not in (RequestedStatus.SUBSCRIBED, RequestedStatus.ACTIVE):
        raise ApiError(
            ErrorCode.BAD_DATA, "Consent is recorded with subscribed or active alone.", field="consent"
        )
    address = (
        lock_contact_number(request, asked.id)
        if asked.phone is None
        else resolve_number(request, asked.phone)
    )
    try:
        set_status(
            request.team.id, address, RequestedStatus(asked.status), actor(request),
            record=_record(asked.consent), may_lift_persons=KeyScope.CONSENT in request.key.scopes,
        )  # fmt: skip
    except CannotLift as why:
        raise ApiError(
            ErrorCode.CONTACT_OPTED_OUT, str(why), field="consent" if asked.consent else "status"
        ) from None
    except LacksScope:
        raise ApiError(ErrorCode.DENIED, "To record consent, the key needs the scope “consent”.") from None
    change_tokens.renew_on_commit(request.team.id)
    return "success"


def _record(given: FreshConsentRequest | None) -> FreshConsent | None:
    return FreshConsent(given.text, given.source, given.obtained_at) if given else None
