"""API calls about the status of a number, with or without a contact."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from accounts.models import Inbox
from api.errors import ApiError, ErrorCode
from api.models import KeyScope
from api.refusals import RefusalResponse
from api.router import ApiRequest
from api.shapes import Id, Phone, RequestTime, StrictRequest, text_up_to
from contacts.api.calls import calls
from contacts.api.number_lock import contact_number, lock_contact_number
from contacts.api.saving import actor
from contacts.api.shapes import PhoneOrIdRequest
from kernel import change_tokens
from kernel.phone_numbers import digits
from kernel.sql import fetch
from optout.api import resolve_number
from optout.api_status import LacksScope, OptedInSince, RecordedWord, RequestedStatus, set_status
from optout.consent_records.models import ConsentCategory
from optout.consent_records.shapes import CATEGORY, CategoryWord
from optout.lifting_rules import CannotLift, FreshConsent
from optout.number_state import standing_across_inboxes
from optout.refusal_causes import refusal_causes

StatusWord = Literal["subscribed", "unsubscribed", "active", "blocked", "unblocked"]


class FreshConsentRequest(StrictRequest):
    """Consent that the person gave after an opt-out."""

    text: Annotated[str, text_up_to(2000, "The words that the person said or agreed to.", shortest=1)]
    obtained_at: Annotated[
        RequestTime, Field(description="When the person agreed: later than the newest opt-out.")
    ]
    source: Annotated[str, text_up_to(200, "Where the person agreed: a form, a call, a shop.", shortest=1)]
    category: Annotated[CategoryWord, Field(description=CATEGORY)] = "informational"


class SetStatusRequest(StrictRequest):
    """The new status of a number, or of a contact's number. Send phone or id."""

    phone: Phone | None = None
    id: Id | None = None
    status: StatusWord
    consent: Annotated[FreshConsentRequest | None, Field(description="Requires the scope consent.")] = None
    source: Annotated[
        str,
        text_up_to(
            200,
            "Where the person said it. Any of the three makes the opt-out the person's own; other statuses ignore it.",
        ),
    ] = ""
    words: Annotated[str, text_up_to(2000, "With `unsubscribed`: what the person said.")] = ""
    said_at: Annotated[
        RequestTime | None,
        Field(description="With `unsubscribed`: when the person said it; now if it is left out."),
    ] = None
    inbox_id: Annotated[
        Id | None,
        Field(
            description="With `unsubscribed`: opts out of this inbox alone; otherwise of all. With `subscribed` or "
            "`active`: lifts the opt-outs in force in this inbox; otherwise all."
        ),
    ] = None


class ContactStatusResponse(BaseModel):
    id: int | None = Field(description="The contact with this number; null if there is none.")
    phone: str
    unsubscribed: bool = Field(description="Opted out in all inboxes.")
    blocked: bool
    unsubscribed_contact: bool = Field(
        description="Opted out by the person: by text, at the carrier, on a former vendor's list, or as the team "
        "recorded the person's word."
    )
    unsubscribed_admin: bool = Field(description="Opted out by the team: a member, an import or the API.")
    unsubscribed_inboxes: list[int] = Field(
        description="The single inboxes from which the number is opted out, besides the opt-outs from all."
    )


STATUS_ERRORS = [ErrorCode.CONTACT_NOT_FOUND, ErrorCode.INVALID_PHONE_NUMBER]


@calls.reads(
    "POST", "/contact/status", answer=ContactStatusResponse, body={"phone": "15105553344"},
    example={
        "id": 98765, "phone": "15105553344", "unsubscribed": True, "blocked": False, "unsubscribed_contact": True,
        "unsubscribed_admin": False, "unsubscribed_inboxes": [],
    },
    errors=STATUS_ERRORS, summary="Get a number's status",
)  # fmt: skip
def get_contact_status(request: ApiRequest, body: PhoneOrIdRequest) -> ContactStatusResponse:
    """Get the status of a number, or of a contact's number. GET /v1/contact/{phone}/why explains it."""
    number = contact_number(request, body.id) if body.phone is None else resolve_number(request, body.phone)
    contact = fetch(
        "SELECT id FROM contacts_contact WHERE team_id = $1 AND number = $2", request.team.id, number
    )
    across_inboxes = standing_across_inboxes(request.team.id, number)
    standing = across_inboxes.in_inbox(None)
    return ContactStatusResponse(
        id=contact[0][0] if contact else None,
        phone=digits(number),
        unsubscribed=bool(standing.opt_outs),
        blocked=standing.blocked,
        unsubscribed_contact=bool(standing.persons_own),
        unsubscribed_admin=len(standing.opt_outs) > len(standing.persons_own),
        unsubscribed_inboxes=sorted({row.inbox_id for row in across_inboxes.opt_outs if row.inbox_id}),
    )


@calls.writes(
    "POST", "/contact/set_status", answer=Literal["success"], example="success",
    body={"phone": "15105553344", "status": "unsubscribed"},
    errors=[*STATUS_ERRORS, ErrorCode.CONTACT_OPTED_OUT, ErrorCode.INBOX_NOT_FOUND],
    summary="Set a number's status",
)  # fmt: skip
def set_contact_status(request: ApiRequest, body: SetStatusRequest) -> Any:
    """Set the status of a number, or of a contact's number.

    `unsubscribed` records the team's own decision; with `source`, `words` or `said_at` it records
    the person's word. Sent again, it is a
    newer statement, and consent that was given before it no longer counts. A word with a time before the person's
    newest opt-in is refused. It applies to all inboxes unless `inbox_id` names one.

    `subscribed` lifts the opt-outs that the team recorded. If the person opted out, it is refused with
    `contact_opted_out`, unless the call has `consent` and the key has that scope; the ledger then records the consent.
    `active` does both `unblocked` and `subscribed`, or neither. Nobody is texted.
    """
    if body.consent and body.status not in (RequestedStatus.SUBSCRIBED, RequestedStatus.ACTIVE):
        raise ApiError(ErrorCode.BAD_DATA, "Send consent only with subscribed or active.", field="consent")
    word, inbox = _recorded_word(body), _inbox(request, body)
    if body.phone is None:
        number = lock_contact_number(request, body.id)
    else:
        number = resolve_number(request, body.phone)
    try:
        set_status(
            request.team.id, number, RequestedStatus(body.status), actor(request),
            record=_fresh_consent(body.consent), word=word, may_lift_persons=KeyScope.CONSENT in request.key.scopes,
            inbox=inbox,
        )  # fmt: skip
    except CannotLift as error:
        field = "consent" if body.consent else "status"
        causes = refusal_causes(request, number, inbox.id if inbox else None)
        refusal = RefusalResponse(message_id=None, causes=causes).model_dump(mode="json")
        raise ApiError(ErrorCode.CONTACT_OPTED_OUT, str(error), field=field, refusal=refusal) from None
    except OptedInSince:
        sentence = "This person opted in after that time, so this opt-out no longer counts."
        raise ApiError(ErrorCode.BAD_DATA, sentence, field="said_at") from None
    except LacksScope:
        raise ApiError(
            ErrorCode.DENIED, "To record consent, the API key needs the scope “consent”."
        ) from None
    change_tokens.renew_on_commit(request.team.id)
    return "success"


def _inbox(request: ApiRequest, body: SetStatusRequest) -> Inbox | None:
    """The inbox that the call is about, if it names one. Raises ApiError: blocks have no inbox."""
    if body.inbox_id is None:
        return None
    if body.status in (RequestedStatus.BLOCKED, RequestedStatus.UNBLOCKED):
        raise ApiError(ErrorCode.BAD_DATA, "A block applies to all inboxes.", field="inbox_id")
    inbox = request.team.inboxes.select_related("team").filter(id=body.inbox_id).first()
    if inbox is None:
        raise ApiError(ErrorCode.INBOX_NOT_FOUND, field="inbox_id")
    return inbox


def _fresh_consent(given: FreshConsentRequest | None) -> FreshConsent | None:
    if given is None:
        return None
    return FreshConsent(given.text, given.source, given.obtained_at, ConsentCategory(given.category))


def _recorded_word(body: SetStatusRequest) -> RecordedWord | None:
    """The person's word that an opt-out brings: any part of it makes the opt-out the person's own."""
    if body.status != "unsubscribed" or not (body.source or body.words or body.said_at):
        return None
    return RecordedWord(body.source.strip(), body.words, body.said_at)
